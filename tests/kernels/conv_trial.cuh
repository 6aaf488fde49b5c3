#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/core/arena.hpp"
#include "densenf/core/error.hpp"
#include "densenf/kernels/cuda/all.cuh"
#include "densenf/kernels/cuda/scratch_limit.cuh"

// What the tests of convolutions on a GPU share: cases, and a trial of the three kernels on one of them.
namespace conv_trial {

using densenf::Arena;
using densenf::Cuda;
using densenf::Index;
using densenf::Precision;
using densenf::Tensor;
using densenf::kernels::Activation;
using densenf::kernels::Write;
namespace kernels = densenf::kernels;

struct Case {
  Index n, h, w, in, out, x_gap, y_gap;
  int kernel;
};

inline const Case cases[] = {
    {1, 1, 1, 1, 1, 0, 0, 1},    {1, 1, 1, 1, 1, 0, 0, 3},     {3, 1, 1, 17, 3, 1, 2, 1},
    {3, 1, 1, 17, 3, 1, 2, 3},   {1, 3, 5, 65, 17, 0, 0, 1},   {1, 3, 5, 65, 17, 0, 3, 3},
    {3, 5, 1, 3, 65, 2, 0, 3},   {2, 1, 5, 2, 3, 0, 0, 3},     {2, 4, 4, 112, 64, 16, 64, 3},
    {1, 4, 4, 300, 64, 0, 0, 3}, {3, 3, 5, 48, 64, 0, 0, 3},   {2, 8, 8, 17, 70, 3, 1, 3},
    {5, 7, 6, 20, 12, 4, 8, 3},  {3, 5, 7, 130, 132, 2, 4, 1}, {1, 2, 2, 600, 65, 0, 0, 1},
};
inline const Case empty_cases[] = {
    {0, 4, 4, 5, 3, 0, 0, 3}, {0, 4, 4, 5, 3, 0, 0, 1}, {2, 3, 3, 0, 5, 1, 0, 3},
    {2, 3, 3, 0, 5, 1, 0, 1}, {2, 3, 3, 5, 0, 0, 1, 3}, {2, 3, 3, 5, 0, 0, 1, 1},
};

inline std::vector<Case> all_cases() {
  std::vector<Case> all(std::begin(cases), std::end(cases));
  all.insert(all.end(), std::begin(empty_cases), std::end(empty_cases));
  return all;
}

inline std::string name(const Case& s) {
  return fmt::format("{} images {}x{}, {} -> {} channels, kernel {}", s.n, s.h, s.w, s.in, s.out, s.kernel);
}

inline Cuda device(Precision precision = Precision::full, bool cudnn = true) {
  return Cuda({.precision = precision, .host_visible = true, .cudnn = cudnn});
}
/// With cuDNN, if it is there, and without.
inline std::array<Cuda, 2> both_devices(Precision precision = Precision::full) {
  return {device(precision, true), device(precision, false)};
}

/// How many convolutions and adjoints of them Trial::check_all calls.
inline constexpr Index calls_of_check_all = 4;

/// Random numbers on the GPU, from `offset` numbers behind an aligned address on.
template <class T>
class Numbers {
public:
  Numbers(const Cuda& cuda, Index count, unsigned seed, Index offset = 0)
      : cuda_(cuda), count_(count), offset_(offset) {
    memory_ = static_cast<T*>(cuda.allocate(static_cast<std::size_t>(count + offset + 1) * sizeof(T)));
    cuda_.synchronize();
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    for (Index i = 0; i < count; ++i) data()[i] = static_cast<T>(uniform(random));
  }
  ~Numbers() { cuda_.deallocate(memory_, 0); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;

  T* data() const { return memory_ + offset_; }
  /// What they are when everything that was asked for is done.
  std::vector<T> values() const {
    cuda_.synchronize();
    return {data(), data() + count_};
  }
  std::vector<double> widened() const {
    cuda_.synchronize();
    return {data(), data() + count_};
  }

private:
  Cuda cuda_;
  Index count_, offset_;
  T* memory_;
};

/// A view with numbers between its pixels, which no kernel may change.
template <class T>
struct Image {
  Image(const Cuda& cuda, Index n, Index h, Index w, Index c, Index gap, unsigned seed, Index offset = 0)
      : numbers(cuda, n * h * w * (c + gap), seed, offset), view{numbers.data(), n, h, w, c, c + gap} {}
  Numbers<T> numbers;
  Tensor<T> view;
};

inline double exactly(double v) { return v; }
inline double to_tf32(double v) {
  return static_cast<double>(
      std::bit_cast<float>((std::bit_cast<std::uint32_t>(static_cast<float>(v)) + 0x1000u) & ~0x1fffu));
}
inline double to_bf16(double v) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(v));
  return static_cast<double>(
      std::bit_cast<float>((bits + 0x7fffu + ((bits >> 16) & 1u)) & ~std::uint32_t{0xffff}));
}
using Round = double (*)(double);

