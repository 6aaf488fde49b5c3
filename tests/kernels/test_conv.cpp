// headers-only
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "densenf/kernels/cpu/conv.hpp"
#include "scratch.hpp"

using densenf::Cpu;
using densenf::Index;
using densenf::make_tensor;
using densenf::Tensor;
using densenf::kernels::Activation;
using densenf::testing::OwnScratch;
namespace kernels = densenf::kernels;

namespace {

struct Case {
  Index n, h, w, in, out, x_gap, y_gap;
  int kernel;
};

const Case cases[] = {
    {0, 4, 4, 5, 3, 0, 0, 3},
    {2, 3, 3, 0, 5, 1, 0, 3},
    {2, 3, 3, 5, 0, 0, 1, 1},
    {1, 1, 1, 1, 1, 0, 0, 1},
    {1, 1, 1, 1, 1, 0, 0, 3},
    {1, 1, 1, 7, 5, 3, 1, 3},
    {2, 1, 5, 2, 3, 0, 0, 3},
    {3, 5, 1, 3, 2, 1, 1, 3},
    {1, 4, 4, 48, 64, 0, 0, 3},
    {2, 4, 4, 112, 64, 7, 9, 3},
    {8, 4, 4, 62, 31, 0, 2, 3},
    {3, 7, 5, 17, 33, 1, 0, 3},
    {1, 16, 16, 5, 7, 0, 0, 3},
    {5, 3, 2, 130, 97, 0, 0, 3},
    {2, 2, 2, 600, 20, 0, 0, 3},
    {7, 1, 1, 432, 432, 64, 0, 1},
    {1, 3, 5, 1100, 65, 0, 0, 1},
    {2, 8, 8, 48, 144, 0, 0, 1},
    {4, 5, 5, 6, 12, 2, 0, 1},
    {1, 13, 11, 62, 124, 0, 1, 1},
    {3, 3, 3, 154, 308, 0, 0, 1},
    {1, 1, 7, 64, 16, 0, 0, 1},
    {2, 17, 9, 11, 80, 0, 0, 1},
    {1, 16, 16, 112, 64, 0, 0, 3},
    {3, 13, 11, 62, 70, 0, 5, 3},
    {2, 8, 8, 48, 64, 16, 0, 3},
    {9, 6, 7, 19, 33, 1, 1, 3},
    {2, 16, 19, 0, 5, 0, 0, 3},
    {0, 16, 16, 7, 5, 0, 0, 3},
    {1, 8, 16, 200, 130, 0, 0, 3},
    {5, 9, 9, 1, 1, 2, 2, 3},
    {4, 32, 32, 3, 16, 0, 0, 3},
    {1, 6, 6, 600, 20, 0, 0, 3},
    // Of 6, 10, 14, 9, 15, 21, 27, 25, 30 and 31 tiles, which Winograd's algorithm cuts in different ways.
    {1, 8, 12, 19, 21, 0, 0, 3},
    {1, 8, 20, 19, 21, 0, 0, 3},
    {1, 8, 28, 19, 21, 0, 0, 3},
    {1, 12, 12, 19, 21, 0, 0, 3},
    {1, 12, 20, 19, 21, 0, 0, 3},
    {1, 12, 28, 19, 21, 0, 0, 3},
    {1, 12, 36, 19, 21, 0, 0, 3},
    {1, 20, 20, 19, 21, 0, 0, 3},
    {1, 20, 24, 19, 21, 0, 0, 3},
    {1, 4, 124, 19, 21, 0, 0, 3},
    // Far fewer channels on one side, and blocks enough for several threads.
    {3, 16, 16, 56, 16, 0, 0, 3},
    {8, 16, 16, 48, 32, 0, 0, 3},
    {3, 16, 16, 16, 56, 0, 0, 3},
    {9, 6, 6, 70, 50, 0, 0, 3},
    // Channels enough for two groups, and tasks few enough for threads to share them.
    {1, 16, 16, 112, 64, 0, 0, 3},
    {1, 16, 16, 64, 112, 0, 0, 3},
    {2, 8, 9, 97, 37, 5, 3, 3},
    {1, 6, 5, 131, 10, 0, 6, 3},
    {1, 6, 5, 10, 131, 6, 0, 3},
    {3, 16, 16, 112, 40, 0, 5, 3},
    // More pixels than gradients of weights are summed over at one time.
    {3, 48, 48, 5, 7, 0, 0, 1},
    {3, 48, 48, 5, 7, 0, 0, 3},
};

std::string name(const Case& s) {
  return fmt::format("{} images {}x{}, {} -> {} channels, kernel {}", s.n, s.h, s.w, s.in, s.out, s.kernel);
}

/// A view with unused numbers between its pixels, which no kernel may touch.
template <class T>
struct Image {
  Image(Index n, Index h, Index w, Index c, Index gap, unsigned seed)
      : values(static_cast<std::size_t>(n * h * w * (c + gap))), view{values.data(), n, h, w, c, c + gap} {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    for (T& v : values) v = static_cast<T>(uniform(random));
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  std::vector<T> values;
  Tensor<T> view;
};

template <class T>
std::vector<T> random_values(Index count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> v(static_cast<std::size_t>(count));
  for (T& x : v) x = static_cast<T>(uniform(random));
  return v;
}

/// Calls f(output pixel, input pixel, tap) for every pair that a convolution connects.
template <class T, class F>
void for_each_pair(const Tensor<T>& x, int kernel, const F& f) {
  for (Index n = 0; n < x.n; ++n)
    for (Index i = 0; i < x.h; ++i)
      for (Index j = 0; j < x.w; ++j)
        for (int tap = 0; tap < kernel * kernel; ++tap) {
          const Index a = i + tap / kernel - kernel / 2;
          const Index b = j + tap % kernel - kernel / 2;
          if (a < 0 || b < 0 || a >= x.h || b >= x.w) continue;
          f((n * x.h + i) * x.w + j, (n * x.h + a) * x.w + b, tap);
        }
}

/// All of a view's buffer, gaps included, against what was expected in double.
template <class T>
void check_close(const std::vector<T>& got, const std::vector<double>& expected, double terms) {
  REQUIRE(got.size() == expected.size());
  // Rounding errors grow like the number of terms, and Winograd's algorithm adds some of its own; a term too
  // few or too many is far larger.
  const double tolerance = (terms + 64) * static_cast<double>(std::numeric_limits<T>::epsilon());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]);
    worst = std::isnan(error) ? error : std::max(worst, error);
    if (std::isnan(worst)) break;
  }
  CHECK(worst <= tolerance);
}

