#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "densenf/core/cuda_buffer.cuh"
#include "densenf/kernels/cuda/conv.cuh"

using densenf::Cuda;
using densenf::Index;
using densenf::make_tensor;
using densenf::Precision;
using densenf::Tensor;
using densenf::kernels::Activation;
namespace kernels = densenf::kernels;

namespace {

struct Case {
  Index n, h, w, in, out, x_gap, y_gap;
  int kernel;
};

const Case cases[] = {
    {1, 1, 1, 1, 1, 0, 0, 1},    {1, 1, 1, 1, 1, 0, 0, 3},     {3, 1, 1, 17, 3, 1, 2, 1},
    {3, 1, 1, 17, 3, 1, 2, 3},   {1, 3, 5, 65, 17, 0, 0, 1},   {1, 3, 5, 65, 17, 0, 3, 3},
    {3, 5, 1, 3, 65, 2, 0, 3},   {2, 1, 5, 2, 3, 0, 0, 3},     {2, 4, 4, 112, 64, 16, 64, 3},
    {1, 4, 4, 300, 64, 0, 0, 3}, {3, 3, 5, 48, 64, 0, 0, 3},   {2, 8, 8, 17, 70, 3, 1, 3},
    {5, 7, 6, 20, 12, 4, 8, 3},  {3, 5, 7, 130, 132, 2, 4, 1}, {1, 2, 2, 600, 65, 0, 0, 1},
};
const Case empty_cases[] = {
    {0, 4, 4, 5, 3, 0, 0, 3}, {0, 4, 4, 5, 3, 0, 0, 1}, {2, 3, 3, 0, 5, 1, 0, 3},
    {2, 3, 3, 0, 5, 1, 0, 1}, {2, 3, 3, 5, 0, 0, 1, 3}, {2, 3, 3, 5, 0, 0, 1, 1},
};

std::vector<Case> all_cases() {
  std::vector<Case> all(std::begin(cases), std::end(cases));
  all.insert(all.end(), std::begin(empty_cases), std::end(empty_cases));
  return all;
}

std::string name(const Case& s) {
  return fmt::format("{} images {}x{}, {} -> {} channels, kernel {}", s.n, s.h, s.w, s.in, s.out, s.kernel);
}

Cuda device(Precision precision = Precision::full) {
  return Cuda({.precision = precision, .host_visible = true});
}

/// Random numbers on the card, from `offset` numbers behind an aligned address on.
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

double exactly(double v) { return v; }
double to_tf32(double v) {
  return static_cast<double>(
      std::bit_cast<float>((std::bit_cast<std::uint32_t>(static_cast<float>(v)) + 0x1000u) & ~0x1fffu));
}
double to_bf16(double v) {
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

/// The three kernels on one case, against plain sums of rounded factors.
template <class T>
class Trial {
public:
  Trial(const Cuda& cuda, const Case& s, Index offset = 0)
      : cuda_(cuda),
        s_(s),
        x_(cuda, s.n, s.h, s.w, s.in, s.x_gap, 1, offset),
        dx_(cuda, s.n, s.h, s.w, s.in, s.x_gap, 2, offset),
        y_(cuda, s.n, s.h, s.w, s.out, s.y_gap, 3, offset),
        dy_(cuda, s.n, s.h, s.w, s.out, s.y_gap, 4, offset),
        weight_(cuda, s.kernel * s.kernel * s.in * s.out, 5, offset),
        dweight_(cuda, s.kernel * s.kernel * s.in * s.out, 6, offset),
        bias_(cuda, s.out, 7, offset),
        dbias_(cuda, s.out, 8, offset) {}

  void forward(bool with_bias, Activation activation) {
    kernels::conv_forward<T>(cuda_, x_.view, weight_.data(), with_bias ? bias_.data() : nullptr, s_.kernel,
                             activation, y_.view);
  }
  void backward_data() {
    kernels::conv_backward_data<T>(cuda_, dy_.view, weight_.data(), s_.kernel, nullptr, dx_.view);
  }
  void backward_weights(bool with_bias) {
    kernels::conv_backward_weights<T>(cuda_, x_.view, dy_.view, s_.kernel, dweight_.data(),
                                      with_bias ? dbias_.data() : nullptr);
  }

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
    if (activation == Activation::relu)
      for (Index p = 0; p < y_.view.pixels(); ++p)
        for (Index o = 0; o < s_.out; ++o) {
          double& v = expected.value[static_cast<std::size_t>(p * y_.view.stride + o)];
          v = std::max(v, 0.0);
        }
    forward(with_bias, activation);
    check_close(y_.numbers.values(), expected, tolerance);
  }

  void check_backward_data(Round round, double tolerance) {
    Expected expected(dx_.numbers.widened());
    const std::vector<double> w = weight_.widened();
    for_each_pair(s_, [&](Index to, Index from, int tap) {
      for (Index c = 0; c < s_.in; ++c)
        for (Index o = 0; o < s_.out; ++o)
          expected.add(from * dx_.view.stride + c,
                       round(static_cast<double>(dy_.view(to, o))) *
                           round(w[static_cast<std::size_t>((tap * s_.in + c) * s_.out + o)]));
    });
    backward_data();
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
    check_backward_data(round, tolerance);
    check_backward_weights(true, round, tolerance);
  }

  /// Everything that the kernels write.
  std::vector<std::vector<T>> results() const {
    return {y_.numbers.values(), dx_.numbers.values(), dweight_.values(), dbias_.values()};
  }

private:
  Cuda cuda_;
  Case s_;
  Image<T> x_, dx_, y_, dy_;
  Numbers<T> weight_, dweight_, bias_, dbias_;
};

}  // namespace

