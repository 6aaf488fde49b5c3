#include <doctest/doctest.h>

#include <Eigen/Core>
#include <limits>
#include <numeric>
#include <string>
#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include "densenf/core/batch.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{2, 3, 4};

std::vector<float> counted(Index count) {
  std::vector<float> values(static_cast<std::size_t>(count * shape.size()));
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

/// Whether number i of image n is n * 24 + i (and images start at `first`).
template <class U>
bool counts(const BatchView<U>& view, Index images, Index first = 0) {
  bool right = view.count == images && view.shape == shape;
  for (Index n = 0; right && n < images; ++n) {
    for (Index i = 0; i < shape.size(); ++i) {
      const auto got = static_cast<double>(view.data[n * view.image_stride + i * view.value_stride]);
      right = right && got == static_cast<double>((first + n) * shape.size() + i);
    }
  }
  return right;
}

template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const ShapeError& e) {
    return e.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("view_batch: batches and views of memory") {
  const Batch<float> batch{shape, 3, counted(3)};
  const auto view = view_batch(batch, shape);
  CHECK(counts(view, 3));
  CHECK(view.data == batch.values.data());
  CHECK(counts(view.images(1, 2), 2, 1));
  CHECK(counts(view_batch(BatchView<float>{batch.values.data(), 3, shape}, shape), 3));
  CHECK(error_of([&] {
          view_batch(batch, {2, 4, 3});
        }) == "The flow takes images of 2x4x3. Got 2x3x4 (channels x height x width).");
}

TEST_CASE("view_batch: xtensor's arrays, tensors, adaptors, and contiguous views of them") {
  std::vector<float> memory = counted(3);
  xt::xarray<float> array = xt::adapt(memory, std::vector<std::size_t>{3, 2, 3, 4});
  CHECK(counts(view_batch(array, shape), 3));
  const xt::xtensor<float, 4> tensor = array;
  CHECK(counts(view_batch(tensor, shape), 3));
  const auto adapted =
      xt::adapt(memory.data(), memory.size(), xt::no_ownership(), std::vector<std::size_t>{3, 2, 3, 4});
  CHECK(counts(view_batch(adapted, shape), 3));
  const xt::xarray<std::uint8_t> bytes = xt::cast<std::uint8_t>(array);
  CHECK(counts(view_batch(bytes, shape), 3));

  // A view that does not begin where its array does.
  CHECK(counts(view_batch(xt::view(array, xt::range(1, 3)), shape), 2, 1));
  CHECK(counts(view_batch(xt::strided_view(array, {xt::range(1, 3)}), shape), 2, 1));
  const xt::xarray<float> one = xt::xarray<float>::from_shape({1, 1, 1, 1});
  CHECK(view_batch(one, {1, 1, 1}).count == 1);
  const xt::xarray<float> none = xt::xarray<float>::from_shape({0, 2, 3, 4});
  CHECK(view_batch(none, shape).count == 0);
}

TEST_CASE("view_batch: what xtensor can hold but a flow cannot read is an error") {
  const xt::xarray<float> array = xt::adapt(counted(3), std::vector<std::size_t>{3, 2, 3, 4});
  const std::string not_contiguous =
      "A batch of images must be contiguous and row-major; evaluate the view or expression into an array "
      "first.";
  CHECK(error_of([&] {
          view_batch(xt::view(array, xt::all(), xt::all(), xt::range(0, 2)), {2, 2, 4});
        }) == not_contiguous);
  const xt::xarray<float, xt::layout_type::column_major> columns = array;
  CHECK(error_of([&] { view_batch(columns, shape); }) == not_contiguous);
  const xt::xarray<float> flat = xt::adapt(counted(3), std::vector<std::size_t>{3, 24});
  CHECK(error_of([&] { view_batch(flat, shape); }) ==
        "A batch of images is a four-dimensional array (N, C, H, W); this one has 2 dimensions.");
  const xt::xarray<float> last = xt::adapt(counted(3), std::vector<std::size_t>{3, 3, 4, 2});
  CHECK(error_of([&] { view_batch(last, shape); }) ==
        "The flow takes images of 2x3x4. Got 3x4x2 (channels x height x width).");
}

TEST_CASE("view_batch: Eigen's matrices hold an image per row, in either order") {
  const std::vector<float> memory = counted(3);
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Rows rows = Eigen::Map<const Rows>(memory.data(), 3, 24);
  CHECK(counts(view_batch(rows, shape), 3));
  const Eigen::MatrixXf columns = rows;
  CHECK(counts(view_batch(columns, shape), 3));
  CHECK(counts(view_batch(columns, shape).images(1, 2), 2, 1));
  CHECK(error_of([&] {
          view_batch(columns, {2, 3, 5});
        }) ==
        "The flow takes images of 2x3x5, so a matrix of them needs 30 columns, one image per row; this one "
        "has 24.");
}

TEST_CASE("view_batch: Eigen's maps, references and blocks of rows are read where they lie") {
  const std::vector<float> memory = counted(5);
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> map(memory.data(), 5, 24);
  CHECK(counts(view_batch(map, shape), 5));
  CHECK(view_batch(map, shape).data == memory.data());
  Rows rows = map;
  const Eigen::MatrixXf columns = map;
  CHECK(counts(view_batch(rows.topRows(2), shape), 2));
  CHECK(counts(view_batch(rows.middleRows(1, 3), shape), 3, 1));
  CHECK(counts(view_batch(columns.topRows(2), shape), 2));
  CHECK(counts(view_batch(columns.middleRows(1, 3), shape), 3, 1));
  CHECK(counts(view_batch(columns.bottomRows<1>(), shape), 1, 4));
  CHECK(counts(view_batch(columns.row(3), shape), 1, 3));
  CHECK(counts(view_batch(rows.row(3), shape), 1, 3));
  CHECK(counts(view_batch(columns.middleRows(1, 3), shape).images(1, 2), 2, 2));
  CHECK(view_batch(columns.topRows(2), shape).data == columns.data());
  CHECK(counts(view_batch(Eigen::Ref<Rows>(rows), shape), 5));
  CHECK(counts(view_batch(Eigen::Ref<const Eigen::MatrixXf>(columns.topRows(3)), shape), 3));
  CHECK(counts(view_batch(Eigen::Array<float, Eigen::Dynamic, 24>(columns), shape), 5));
  const Eigen::MatrixXf across = columns.transpose();  // an image per column
  CHECK(counts(view_batch(across.transpose(), shape), 5));

  // Every second number of every image is left out, and so is every second image.
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> wide(10, 48);
  wide.setConstant(-1);
  for (Eigen::Index n = 0; n < 5; ++n) {
    for (Eigen::Index i = 0; i < 24; ++i) wide(2 * n, 2 * i) = static_cast<float>(n * 24 + i);
  }
  using Strided = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  CHECK(counts(view_batch(Eigen::Map<Rows, 0, Strided>(wide.data(), 5, 24, Strided(96, 2)), shape), 5));
  using Columns = Eigen::Map<Eigen::MatrixXf, 0, Strided>;
  CHECK(counts(view_batch(Columns(wide.data(), 5, 24, Strided(2, 96)), shape), 5));

  const Eigen::Matrix<float, Eigen::Dynamic, 1> one_each = columns.col(0);
  CHECK(view_batch(one_each, {1, 1, 1}).count == 5);
  CHECK(view_batch(columns.topRows(0), shape).count == 0);
  CHECK(contains(error_of([&] { view_batch(columns.leftCols(20), shape); }), "needs 24 columns"));
}

TEST_CASE("view_batch: values, count and shape must agree, and the error has both numbers") {
  const Batch<std::uint8_t> short_one{{3, 16, 16}, 8, std::vector<std::uint8_t>(768)};
  CHECK(error_of([&] {
          view_batch(short_one, {3, 16, 16});
        }) == "A batch needs 6144 values for 8 images of 3x16x16, but has 768.");
  CHECK(error_of([] {
          view_batch(Batch<float>{shape, 2, counted(3)}, shape);
        }) == "A batch needs 48 values for 2 images of 2x3x4, but has 72.");
  CHECK(error_of([] { view_batch(Batch<float>{shape, 0, {}}, shape); }) == "no error");
  CHECK(contains(error_of([] { view_batch(Batch<float>{shape, -1, counted(1)}, shape); }), "-1 images"));
  CHECK(contains(error_of([] { view_batch(Batch<float>{{-1, -1, 1}, 1, {1}}, {-1, -1, 1}); }), "at least 1"));
  CHECK(contains(error_of([] { view_batch(Batch<float>{{1, 0, 1}, 1, {}}, {1, 0, 1}); }), "at least 1"));
  // 2^62 * 4 and 2^32 * 2^32 are 0 when multiplied modulo 2^64.
  CHECK(contains(error_of([] {
                   view_batch(Batch<float>{{4, 1, 1}, Index{1} << 62, {}}, {4, 1, 1});
                 }),
                 "more values than can be counted"));
  const Shape huge{1, Index{1} << 32, Index{1} << 32};
  CHECK(contains(error_of([&] {
                   view_batch(Batch<float>{huge, 1, {}}, huge);
                 }),
                 "more values than can be counted"));

  CHECK(contains(error_of([] { view_batch(BatchView<float>{nullptr, 2, shape}, shape); }), "but has 0."));
  CHECK(error_of([] { view_batch(BatchView<float>{nullptr, 0, shape}, shape); }) == "no error");
  const std::vector<float> memory = counted(2);
  CHECK(contains(error_of([&] {
                   view_batch(BatchView<float>{memory.data(), -2, shape}, shape);
                 }),
                 "-2 images"));
}

TEST_CASE("a part of a batch is made of images that exist") {
  const std::vector<float> memory = counted(3);
  const BatchView<float> view{memory.data(), 3, shape};
  CHECK(counts(view.images(3, 0), 0));
  CHECK_THROWS_AS(view.images(1, 3), ArgumentError);
  CHECK_THROWS_AS(view.images(-1, 1), ArgumentError);
  CHECK_THROWS_AS(view.images(1, -1), ArgumentError);
  CHECK_THROWS_AS(view.images(1, std::numeric_limits<Index>::max()), ArgumentError);
}