template <class T>
std::vector<double> widen(const std::vector<T>& v) {
  return {v.begin(), v.end()};
}

template <class T>
Index at(const Tensor<T>& t, Index pixel, Index channel) {
  return pixel * t.stride + channel;
}

// The kernels, in as much scratch memory as they say.
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, kernels::Connections connections = {}) {
  kernels::conv_forward<T>(
      cpu, x, weight, bias, kernel, activation, y,
      OwnScratch(cpu, kernels::conv_forward_scratch_bytes<T>(cpu, x, weight, bias, kernel, activation, y)),
      connections);
}
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        kernels::Write write, kernels::Connections connections = {}) {
  kernels::conv_backward_data<T>(
      cpu, dy, weight, kernel, dx, write,
      OwnScratch(cpu, kernels::conv_backward_data_scratch_bytes<T>(cpu, dy, weight, kernel, dx)),
      connections);
}
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, kernels::Connections connections = {}) {
  kernels::conv_backward_weights<T>(
      cpu, x, dy, kernel, dweight, dbias,
      OwnScratch(cpu, kernels::conv_backward_weights_scratch_bytes<T>(cpu, x, dy, kernel, dweight, dbias)),
      connections);
}

}  // namespace

TEST_CASE_TEMPLATE("conv_forward is the sum over taps and channels", T, float, double) {
  const Cpu cpu(2);
  for (const Case& s : cases) {
    INFO(name(s));
    const Image<T> x(s.n, s.h, s.w, s.in, s.x_gap, 1);
    const auto weight = random_values<T>(s.kernel * s.kernel * s.in * s.out, 2);
    const auto bias = random_values<T>(s.out, 3);
    for (const bool with_bias : {false, true}) {
      for (const Activation activation : {Activation::none, Activation::relu, Activation::elu}) {
        Image<T> y(s.n, s.h, s.w, s.out, s.y_gap, 4);
        auto expected = widen(y.values);
        for (Index p = 0; p < y.view.pixels(); ++p)
          for (Index o = 0; o < s.out; ++o)
            expected[static_cast<std::size_t>(at(y.view, p, o))] =
                with_bias ? static_cast<double>(bias[static_cast<std::size_t>(o)]) : 0.0;
        for_each_pair(x.view, s.kernel, [&](Index to, Index from, int tap) {
          for (Index c = 0; c < s.in; ++c)
            for (Index o = 0; o < s.out; ++o)
              expected[static_cast<std::size_t>(at(y.view, to, o))] +=
                  static_cast<double>(x.view(from, c)) *
                  static_cast<double>(weight[static_cast<std::size_t>((tap * s.in + c) * s.out + o)]);
        });
        for (Index p = 0; p < y.view.pixels(); ++p)
          for (Index o = 0; o < s.out; ++o) {
            double& v = expected[static_cast<std::size_t>(at(y.view, p, o))];
            if (activation == Activation::relu) v = std::max(v, 0.0);
            if (activation == Activation::elu) v = v > 0 ? v : std::expm1(v);
          }
        conv_forward<T>(cpu, x.view, weight.data(), with_bias ? bias.data() : nullptr, s.kernel, activation,
                        y.view);
        check_close(y.values, expected, static_cast<double>(s.kernel * s.kernel * s.in));
      }
    }
  }
}