/// Expected numbers, and for each the sum of its terms' sizes, by which errors are measured.
struct Expected {
  std::vector<double> value, size;
  explicit Expected(std::vector<double> start) : value(std::move(start)), size(value.size()) {
    for (std::size_t i = 0; i < value.size(); ++i) size[i] = std::abs(value[i]);
  }
  void set(Index i, double v) {
    value[static_cast<std::size_t>(i)] = v;
    size[static_cast<std::size_t>(i)] = std::abs(v);
  }
  void add(Index i, double v) {
    value[static_cast<std::size_t>(i)] += v;
    size[static_cast<std::size_t>(i)] += std::abs(v);
  }
};

template <class T>
constexpr double usual = std::is_same_v<T, double> ? 1e-14 : 3e-6;

template <class T>
void check_close(const std::vector<T>& got, const Expected& expected, double tolerance) {
  REQUIRE(got.size() == expected.value.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected.value[i]) / (expected.size[i] + 0.1);
    if (!(error <= worst)) worst = error;
    if (std::isnan(worst)) break;
  }
  CHECK(worst <= tolerance);
}

/// Calls f(output pixel, input pixel, tap) for every pair that a convolution connects.
template <class F>
void for_each_pair(const Case& s, const F& f) {
  for (Index n = 0; n < s.n; ++n)
    for (Index i = 0; i < s.h; ++i)
      for (Index j = 0; j < s.w; ++j)
        for (int tap = 0; tap < s.kernel * s.kernel; ++tap) {
          const Index a = i + tap / s.kernel - s.kernel / 2;
          const Index b = j + tap % s.kernel - s.kernel / 2;
          if (a < 0 || b < 0 || a >= s.h || b >= s.w) continue;
          f((n * s.h + i) * s.w + j, (n * s.h + a) * s.w + b, tap);
        }
}

// The kernels, in scratch memory of an arena.
template <class T>
void conv_forward(Arena<Cuda>& arena, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y) {
  const Cuda& cuda = arena.device();
  kernels::conv_forward<T>(
      cuda, x, weight, bias, kernel, activation, y,
      arena.lend(kernels::conv_forward_scratch_bytes<T>(cuda, x, weight, bias, kernel, activation, y)));
}
template <class T>
void conv_backward_data(Arena<Cuda>& arena, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write) {
  const Cuda& cuda = arena.device();
  kernels::conv_backward_data<T>(
      cuda, dy, weight, kernel, dx, write,
      arena.lend(kernels::conv_backward_data_scratch_bytes<T>(cuda, dy, weight, kernel, dx)));
}
template <class T>
void conv_backward_weights(Arena<Cuda>& arena, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias) {
  const Cuda& cuda = arena.device();
  kernels::conv_backward_weights<T>(
      cuda, x, dy, kernel, dweight, dbias,
      arena.lend(kernels::conv_backward_weights_scratch_bytes<T>(cuda, x, dy, kernel, dweight, dbias)));
}

/// The three kernels on one case, against plain sums of rounded factors.
template <class T>
class Trial {
public:
  Trial(const Cuda& cuda, const Case& s, Index offset = 0)
      : s_(s),
        x_(cuda, s.n, s.h, s.w, s.in, s.x_gap, 1, offset),
        dx_(cuda, s.n, s.h, s.w, s.in, s.x_gap, 2, offset),
        y_(cuda, s.n, s.h, s.w, s.out, s.y_gap, 3, offset),
        dy_(cuda, s.n, s.h, s.w, s.out, s.y_gap, 4, offset),
        weight_(cuda, s.kernel * s.kernel * s.in * s.out, 5, offset),
        dweight_(cuda, s.kernel * s.kernel * s.in * s.out, 6, offset),
        bias_(cuda, s.out, 7, offset),
        dbias_(cuda, s.out, 8, offset),
        scratch_(cuda) {}