TEST_CASE_TEMPLATE("conv_forward is the sum over taps and channels", T, float, double) {
  const Cuda cuda = device();
  for (const Case& s : all_cases()) {
    INFO(name(s));
    for (const bool with_bias : {false, true})
      for (const Activation activation : {Activation::none, Activation::relu})
        Trial<T>(cuda, s).check_forward(with_bias, activation, exactly, usual<T>);
  }
}

TEST_CASE_TEMPLATE("conv_backward_data adds the gradient of the input", T, float, double) {
  const Cuda cuda = device();
  for (const Case& s : all_cases()) {
    INFO(name(s));
    Trial<T>(cuda, s).check_backward_data(exactly, usual<T>);
  }
}

TEST_CASE_TEMPLATE("conv_backward_weights adds the gradients of weights and bias", T, float, double) {
  const Cuda cuda = device();
  for (const Case& s : all_cases()) {
    INFO(name(s));
    for (const bool with_bias : {false, true})
      Trial<T>(cuda, s).check_backward_weights(with_bias, exactly, usual<T>);
  }
}

TEST_CASE_TEMPLATE("convolutions work where vectors are not aligned", T, float, double) {
  const Cuda cuda = device();
  for (const Case& s : {Case{2, 4, 4, 48, 64, 16, 0, 3}, Case{2, 4, 4, 48, 64, 16, 0, 1}})
    for (const Index offset : {1, 2, 3}) {
      INFO(name(s));
      Trial<T>(cuda, s, offset).check_all(exactly, usual<T>);
    }
}

TEST_CASE("3x3 convolutions round factors as the precision says") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision);
    for (const Case& s : all_cases()) {
      if (s.kernel != 3) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(round, usual<float>);
      Trial<float>(cuda, s, 1).check_all(round, usual<float>);
    }
    // Doubles are not rounded.
    Trial<double>(cuda, cases[5]).check_all(exactly, usual<double>);
  }
}

TEST_CASE("1x1 convolutions have at least the precision of the device") {
  for (const auto& [precision, tolerance] :
       {std::pair{Precision::tf32, 1.0 / 1024}, std::pair{Precision::bf16, 1.0 / 128}}) {
    const Cuda cuda = device(precision);
    for (const Case& s : all_cases()) {
      if (s.kernel != 1) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(exactly, tolerance);
    }
    Trial<double>(cuda, cases[4]).check_all(exactly, usual<double>);
  }
}