TEST_CASE_TEMPLATE("conv_backward_data writes or adds the gradient of the input", T, float, double) {
  const Cpu cpu(2);
  for (const Case& s : cases)
    for (const auto write : {kernels::Write::assign, kernels::Write::accumulate}) {
      INFO(name(s));
      Image<T> dx(s.n, s.h, s.w, s.in, s.x_gap, 1);
      const Image<T> dy(s.n, s.h, s.w, s.out, s.y_gap, 2);
      const auto weight = random_values<T>(s.kernel * s.kernel * s.in * s.out, 3);
      auto expected = widen(dx.values);
      if (write == kernels::Write::assign) {
        for (Index p = 0; p < dx.view.pixels(); ++p) {
          for (Index c = 0; c < s.in; ++c) {
            dx.view(p, c) = std::numeric_limits<T>::quiet_NaN();  // what is there must not matter
            expected[static_cast<std::size_t>(at(dx.view, p, c))] = 0;
          }
        }
      }
      for_each_pair(dx.view, s.kernel, [&](Index to, Index from, int tap) {
        for (Index c = 0; c < s.in; ++c)
          for (Index o = 0; o < s.out; ++o)
            expected[static_cast<std::size_t>(at(dx.view, from, c))] +=
                static_cast<double>(dy.view(to, o)) *
                static_cast<double>(weight[static_cast<std::size_t>((tap * s.in + c) * s.out + o)]);
      });
      conv_backward_data<T>(cpu, dy.view, weight.data(), s.kernel, dx.view, write);
      check_close(dx.values, expected, static_cast<double>(s.kernel * s.kernel * s.out));
    }
}

