#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "densenf/bijectors/leaky.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/check/check_bijector.hpp"
#include "densenf/densenf.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/spline.hpp"
#include "densenf/nn/perceptron.hpp"

#ifndef DENSENF_USE_COMPILED
#error "This test is for densenf::compiled."
#endif

using namespace densenf;

namespace {

/// A function of a program's own: what the library cannot hold.
struct Cube {
  template <class T>
  constexpr T value(T x) const {
    return x * x * x;
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(3) * x * x;
  }
};

/// A scale of a program's own, exp(l) = 1 + s s, for which the library has no kernels either.
struct OneAndSquare {
  static constexpr bool scales = true;
  template <class T, class X>
  static constexpr kernels::LogScale<X> of(const X& s) {
    using std::log;
    const X scale = T(1) + s * s;
    return {log(scale), T(2) * s / scale, scale};
  }
};

struct Tensors {
  explicit Tensors(Index n) : x(static_cast<std::size_t>(n), 0.5f), y(x) {}
  std::vector<float> x, y;
};

}  // namespace

TEST_CASE("compiled: a device says which level it uses, and it is the one that was asked for") {
  const char* const wish = std::getenv("DENSENF_CPU_LEVEL");
  const std::string level = Cpu(1).describe();
  CAPTURE(level);
  if (wish != nullptr) CHECK(level == fmt::format("1 threads, x86-64-{}", wish));
}

TEST_CASE("compiled: what the library's kernels throw is caught as densenf's errors") {
  Tensors t(4 * 4 * 2);
  const Tensor<const float> x{t.x.data(), 1, 4, 4, 2, 2};
  const Tensor<float> y{t.y.data(), 1, 4, 4, 2, 2}, lower{t.y.data(), 1, 2, 4, 2, 2};
  const float* const none = nullptr;
  const auto convolve = [&](int kernel, const Tensor<float>& to) {
    kernels::conv_forward(Cpu(2), x, x.data, none, kernel, kernels::Activation::none, to, {});
  };
  CHECK_THROWS_WITH_AS(convolve(2, y), "A convolution's kernel must be 1 or 3 pixels wide, not 2.",
                       ArgumentError);
  CHECK_THROWS_AS(convolve(1, lower), ShapeError);
  CHECK_THROWS_AS(kernels::conv_backward_data(Cpu(2), x, x.data, 3, y, kernels::Write::assign, {}), Error);
  CHECK_THROWS_AS(kernels::fill_normal(Cpu(1), NoiseKey{}, -1, y), ArgumentError);
}

TEST_CASE("compiled: kernels share one set of threads with a program's own loops") {
  const Cpu cpu(2);
  std::vector<float> numbers(100'000, 1), sums(4, 0);
  cpu.parallel_for(4, [&](Index i) {
    // A kernel inside of a task runs on the task's thread alone, which it can only know from the one flag.
    kernels::scale_shift(cpu, make_tensor<const float>(numbers.data(), 1, {100, 1000, 1}), 2.0f, 1.0f,
                         make_tensor(std::vector<float>(100'000).data(), 1, {100, 1000, 1}));
    sums[static_cast<std::size_t>(i)] = static_cast<float>(i);
  });
  CHECK(sums == std::vector<float>{0, 1, 2, 3});
  CHECK(kernels::squared_norm(cpu, std::span<float>(numbers)) == 100'000);
}

TEST_CASE_TEMPLATE("compiled: functions and bijectors of a program's own work beside the library", T, float,
                   double) {
  std::vector<T> x{T(-2), T(0), T(0.5), T(3)}, y(4), dx(4);
  const auto tensor = [](std::vector<T>& v) { return make_tensor(v.data(), 1, Shape{4, 1, 1}); };
  kernels::map_forward(Cpu(1), Cube{}, as_const(tensor(x)), tensor(y));
  CHECK(y == std::vector<T>{T(-8), T(0), T(0.125), T(27)});
  kernels::map_backward(Cpu(1), Cube{}, as_const(tensor(x)), as_const(tensor(x)), tensor(dx),
                        kernels::Write::assign);
  CHECK(dx == std::vector<T>{T(-24), T(0), T(0.375), T(81)});

  Flow<Compose<ActNorm, Leaky, Conv1x1>, T> flow({4, 1, 1}, Cpu(2));
  Trainer<Flow<Compose<ActNorm, Leaky, Conv1x1>, T>> trainer(flow, {});
  const Batch<T> points{{4, 1, 1}, 2, {T(1), T(-1), T(0.5), T(0), T(0), T(2), T(-0.3), T(0.1)}};
  CHECK(std::isfinite(trainer.step(points)));
  CHECK(std::isfinite(flow.log_prob(points).at(1)));
  const Batch<T> back = flow.decode(flow.encode(points));
  for (std::size_t i = 0; i < points.values.size(); ++i)
    CHECK(back.values[i] == doctest::Approx(points.values[i]).epsilon(1e-4));
}

TEST_CASE("compiled: a bijector of a program's own passes check_bijector") {
  const CheckReport report = check_bijector<Leaky>({3, 5, 3});
  CHECK_MESSAGE(report.passed(), report.sentence);
}

TEST_CASE("compiled: affine maps and splines over types of a program's own pass check_bijector") {
  using Own = AffineTransform<kernels::AffineMap<OneAndSquare>>;
  const CheckReport affine = check_bijector<Coupling<ChannelHalves, Own, nn::Perceptron<8>>>({5, 1, 1});
  CHECK_MESSAGE(affine.passed(), affine.sentence);
  const CheckReport spline =
      check_bijector<Coupling<Checkerboard<1>, RationalQuadratic<5>, nn::Perceptron<8>>>({2, 3, 3});
  CHECK_MESSAGE(spline.passed(), spline.sentence);
}
