#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "conv_trial.cuh"

using namespace conv_trial;
using densenf::make_tensor;

namespace {

/// Of each precision, with cuDNN and without.
std::vector<Cuda> all_devices() {
  std::vector<Cuda> all;
  for (const Precision precision : {Precision::full, Precision::tf32, Precision::bf16})
    for (const Cuda& cuda : both_devices(precision)) all.push_back(cuda);
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("conv_forward is the sum over taps and channels", T, float, double) {
  for (const Cuda& cuda : both_devices())
    for (const Case& s : all_cases()) {
      INFO(name(s));
      for (const bool with_bias : {false, true})
        for (const Activation activation : {Activation::none, Activation::relu, Activation::elu})
          Trial<T>(cuda, s).check_forward(with_bias, activation, exactly, usual<T>);
    }
}

TEST_CASE_TEMPLATE("conv_backward_data writes or adds the gradient of the input", T, float, double) {
  for (const Cuda& cuda : both_devices())
    for (const Case& s : all_cases()) {
      INFO(name(s));
      for (const Write write : {Write::assign, Write::accumulate})
        Trial<T>(cuda, s).check_backward_data(write, exactly, usual<T>);
    }
}

TEST_CASE_TEMPLATE("conv_backward_weights adds the gradients of weights and bias", T, float, double) {
  for (const Cuda& cuda : both_devices())
    for (const Case& s : all_cases()) {
      INFO(name(s));
      for (const bool with_bias : {false, true})
        Trial<T>(cuda, s).check_backward_weights(with_bias, exactly, usual<T>);
    }
}

TEST_CASE_TEMPLATE("convolutions work where vectors are not aligned", T, float, double) {
  for (const Cuda& cuda : both_devices())
    for (const Case& s :
         {Case{2, 4, 4, 48, 64, 16, 0, 3}, Case{2, 4, 4, 48, 64, 0, 0, 3}, Case{2, 4, 4, 48, 64, 16, 0, 1}})
      for (const Index offset : {1, 2, 3}) {
        INFO(name(s));
        Trial<T>(cuda, s, offset).check_all(exactly, usual<T>);
      }
}

TEST_CASE("convolutions give the same bits again, and from a graph") {
  for (const Cuda& cuda : all_devices()) {
    for (const Case& s : {Case{2, 4, 4, 112, 64, 16, 64, 3}, Case{2, 4, 4, 48, 64, 0, 4, 3},
                          Case{3, 5, 7, 130, 132, 2, 4, 1}}) {
      INFO(name(s));
      const auto run = [](Trial<float>& t) {
        t.forward(true, Activation::relu);
        t.backward_data();
        t.backward_weights(true);
      };
      Trial<float> one(cuda, s), two(cuda, s), captured(cuda, s);
      run(one);
      run(two);
      captured.reserve();
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
  for (const Cuda& cuda : all_devices()) {
    Arena<Cuda> scratch(cuda);
    for (const Case& s : {Case{3, 4, 4, 48, 21, 0, 5, 1}, Case{3, 4, 4, 48, 21, 0, 5, 3}}) {
      INFO(name(s));
      const Image<float> buffer(cuda, s.n, s.h, s.w, s.in + s.out, s.y_gap, 1);
      const Image<float> apart(cuda, s.n, s.h, s.w, s.out, s.in + s.y_gap, 2);
      const Tensor<float> x = buffer.view.channels(0, s.in);
      const Numbers<float> weight(cuda, s.kernel * s.kernel * s.in * s.out, 3);
      std::vector<float> expected = buffer.numbers.values();
      conv_forward<float>(scratch, x, weight.data(), nullptr, s.kernel, Activation::relu, apart.view);
      cuda.synchronize();
      for (Index p = 0; p < x.pixels(); ++p)
        for (Index c = 0; c < s.out; ++c)
          expected[static_cast<std::size_t>(p * buffer.view.stride + s.in + c)] = apart.view(p, c);
      conv_forward<float>(scratch, x, weight.data(), nullptr, s.kernel, Activation::relu,
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
  for (const Cuda& cuda : all_devices()) {
    Arena<Cuda> scratch(cuda);
    const Image<float> x(cuda, 3, 1, 1, 1, 0, 1), y(cuda, 3, 1, 1, 1, 0, 2);
    const Numbers<float> weight(cuda, 9, 3);
    weight.data()[4] = 2;
    x.view.data[0] = 1;
    x.view.data[1] = std::numeric_limits<float>::quiet_NaN();
    x.view.data[2] = -1;
    conv_forward<float>(scratch, x.view, weight.data(), nullptr, 3, Activation::relu, y.view);
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

TEST_CASE_TEMPLATE("the adjoint with an activation is that of the activation, and then the convolution's", T, float,
                   double) {
  const Cuda cuda = device();
  Arena<Cuda> scratch(cuda);
  for (const bool with_bias : {false, true})
    for (const Activation activation : {Activation::none, Activation::relu, Activation::elu})
      for (const Index n : {0, 3})
        for (const Index c : {1, 70}) {
          const Image<T> x(cuda, n, 9, 5, 6, 2, 1), y(cuda, n, 9, 5, c, 3, 2);
          const Image<T> dy(cuda, n, 9, 5, c, 2, 3), want_dy(cuda, n, 9, 5, c, 2, 3);
          const Numbers<T> dweight(cuda, 6 * c, 4), dbias(cuda, c, 5);
          const Numbers<T> want_dweight(cuda, 6 * c, 4), want_dbias(cuda, c, 5);
          if (activation == Activation::relu) kernels::relu_backward<T>(cuda, y.view, want_dy.view);
          if (activation == Activation::elu)
            kernels::elu_backward<T>(cuda, y.view, want_dy.view, want_dy.view, kernels::Write::assign);
          conv_backward_weights<T>(scratch, x.view, want_dy.view, 1, want_dweight.data(),
                                   with_bias ? want_dbias.data() : nullptr);
          T* const to_bias = with_bias ? dbias.data() : nullptr;
          kernels::conv_backward_parameters<T>(
              cuda, x.view, y.view, activation, dy.view, 1, dweight.data(), to_bias,
              scratch.lend(kernels::conv_backward_parameters_scratch_bytes<T>(cuda, x.view, dy.view, 1,
                                                                              dweight.data(), to_bias)));
          CHECK(dy.numbers.values() == want_dy.numbers.values());
          CHECK(dweight.values() == want_dweight.values());
          CHECK(dbias.values() == want_dbias.values());
        }
}

TEST_CASE("convolutions refuse what does not fit") {
  const Cuda cuda = device();
  Arena<Cuda> scratch(cuda);
  const Numbers<float> v(cuda, 1000, 1);
  const auto x = make_tensor<const float>(v.data(), 2, {3, 4, 4});
  CHECK_THROWS_AS(conv_forward<float>(scratch, x, v.data(), nullptr, 2, Activation::none,
                                      make_tensor(v.data(), 2, {3, 4, 4})),
                  densenf::ArgumentError);
  CHECK_THROWS_AS(conv_forward<float>(scratch, x, v.data(), nullptr, 1, Activation::none,
                                      make_tensor(v.data(), 2, {3, 4, 5})),
                  densenf::ShapeError);
  CHECK_THROWS_AS(
      conv_backward_data<float>(scratch, x, v.data(), 1, make_tensor(v.data(), 1, {3, 4, 4}), Write::assign),
      densenf::ShapeError);
  CHECK_THROWS_AS(conv_backward_weights<float>(scratch, x, make_tensor<const float>(v.data(), 2, {3, 3, 4}),
                                               3, v.data(), nullptr),
                  densenf::ShapeError);
  CHECK_THROWS_AS(kernels::relu_backward<float>(cuda, x, make_tensor(v.data(), 2, {4, 4, 4})),
                  densenf::ShapeError);
  CHECK_THROWS_AS(
      kernels::conv_backward_data<float>(cuda, make_tensor<const float>(v.data(), 1, {64, 1, 1}), v.data(), 3,
                                         make_tensor(v.data(), 1, {1, 1, 1}), Write::assign, {}),
      densenf::ArgumentError);  // no scratch memory
}

TEST_CASE("our own 3x3 convolutions take scratch memory for parts of tiles where tiles are few") {
  const Cuda cuda = device(Precision::full, false);
  const auto bytes = [&](Index images) {
    const auto x = make_tensor<const float>(nullptr, images, {300, 8, 8});
    const float* const none = nullptr;
    return kernels::conv_forward_scratch_bytes(cuda, x, none, none, 3, Activation::none,
                                               make_tensor<float>(nullptr, images, {64, 8, 8}));
  };
  CHECK(bytes(0) == 0);
  CHECK(bytes(1) % (64 * 64 * Index{sizeof(float)}) == 0);  // sums of one tile
  CHECK(bytes(1) > 0);
  CHECK(bytes(100) > bytes(1));
  CHECK(bytes(100) <= kernels::detail::scratch_limit);
  CHECK(bytes(300) == 0);
}