TEST_CASE_TEMPLATE("conv_backward_weights adds the gradients of weights and bias", T, float, double) {
  const Cpu cpu(2);
  for (const Case& s : cases) {
    INFO(name(s));
    const Image<T> x(s.n, s.h, s.w, s.in, s.x_gap, 1);
    const Image<T> dy(s.n, s.h, s.w, s.out, s.y_gap, 2);
    for (const bool with_bias : {false, true}) {
      auto dweight = random_values<T>(s.kernel * s.kernel * s.in * s.out, 3);
      auto dbias = random_values<T>(s.out, 4);
      auto expected = widen(dweight);
      auto expected_bias = widen(dbias);
      for_each_pair(x.view, s.kernel, [&](Index to, Index from, int tap) {
        for (Index c = 0; c < s.in; ++c)
          for (Index o = 0; o < s.out; ++o)
            expected[static_cast<std::size_t>((tap * s.in + c) * s.out + o)] +=
                static_cast<double>(x.view(from, c)) * static_cast<double>(dy.view(to, o));
      });
      if (with_bias)
        for (Index p = 0; p < dy.view.pixels(); ++p)
          for (Index o = 0; o < s.out; ++o)
            expected_bias[static_cast<std::size_t>(o)] += static_cast<double>(dy.view(p, o));
      conv_backward_weights<T>(cpu, x.view, dy.view, s.kernel, dweight.data(),
                               with_bias ? dbias.data() : nullptr);
      check_close(dweight, expected, static_cast<double>(dy.view.pixels()));
      check_close(dbias, expected_bias, static_cast<double>(dy.view.pixels()));
    }
  }
}

TEST_CASE("degrees know the unit at a place") {
  using kernels::Degrees;
  for (const Degrees d : {Degrees{1}, Degrees{7, 3}, Degrees{12, 4, 0}, Degrees{15, 5, 1, 3}, Degrees{2, 5},
                          Degrees{9, 4, 1, 1, 3}, Degrees{3, 3, 1, 1, 3}}) {
    for (Index unit = 0; unit < d.count; ++unit) CHECK(d.degree_at(d.place(unit)) == d.degree(unit));
  }
}

TEST_CASE_TEMPLATE("convolutions with connections are those with zeros elsewhere", T, float, double) {
  using kernels::Degrees;
  struct {
    Index pixels;
    kernels::DegreeMask mask;
  } const masked[] = {
      {5, {{1, 1}, {3, 1, 0}}},                      // nothing is connected
      {3, {{4, 4}, {9, 3}}},                         // a first layer
      {37, {{64, 64}, {64, 63}}},                    //
      {256, {{64, 63}, {64, 63}}},                   // of one to each degree, and one more
      {37, {{70, 4}, {133, 4}}},                     // many to each degree
      {97, {{64, 63}, {64 * 23, 64, 1, 23}, true}},  // a last layer
      {37, {{9, 7, 1, 1, 2}, {30, 7, 0}}},           // behind a context
      {1100, {{40, 6, 0}, {7 * 2, 7, 1, 2}, true}},  //
      {0, {{8, 8}, {8, 7}}},
  };
  for (const auto& layer : masked) {
    const Index pixels = layer.pixels;
    const kernels::DegreeMask& mask = layer.mask;
    const Index in = mask.from.count, out = mask.to.count;
    INFO(fmt::format("{} pixels, {} to {}, strict {}", pixels, in, out, mask.strict));
    const Image<T> x(pixels, 1, 1, in, 1, 1), dy(pixels, 1, 1, out, 3, 2);
    const auto bias = random_values<T>(out, 3);
    auto weight = random_values<T>(in * out, 4);
    std::vector<bool> kept(weight.size());
    for (Index i = 0; i < in; ++i) {
      for (Index o = 0; o < out; ++o)
        kept[static_cast<std::size_t>(mask.from.place(i) * out + mask.to.place(o))] = mask.keeps(i, o);
    }
    for (std::size_t k = 0; k < kept.size(); ++k) weight[k] = kept[k] ? weight[k] : T(0);
    const auto run = [&](int threads, const kernels::Connections& connections) {
      const Cpu cpu(threads);
      Image<T> y(pixels, 1, 1, out, 0, 5), dx(pixels, 1, 1, in, 2, 6);
      auto dweight = random_values<T>(in * out, 7), dbias = random_values<T>(out, 8);
      conv_forward<T>(cpu, x.view, weight.data(), bias.data(), 1, Activation::relu, y.view, connections);
      conv_backward_data<T>(cpu, dy.view, weight.data(), 1, dx.view, kernels::Write::assign, connections);
      conv_backward_weights<T>(cpu, x.view, dy.view, 1, dweight.data(), dbias.data(), connections);
      for (std::size_t k = 0; k < kept.size(); ++k) dweight[k] = kept[k] ? dweight[k] : T(0);
      return std::vector<std::vector<T>>{y.values, dx.values, dweight, dbias};
    };
    const auto some = run(1, mask), all = run(1, {});
    for (std::size_t k = 0; k < all.size(); ++k)
      check_close(some[k], widen(all[k]), static_cast<double>(std::max(in + out, pixels)));
    CHECK(run(2, mask) == some);
    CHECK(run(3, mask) == some);
  }
}

