#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

constexpr Index sizes[] = {1, 2, 3, 7, 8, 9, 12, 16, 17, 31, 62, 201};
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T>
struct Result {
  std::vector<T> inverse;
  std::vector<double> log_det = std::vector<double>(1);
};

template <class T>
Result<T> on_cpu(const std::vector<T>& w, Index c) {
  Result<T> result{std::vector<T>(w.size())};
  kernels::log_abs_det_and_inverse(cpu, w.data(), c, result.inverse.data(), result.log_det.data(),
                                   OwnScratch(cpu, kernels::log_abs_det_and_inverse_scratch_bytes(cpu, c)));
  return result;
}

template <class T>
Result<T> inverted(const std::vector<T>& w, Index c) {
  const auto gpu_w = on_gpu(w);
  Buffer<T, Cuda> inverse(gpu(), c * c);
  Buffer<double, Cuda> log_det(gpu(), 1);
  kernels::log_abs_det_and_inverse(
      gpu(), gpu_w.data(), c, inverse.data(), log_det.data(),
      OwnScratch(gpu(), kernels::log_abs_det_and_inverse_scratch_bytes(gpu(), c)));
  return {inverse.to_host(), log_det.to_host()};
}

}  // namespace

TEST_CASE_TEMPLATE("inverse on a GPU: determinants and inverses are the CPU's", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    const auto w = normal_numbers<T>(c * c, static_cast<unsigned>(c));
    const Result<T> want = on_cpu(w, c), got = inverted(w, c);
    CHECK(std::abs(got.log_det[0] - want.log_det[0]) <= 1e-10);
    CHECK(apart(want.inverse, got.inverse) <= 1e-10 + static_cast<double>(std::numeric_limits<T>::epsilon()));
  }
}

TEST_CASE_TEMPLATE("inverse on a GPU: a matrix that only exchanges channels is inverted exactly", T, float,
                   double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    std::vector<Index> order(static_cast<std::size_t>(c));
    for (Index i = 0; i < c; ++i) order[static_cast<std::size_t>(i)] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937(3));
    std::vector<T> w(static_cast<std::size_t>(c * c)), transposed(w.size());
    for (Index i = 0; i < c; ++i) {
      const Index j = order[static_cast<std::size_t>(i)];
      const T value = i % 2 == 0 ? T(1) : T(-1);
      w[static_cast<std::size_t>(i * c + j)] = value;
      transposed[static_cast<std::size_t>(j * c + i)] = value;
    }
    const Result<T> got = inverted(w, c);
    CHECK(got.log_det[0] == 0);
    CHECK(got.inverse == transposed);
  }
}

TEST_CASE_TEMPLATE("inverse on a GPU: a singular matrix has a determinant of 0 and no inverse", T, float,
                   double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    for (const bool row : {true, false}) {
      auto w = normal_numbers<T>(c * c, 4);
      for (Index i = 0; i < c; ++i) w[static_cast<std::size_t>(row ? c / 2 * c + i : i * c + c - 1)] = 0;
      const Result<T> got = inverted(w, c);
      CHECK(got.log_det[0] == -infinity);
      bool all_nan = true;
      for (const T v : got.inverse) all_nan = all_nan && std::isnan(v);
      CHECK(all_nan);
    }
  }
}

TEST_CASE_TEMPLATE("inverse on a GPU: what is not finite stays not finite", T, float, double) {
  for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    for (const Index c : {1, 5, 20}) {
      auto w = normal_numbers<T>(c * c, 5);
      w[static_cast<std::size_t>(c / 2 * c + c / 3)] = bad;
      const Result<T> got = inverted(w, c);
      bool finite = std::isfinite(got.log_det[0]);
      for (const T v : got.inverse) finite = finite && std::isfinite(v);
      CHECK(!finite);
    }
  }
}

namespace {

/// Squares one behind the other in every buffer, the largest first, numbered from the last to the first.
struct Many {
  explicit Many(Index count) {
    Index size = 0;
    for (Index i = count; i > 0; --i) {
      const Index c = 1 + i / 5;
      matrices.push_back({{size, c * c}, c, i - 1, size});
      size += c * c;
    }
    parameters = normal_numbers<float>(size, 6);
    seen = on_gpu(std::vector<float>(parameters.size(), -7.0f));
    inverses = on_gpu(std::vector<float>(parameters.size(), -7.0f));
    log_dets = on_gpu(std::vector<double>(matrices.size(), -7.0));
  }

  void invert(bool all) {
    const auto count = static_cast<Index>(matrices.size());
    const auto weights = on_gpu(parameters);
    kernels::invert_matrices(
        gpu(), matrices.data(), count, all, weights.data(), seen.data(), inverses.data(), log_dets.data(),
        OwnScratch(gpu(), kernels::invert_matrices_scratch_bytes(gpu(), matrices.data(), count)));
    gpu().synchronize();
  }

  /// Whether what is kept of a square is, to the bit, what its own inversion gives.
  bool right(const InvertibleMatrix& s) const {
    const auto begin = parameters.begin() + s.weight.offset;
    const Result<float> want = inverted(std::vector<float>(begin, begin + s.weight.size), s.c);
    const auto all = inverses.to_host();
    return std::equal(want.inverse.begin(), want.inverse.end(), all.begin() + s.kept) &&
           log_dets.to_host()[static_cast<std::size_t>(s.number)] == want.log_det[0];
  }

  std::vector<InvertibleMatrix> matrices;
  std::vector<float> parameters;
  Buffer<float, Cuda> seen, inverses;
  Buffer<double, Cuda> log_dets;
};

}  // namespace

TEST_CASE("inverse on a GPU: many matrices at once are each as alone") {
  for (const Index count : {1, 64, 150}) {
    Many many(count);
    many.invert(true);
    for (const InvertibleMatrix& s : many.matrices) CHECK(many.right(s));
    CHECK(many.seen.to_host() == many.parameters);
  }
  Many none(0);
  none.invert(true);
}

TEST_CASE("inverse on a GPU: only matrices whose numbers have changed are inverted again") {
  Many many(100);
  many.invert(true);
  many.log_dets.assign(std::vector<double>(many.matrices.size(), -7.0));
  for (const std::size_t which : {std::size_t{4}, std::size_t{99}}) {
    const InvertibleMatrix& changed = many.matrices[which];
    many.parameters[static_cast<std::size_t>(changed.weight.offset + changed.weight.size - 1)] += 0.5f;
    many.invert(false);
    const auto log_dets = many.log_dets.to_host();
    for (const InvertibleMatrix& s : many.matrices) {
      const bool untouched = log_dets[static_cast<std::size_t>(s.number)] == -7.0;
      CHECK(untouched == (s.number != changed.number));
    }
    CHECK(many.right(changed));
    CHECK(many.seen.to_host() == many.parameters);
    many.log_dets.assign(std::vector<double>(many.matrices.size(), -7.0));
  }
}

TEST_CASE("inverse on a GPU: bits are compared, not values") {
  Many many(1);
  many.parameters[0] = 0.0f;
  many.invert(true);
  CHECK(many.log_dets.to_host()[0] == -infinity);
  many.parameters[0] = -0.0f;
  many.log_dets.assign(std::vector<double>{-7.0});
  many.invert(false);
  CHECK(many.log_dets.to_host()[0] == -infinity);
  many.parameters[0] = std::numeric_limits<float>::quiet_NaN();
  many.invert(false);
  many.log_dets.assign(std::vector<double>{-7.0});
  many.invert(false);
  CHECK(many.log_dets.to_host()[0] == -7.0);
}
