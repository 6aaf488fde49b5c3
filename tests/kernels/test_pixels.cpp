// headers-only
#include "densenf/kernels/cpu/pixels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "strided.hpp"

using namespace densenf;
using strided::Strided;

TEST_CASE_TEMPLATE("pixels: every number is visited once, whatever the extents, and no gap is", T, float,
                   double) {
  for (Index c = 1; c <= 35; ++c) {
    for (const Index gap : {0, 3}) {
      Strided<T> x(2, {c, 3, 5}, gap), y(2, {c, 3, 5}, gap);
      const std::vector<T> before = y.numbers;
      kernels::accumulate_scaled(Cpu(2), as_const(x.view), T(2), y.view);
      Index wrong = 0;
      for (Index i = 0; i < x.view.pixels() * (c + gap); ++i) {
        const auto at = static_cast<std::size_t>(i);
        wrong += y.numbers[at] != before[at] + (i % (c + gap) < c ? 2 * x.numbers[at] : 0);
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE_TEMPLATE("pixels: several sums per channel, each channel once", T, float, double) {
  for (Index c = 1; c <= 35; ++c) {
    const Strided<T> x(3, {c, 7, 11}, 2);
    std::vector<double> sums(static_cast<std::size_t>(c)), squares = sums;
    kernels::sums_over_pixels<T>(
        Cpu(2), x.view.pixels(), c,
        [&](Index first, const auto& sum, const auto& square) {
          for (Index i = 0; i < sum.size(); ++i) {
            sums[static_cast<std::size_t>(first + i)] += sum[i];
            squares[static_cast<std::size_t>(first + i)] += square[i];
          }
        },
        [&](Index p, const auto& channels) { return channels(x.view, p); },
        [&](Index p, const auto& channels) { return squared(channels(x.view, p)); });
    Index wrong = 0;
    for (Index i = 0; i < c; ++i) {
      double sum = 0, square = 0;
      for (Index p = 0; p < x.view.pixels(); ++p) {
        const double v = static_cast<double>(x.view(p, i));
        sum += v;
        square += v * v;
      }
      const auto at = static_cast<std::size_t>(i);
      wrong += sums[at] != sum || squares[at] != square;  // multiples of 1/64: exact in both types
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE_TEMPLATE("pixels: NaN and infinity go through the vectorized functions", T, float, double) {
  for (const T broken : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    const bool is_nan = broken != broken;
    std::vector<T> x(20, T(1)), raw(40, T(0.5)), y(20), abc(60, T(1));
    raw[14] = raw[38] = broken;  // s of channels 7 and 19, in a full packet and in a short one
    abc[47] = abc[59] = broken;  // the gates of the same
    std::vector<double> log_prob(1);
    kernels::affine_forward(Cpu(1), as_const(make_tensor(x.data(), 1, Shape{20, 1, 1})),
                            as_const(make_tensor(raw.data(), 1, Shape{40, 1, 1})),
                            kernels::AffineLayout::interleaved(), make_tensor(y.data(), 1, Shape{20, 1, 1}),
                            log_prob.data());
    CHECK((log_prob[0] != log_prob[0]) == is_nan);
    for (const std::size_t i : {std::size_t{7}, std::size_t{19}}) {
      CHECK((y[i] != y[i]) == is_nan);
      if (!is_nan) CHECK(y[i] == doctest::Approx(0.5 + std::exp(2.0)));
    }
    kernels::gate_forward(Cpu(1), as_const(make_tensor(abc.data(), 1, Shape{60, 1, 1})),
                          make_tensor(y.data(), 1, Shape{20, 1, 1}));
    for (const std::size_t i : {std::size_t{7}, std::size_t{19}}) {
      CHECK((y[i] != y[i]) == is_nan);
      if (!is_nan) CHECK(y[i] == doctest::Approx(2));
    }
  }
}