TEST_CASE_TEMPLATE("convolutions give the same bits for any number of threads", T, float, double) {
  for (const Case& s : cases) {
    INFO(name(s));
    const Image<T> x(s.n, s.h, s.w, s.in, s.x_gap, 1);
    const Image<T> dy(s.n, s.h, s.w, s.out, s.y_gap, 2);
    const auto weight = random_values<T>(s.kernel * s.kernel * s.in * s.out, 3);
    const auto bias = random_values<T>(s.out, 4);
    const auto run = [&](int threads) {
      const Cpu cpu(threads);
      Image<T> y(s.n, s.h, s.w, s.out, s.y_gap, 5);
      Image<T> dx(s.n, s.h, s.w, s.in, s.x_gap, 6);
      auto dweight = random_values<T>(s.kernel * s.kernel * s.in * s.out, 7);
      auto dbias = random_values<T>(s.out, 8);
      conv_forward<T>(cpu, x.view, weight.data(), bias.data(), s.kernel, Activation::relu, y.view);
      conv_backward_data<T>(cpu, dy.view, weight.data(), s.kernel, dx.view, kernels::Write::accumulate);
      conv_backward_weights<T>(cpu, x.view, dy.view, s.kernel, dweight.data(), dbias.data());
      std::vector<std::vector<T>> all{y.values, dx.values, dweight, dbias};
      return all;
    };
    const auto one = run(1);
    CHECK(run(2) == one);
    CHECK(run(3) == one);
    CHECK(run(5) == one);
    CHECK(run(8) == one);
  }
}

TEST_CASE("an image's convolution does not depend on the batch around it") {
  const Cpu cpu(2);
  const Case all[] = {{5, 4, 6, 112, 70, 0, 0, 1},
                      {5, 4, 6, 112, 70, 0, 0, 3},  // direct
                      {5, 8, 8, 112, 70, 0, 0, 3},
                      {5, 16, 17, 48, 64, 0, 0, 3},
                      {5, 16, 16, 112, 64, 0, 0, 3}};  // by Winograd's algorithm
  for (const Case& s : all) {
    INFO(name(s));
    const Image<float> x(s.n, s.h, s.w, s.in, 0, 1);
    const auto weight = random_values<float>(s.kernel * s.kernel * s.in * s.out, 2);
    Image<float> together(s.n, s.h, s.w, s.out, 0, 3);
    Image<float> alone(s.n, s.h, s.w, s.out, 0, 4);
    conv_forward<float>(cpu, x.view, weight.data(), nullptr, s.kernel, Activation::none, together.view);
    for (Index i = 0; i < s.n; ++i) {
      conv_forward<float>(cpu, x.view.images(i, 1), weight.data(), nullptr, s.kernel, Activation::none,
                          alone.view.images(i, 1));
    }
    CHECK(together.values == alone.values);
  }
}

