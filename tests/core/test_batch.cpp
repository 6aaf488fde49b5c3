#include <doctest/doctest.h>

#include <Eigen/Core>
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