  void forward(bool with_bias, Activation activation) {
    conv_forward<T>(scratch_, x_.view, weight_.data(), with_bias ? bias_.data() : nullptr, s_.kernel,
                    activation, y_.view);
  }
  void backward_data(Write write = Write::accumulate) {
    conv_backward_data<T>(scratch_, dy_.view, weight_.data(), s_.kernel, dx_.view, write);
  }
  void backward_weights(bool with_bias) {
    conv_backward_weights<T>(scratch_, x_.view, dy_.view, s_.kernel, dweight_.data(),
                             with_bias ? dbias_.data() : nullptr);
  }

  /// Takes as much scratch memory now as any call may need: a recording must not allocate.
  void reserve() { [[maybe_unused]] const auto most = scratch_.lend(kernels::detail::scratch_limit); }

  void check_forward(bool with_bias, Activation activation, Round round, double tolerance) {
    Expected expected(y_.numbers.widened());
    const std::vector<double> w = weight_.widened();
    for (Index p = 0; p < y_.view.pixels(); ++p)
      for (Index o = 0; o < s_.out; ++o)
        expected.set(p * y_.view.stride + o, with_bias ? static_cast<double>(bias_.data()[o]) : 0.0);
    for_each_pair(s_, [&](Index to, Index from, int tap) {
      for (Index c = 0; c < s_.in; ++c)
        for (Index o = 0; o < s_.out; ++o)
          expected.add(to * y_.view.stride + o,
                       round(static_cast<double>(x_.view(from, c))) *
                           round(w[static_cast<std::size_t>((tap * s_.in + c) * s_.out + o)]));
    });
    for (Index p = 0; p < y_.view.pixels(); ++p)
      for (Index o = 0; o < s_.out; ++o) {
        double& v = expected.value[static_cast<std::size_t>(p * y_.view.stride + o)];
        if (activation == Activation::relu) v = std::max(v, 0.0);
        if (activation == Activation::elu) v = v > 0 ? v : std::expm1(v);
      }
    forward(with_bias, activation);
    check_close(y_.numbers.values(), expected, tolerance);
  }

  void check_backward_data(Write write, Round round, double tolerance) {
    Expected expected(dx_.numbers.widened());
    if (write == Write::assign) {
      for (Index p = 0; p < dx_.view.pixels(); ++p) {
        for (Index c = 0; c < s_.in; ++c) {
          dx_.view(p, c) = std::numeric_limits<T>::quiet_NaN();  // what is there must not matter
          expected.set(p * dx_.view.stride + c, 0);
        }
      }
    }
    const std::vector<double> w = weight_.widened();
    for_each_pair(s_, [&](Index to, Index from, int tap) {
      for (Index c = 0; c < s_.in; ++c)
        for (Index o = 0; o < s_.out; ++o)
          expected.add(from * dx_.view.stride + c,
                       round(static_cast<double>(dy_.view(to, o))) *
                           round(w[static_cast<std::size_t>((tap * s_.in + c) * s_.out + o)]));
    });
    backward_data(write);
    check_close(dx_.numbers.values(), expected, tolerance);
  }

  void check_backward_weights(bool with_bias, Round round, double tolerance) {
    Expected expected(dweight_.widened()), expected_bias(dbias_.widened());
    for_each_pair(s_, [&](Index to, Index from, int tap) {
      for (Index c = 0; c < s_.in; ++c)
        for (Index o = 0; o < s_.out; ++o)
          expected.add((tap * s_.in + c) * s_.out + o, round(static_cast<double>(x_.view(from, c))) *
                                                           round(static_cast<double>(dy_.view(to, o))));
    });
    if (with_bias)
      for (Index p = 0; p < dy_.view.pixels(); ++p)
        for (Index o = 0; o < s_.out; ++o) expected_bias.add(o, static_cast<double>(dy_.view(p, o)));
    backward_weights(with_bias);
    check_close(dweight_.values(), expected, tolerance);
    check_close(dbias_.values(), expected_bias, usual<T>);
  }

  void check_all(Round round, double tolerance) {
    check_forward(true, Activation::relu, round, tolerance);
    check_backward_data(Write::accumulate, round, tolerance);
    check_backward_data(Write::assign, round, tolerance);
    check_backward_weights(true, round, tolerance);
  }

  /// Everything that the kernels write.
  std::vector<std::vector<T>> results() const {
    return {y_.numbers.values(), dx_.numbers.values(), dweight_.values(), dbias_.values()};
  }

private:
  Case s_;
  Image<T> x_, dx_, y_, dy_;
  Numbers<T> weight_, dweight_, bias_, dbias_;
  Arena<Cuda> scratch_;
};

}  // namespace conv_trial