TEST_CASE("input and output may be channels of one buffer") {
  const Cpu cpu(2);
  for (const Case& s :
       {Case{3, 4, 4, 48, 21, 0, 5, 1}, Case{3, 4, 4, 48, 21, 0, 5, 3}, Case{1, 16, 16, 112, 21, 0, 5, 3},
        Case{3, 16, 16, 48, 21, 0, 5, 3}, Case{3, 8, 8, 48, 21, 0, 5, 3}}) {
    INFO(name(s));
    Image<float> buffer(s.n, s.h, s.w, s.in + s.out, s.y_gap, 1);
    const Tensor<float> x = buffer.view.channels(0, s.in);
    const auto weight = random_values<float>(s.kernel * s.kernel * s.in * s.out, 2);
    std::vector<float> copy = buffer.values;
    Image<float> y(s.n, s.h, s.w, s.out, 0, 3);
    conv_forward<float>(cpu, x, weight.data(), nullptr, s.kernel, Activation::relu, y.view);
    for (Index p = 0; p < x.pixels(); ++p)
      for (Index c = 0; c < s.out; ++c)
        copy[static_cast<std::size_t>(p * buffer.view.stride + s.in + c)] = y.view(p, c);
    conv_forward<float>(cpu, x, weight.data(), nullptr, s.kernel, Activation::relu,
                        buffer.view.channels(s.in, s.out));
    CHECK(buffer.values == copy);
  }
}

TEST_CASE("relu keeps NaN") {
  const Cpu cpu(1);
  const float x[3] = {1, std::numeric_limits<float>::quiet_NaN(), -1};
  const float weight[1] = {2};
  float y[3] = {};
  conv_forward<float>(cpu, make_tensor<const float>(x, 3, {1, 1, 1}), weight, nullptr, 1, Activation::relu,
                      make_tensor(y, 3, {1, 1, 1}));
  CHECK(y[0] == 2);
  CHECK(std::isnan(y[1]));
  CHECK(y[2] == 0);
}

TEST_CASE_TEMPLATE("relu_backward clears the gradient where the output is not positive", T, float, double) {
  for (const int threads : {1, 2}) {
    const Cpu cpu(threads);
    for (const Index c : {1, 5, 16, 37, 64}) {
      Image<T> y(7, 9, 13, c, 3, 1);
      for (std::size_t i = 0; i < y.values.size(); i += 3) y.values[i] = T{0};
      Image<T> dy(7, 9, 13, c, 2, 2);
      auto expected = dy.values;
      for (Index p = 0; p < y.view.pixels(); ++p)
        for (Index i = 0; i < c; ++i)
          if (!(y.view(p, i) > T{0})) expected[static_cast<std::size_t>(at(dy.view, p, i))] = T{0};
      kernels::relu_backward<T>(cpu, y.view, dy.view);
      CHECK(dy.values == expected);
    }
  }
}

TEST_CASE("convolutions refuse what does not fit") {
  const Cpu cpu(1);
  std::vector<float> v(1000);
  const auto x = make_tensor<const float>(v.data(), 2, {3, 4, 4});
  CHECK_THROWS_AS(conv_forward<float>(cpu, x, v.data(), nullptr, 2, Activation::none,
                                      make_tensor(v.data(), 2, {3, 4, 4})),
                  densenf::ArgumentError);
  CHECK_THROWS_AS(conv_forward<float>(cpu, x, v.data(), nullptr, 1, Activation::none,
                                      make_tensor(v.data(), 2, {3, 4, 5})),
                  densenf::ShapeError);
  CHECK_THROWS_AS(conv_backward_data<float>(cpu, x, v.data(), 1, make_tensor(v.data(), 1, {3, 4, 4}),
                                            kernels::Write::assign),
                  densenf::ShapeError);
  CHECK_THROWS_WITH_AS(
      kernels::conv_backward_data<float>(cpu, x, v.data(), 3, make_tensor(v.data(), 2, {3, 4, 4}),
                                         kernels::Write::assign, {}),
      doctest::Contains(
          "bytes of scratch memory where 0 are left: the function with its name and _scratch_bytes"),
      densenf::ArgumentError);
  CHECK_THROWS_AS(conv_backward_weights<float>(cpu, x, make_tensor<const float>(v.data(), 2, {3, 3, 4}), 3,
                                               v.data(), nullptr),
                  densenf::ShapeError);
  CHECK_THROWS_AS(kernels::relu_backward<float>(cpu, x, make_tensor(v.data(), 2, {4, 4, 4})),
                  densenf::ShapeError);
}
