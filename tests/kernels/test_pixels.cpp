// While a test forbids it, Eigen asserts that nothing is allocated: here also in builds without assertions.
#include <stdexcept>
#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(condition) \
  if (!(condition)) throw std::logic_error(#condition)

#include "densenf/kernels/cpu/pixels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/kernels/cpu/normalization.hpp"
#include "densenf/kernels/cpu/probability.hpp"

using namespace densenf;

namespace {

template <class T>
std::vector<T> ramp(Index count) {
  std::vector<T> x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i % 19) / 8 - 1;
  return x;
}

/// A batch of images with gaps between the pixels, which must stay as they are.
template <class T>
struct Strided {
  Strided(Index n, const Shape& s, Index gap)
      : numbers(ramp<T>(n * s.h * s.w * (s.c + gap))), view{numbers.data(), n, s.h, s.w, s.c, s.c + gap} {}
  std::vector<T> numbers;
  Tensor<T> view;
};

}  // namespace

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
        [&](Index p, Index first, auto k) { return kernels::row(x.view, p).segment(first, k); },
        [&](Index p, Index first, auto k) { return kernels::row(x.view, p).segment(first, k).square(); });
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

TEST_CASE_TEMPLATE("pixels: the kernels of a training step allocate nothing", T, float, double) {
  const Cpu cpu(1);
  const Index n = 2, e = 24, c = 3 * e;
  const Shape shape{c, 8, 8};
  Strided<T> x(n, shape, 0), dx(n, shape, 0), y(n, shape, 0), dy(n, shape, 5), half(n, {c / 2, 8, 8}, 0),
      third(n, {e, 8, 8}, 0);
  std::vector<T> a = ramp<T>(c), variance(static_cast<std::size_t>(c), T(1)), da = a, db = a,
                 scratch(static_cast<std::size_t>(n * kernels::nystrom_backward_scratch(cpu, 64, e)));
  std::vector<double> log_prob(2, 1);
  const auto in = as_const(x.view), out = as_const(y.view), dout = as_const(dy.view);
  const T* p = a.data();
  const T* v = variance.data();

  Eigen::internal::set_is_malloc_allowed(false);
  CHECK_THROWS(Eigen::ArrayXd(3));
  kernels::channel_statistics(cpu, in, da.data(), db.data());
  kernels::batch_norm_forward(cpu, in, p, v, T(1e-5), p, p, kernels::Activation::relu, y.view);
  kernels::batch_norm_backward(cpu, in, p, v, T(1e-5), p, true, dout, scratch.data(), dx.view,
                               kernels::Write::assign, da.data(), db.data());
  kernels::actnorm_forward(cpu, in, p, p, y.view, log_prob.data());
  kernels::actnorm_backward(cpu, out, p, dout, log_prob.data(), dx.view, kernels::Write::assign, da.data(),
                            db.data());
  kernels::affine_forward(cpu, as_const(half.view), in, kernels::AffineLayout::interleaved(), half.view,
                          log_prob.data());
  kernels::affine_backward(cpu, as_const(half.view), in, kernels::AffineLayout::interleaved(),
                           as_const(half.view), log_prob.data(), half.view, kernels::Write::accumulate,
                           dx.view, kernels::Write::assign);
  kernels::gate_forward(cpu, in, third.view);
  kernels::gate_backward(cpu, in, as_const(third.view), dx.view, kernels::Write::assign);
  kernels::nystrom_forward(cpu, in, y.numbers.data(), scratch.data(), third.view);
  kernels::nystrom_backward(cpu, static_cast<const T*>(y.numbers.data()), as_const(third.view),
                            scratch.data(), dx.view, kernels::Write::assign);
  kernels::normal_log_prob(cpu, in, p, p, 1, log_prob.data());
  kernels::normal_log_prob_backward_parameters(cpu, in, p, p, 1, log_prob.data(), da.data(), db.data());
  kernels::normal_from_noise(cpu, in, p, p, T(1), y.view);
  kernels::normal_from_noise_backward(cpu, in, p, dout, da.data(), db.data());
  Eigen::internal::set_is_malloc_allowed(true);
}