TEST_CASE("a 1x1 convolution whose bias is not aligned does without cuBLASLt") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::full, exactly},
                                         std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision);
    Trial<float>(cuda, {3, 5, 7, 130, 132, 2, 4, 1}, 1)
        .check_forward(true, Activation::relu, round, usual<float>);
  }
}

#ifndef __CUDACC__
TEST_CASE("1x1 convolutions that cuBLASLt refuses are computed all the same") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::full, exactly},
                                         std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision);
    cuda_on_host::matmul_alignment = 512;
    for (const Case& s : all_cases()) {
      if (s.kernel != 1) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(round, usual<float>);
      Trial<double>(cuda, s).check_all(exactly, usual<double>);
    }
    cuda_on_host::matmul_alignment = 1;
  }
}

TEST_CASE("cuBLASLt is asked once for each problem, and nothing is allocated") {
  const Cuda cuda = device();
  Trial<float> first(cuda, {3, 5, 7, 130, 132, 2, 4, 1}), other(cuda, {3, 5, 7, 48, 132, 2, 4, 1});
  const auto run = [&] {
    for (Trial<float>* t : {&first, &other}) {
      t->forward(true, Activation::relu);
      t->backward_data();
      t->backward_weights(true);
    }
  };
  const int before = cuda_on_host::heuristic_queries;
  run();
  CHECK(cuda_on_host::heuristic_queries == before + 6);
  const std::size_t allocations = cuda_on_host::allocations;
  run();
  CHECK(cuda_on_host::heuristic_queries == before + 6);
  CHECK(cuda_on_host::allocations == allocations);
}
#endif

