// also-on: gpu host
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../test_device.hpp"
#include "densenf/check/test_bench.hpp"

using namespace densenf;

TEST_CASE("matrices: products of all forms, of ranges of channels") {
  TestBench<test::Device> bench(3, test::Device());
  static_cast<void>(bench.begin(Phase::evaluation));
  const auto& device = bench.work.device;
  // Small whole numbers, so that sums are exact in any order.
  const auto whole = [&](Index n, const Shape& s) {
    std::vector<double> v = bench.uniform(n * s.size(), -4, 4);
    for (double& x : v) x = std::floor(x);
    return v;
  };
  for (const Index inner : {1, 5, 18}) {
    for (const auto form : {kernels::MatrixForm::plain, kernels::MatrixForm::second_transposed,
                            kernels::MatrixForm::first_transposed}) {
      const Index n = 2, rows = 6, columns = 9, all = columns + 3;
      const bool turns_a = form == kernels::MatrixForm::first_transposed,
                 turns_b = form == kernels::MatrixForm::second_transposed;
      const Shape of_a = turns_a ? Shape{rows, inner, 1} : Shape{inner, 3, 2},
                  of_b = turns_b ? Shape{inner, 3, 3} : Shape{columns, 1, inner};
      const auto a = whole(n, of_a), b = whole(n, of_b), before = whole(n, {all, 3, 2});
      const Tensor<double> y = bench.batch(before.data(), n, {all, 3, 2});
      multiply_matrices(device, as_const(bench.batch(a.data(), n, of_a)),
                        as_const(bench.batch(b.data(), n, of_b)), form, y.channels(2, columns),
                        kernels::Write::accumulate);
      std::vector<double> wanted = before;
      for (Index i = 0; i < n; ++i)
        for (Index r = 0; r < rows; ++r)
          for (Index c = 0; c < columns; ++c)
            for (Index k = 0; k < inner; ++k) {
              const Index left = turns_a ? k * rows + r : r * inner + k,
                          right = turns_b ? c * inner + k : k * columns + c;
              wanted[static_cast<std::size_t>((i * rows + r) * all + 2 + c)] +=
                  a[static_cast<std::size_t>(i * rows * inner + left)] *
                  b[static_cast<std::size_t>(i * inner * columns + right)];
            }
      CHECK(values_of(device, as_const(y)) == wanted);
    }
  }
}

TEST_CASE("matrices: the first of the largest channels is marked") {
  TestBench<test::Device> bench(3, test::Device());
  static_cast<void>(bench.begin(Phase::evaluation));
  const auto& device = bench.work.device;
  const std::vector<double> x{1, 3, 3, -2, -1, -1, 0, -5, 2};
  const Tensor<double> y = bench.batch(x.data(), 1, {3, 3, 1});
  mark_largest(device, as_const(bench.batch(x.data(), 1, {3, 3, 1})), y);
  CHECK(values_of(device, as_const(y)) == std::vector<double>{0, 1, 0, 0, 1, 0, 0, 0, 1});
}

TEST_CASE("matrices: a softmax is of what a pixel sees, however large its numbers are") {
  TestBench<test::Device> bench(3, test::Device());
  static_cast<void>(bench.begin(Phase::evaluation));
  const auto& device = bench.work.device;
  const std::vector<double> x{700, -700, 0, 5, 5, 1e300, -1e300, 1e300, 1e300};
  const auto check = [&](kernels::AttentionMask::Kind kind, const std::vector<double>& wanted) {
    const Tensor<double> y = bench.batch(x.data(), 1, {3, 1, 3});
    softmax_forward(device, as_const(bench.batch(x.data(), 1, {3, 1, 3})), {kind}, y);
    const std::vector<double> got = values_of(device, as_const(y));
    // The exponential of what is far below the largest may be 0 or the smallest number there is.
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK(std::abs(got[i] - wanted[i]) <= (wanted[i] == 0 ? 1e-300 : 0));
  };
  using Kind = kernels::AttentionMask::Kind;
  check(Kind::up_to_own, {1, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5});
  check(Kind::from_own, {1, 0, 0, 0, 0, 1, 0, 0, 1});
}