TEST_CASE("convolutions give the same bits again, and from a graph") {
  for (const Precision precision : {Precision::full, Precision::tf32, Precision::bf16}) {
    const Cuda cuda = device(precision);
    for (const Case& s : {Case{2, 4, 4, 112, 64, 16, 64, 3}, Case{3, 5, 7, 130, 132, 2, 4, 1}}) {
      INFO(name(s));
      const auto run = [](Trial<float>& t) {
        t.forward(true, Activation::relu);
        t.backward_data();
        t.backward_weights(true);
      };
      Trial<float> one(cuda, s), two(cuda, s), captured(cuda, s);
      run(one);
      run(two);
      CHECK(one.results() == two.results());

      cudaGraph_t graph = nullptr;
      cudaGraphExec_t exec = nullptr;
      const auto start = captured.results();
      REQUIRE(cudaStreamBeginCapture(cuda.stream(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
      run(captured);
      REQUIRE(cudaStreamEndCapture(cuda.stream(), &graph) == cudaSuccess);
      REQUIRE(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess);
      CHECK(captured.results() == start);
      REQUIRE(cudaGraphLaunch(exec, cuda.stream()) == cudaSuccess);
      CHECK(captured.results() == one.results());
      CHECK(cudaGraphExecDestroy(exec) == cudaSuccess);
      CHECK(cudaGraphDestroy(graph) == cudaSuccess);
    }
  }
}

TEST_CASE("input and output may be channels of one buffer") {
  for (const Precision precision : {Precision::full, Precision::tf32, Precision::bf16}) {
    const Cuda cuda = device(precision);
    for (const Case& s : {Case{3, 4, 4, 48, 21, 0, 5, 1}, Case{3, 4, 4, 48, 21, 0, 5, 3}}) {
      INFO(name(s));
      const Image<float> buffer(cuda, s.n, s.h, s.w, s.in + s.out, s.y_gap, 1);
      const Image<float> apart(cuda, s.n, s.h, s.w, s.out, s.in + s.y_gap, 2);
      const Tensor<float> x = buffer.view.channels(0, s.in);
      const Numbers<float> weight(cuda, s.kernel * s.kernel * s.in * s.out, 3);
      std::vector<float> expected = buffer.numbers.values();
      kernels::conv_forward<float>(cuda, x, weight.data(), nullptr, s.kernel, Activation::relu, apart.view);
      cuda.synchronize();
      for (Index p = 0; p < x.pixels(); ++p)
        for (Index c = 0; c < s.out; ++c)
          expected[static_cast<std::size_t>(p * buffer.view.stride + s.in + c)] = apart.view(p, c);
      kernels::conv_forward<float>(cuda, x, weight.data(), nullptr, s.kernel, Activation::relu,
                                   buffer.view.channels(s.in, s.out));
      const std::vector<float> got = buffer.numbers.values();
      double worst = 0;
      for (std::size_t i = 0; i < got.size(); ++i)
        worst = std::max(worst, static_cast<double>(std::abs(got[i] - expected[i])));
      CHECK(worst <= 1e-4);  // cuBLASLt may choose another algorithm for another stride
    }
  }
}

TEST_CASE("relu of a 3x3 convolution keeps NaN") {
  for (const Precision precision : {Precision::full, Precision::tf32, Precision::bf16}) {
    const Cuda cuda = device(precision);
    const Image<float> x(cuda, 3, 1, 1, 1, 0, 1), y(cuda, 3, 1, 1, 1, 0, 2);
    const Numbers<float> weight(cuda, 9, 3);
    weight.data()[4] = 2;
    x.view.data[0] = 1;
    x.view.data[1] = std::numeric_limits<float>::quiet_NaN();
    x.view.data[2] = -1;
    kernels::conv_forward<float>(cuda, x.view, weight.data(), nullptr, 3, Activation::relu, y.view);
    const std::vector<float> got = y.numbers.values();
    CHECK(got[0] == 2);
    CHECK(std::isnan(got[1]));
    CHECK(got[2] == 0);
  }
}

TEST_CASE_TEMPLATE("relu_backward clears the gradient where the output is not positive", T, float, double) {
  const Cuda cuda = device();
  for (const Index n : {0, 1, 3})
    for (const Index c : {1, 17, 64}) {
      const Image<T> y(cuda, n, 5, 3, c, 3, 1), dy(cuda, n, 5, 3, c, 2, 2);
      for (Index i = 0; i < y.view.pixels() * y.view.stride; i += 3) y.view.data[i] = T{0};
      std::vector<T> expected = dy.numbers.values();
      for (Index p = 0; p < y.view.pixels(); ++p)
        for (Index i = 0; i < c; ++i)
          if (!(y.view(p, i) > T{0})) expected[static_cast<std::size_t>(p * dy.view.stride + i)] = T{0};
      kernels::relu_backward<T>(cuda, y.view, dy.view);
      CHECK(dy.numbers.values() == expected);
    }
}

TEST_CASE("convolutions refuse what does not fit") {
  const Cuda cuda = device();
  const Numbers<float> v(cuda, 1000, 1);
  const auto x = make_tensor<const float>(v.data(), 2, {3, 4, 4});
  CHECK_THROWS_AS(kernels::conv_forward<float>(cuda, x, v.data(), nullptr, 2, Activation::none,
                                               make_tensor(v.data(), 2, {3, 4, 4})),
                  densenf::ArgumentError);
  CHECK_THROWS_AS(kernels::conv_forward<float>(cuda, x, v.data(), nullptr, 1, Activation::none,
                                               make_tensor(v.data(), 2, {3, 4, 5})),
                  densenf::ShapeError);
  CHECK_THROWS_AS(
      kernels::conv_backward_data<float>(cuda, x, v.data(), 1, nullptr, make_tensor(v.data(), 1, {3, 4, 4})),
      densenf::ShapeError);
  CHECK_THROWS_AS(kernels::conv_backward_weights<float>(
                      cuda, x, make_tensor<const float>(v.data(), 2, {3, 3, 4}), 3, v.data(), nullptr),
                  densenf::ShapeError);
  CHECK_THROWS_AS(kernels::relu_backward<float>(cuda, x, make_tensor(v.data(), 2, {4, 4, 4})),
                  densenf::ShapeError);
  CHECK(kernels::conv_scratch_size<float>(cuda, 4, 4, 3, 48, 64) == 0);
}
