#include <doctest/doctest.h>

#include "conv_trial.cuh"
#include "densenf/kernels/cuda/matmul.cuh"

using namespace conv_trial;
using densenf::kernels::detail::Matmul;

namespace {

/// A product of random matrices with gaps between their columns, against plain sums.
template <class T>
void check_matmul(const Cuda& cuda, Index m, Index n, Index k, bool a_transposed, bool b_transposed,
                  bool accumulate, bool relu, bool with_bias, double tolerance) {
  const Index gap = 3;
  const Index a_stride = (a_transposed ? k : m) + gap, b_stride = (b_transposed ? n : k) + gap;
  const Index d_stride = m + gap;
  const Numbers<T> a(cuda, a_stride * (a_transposed ? m : k), 1),
      b(cuda, b_stride * (b_transposed ? k : n), 2);
  const Numbers<T> d(cuda, d_stride * n, 3), bias(cuda, m, 4);
  Expected expected(d.widened());
  const std::vector<double> va = a.widened(), vb = b.widened(), v_bias = bias.widened();
  const auto number = [](const std::vector<double>& v, Index i) { return v[static_cast<std::size_t>(i)]; };
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i < m; ++i) {
      const Index at = j * d_stride + i;
      if (!accumulate) expected.set(at, 0);
      for (Index l = 0; l < k; ++l)
        expected.add(at, number(va, a_transposed ? i * a_stride + l : l * a_stride + i) *
                             number(vb, b_transposed ? l * b_stride + j : j * b_stride + l));
      if (with_bias) expected.add(at, number(v_bias, i));
      double& v = expected.value[static_cast<std::size_t>(at)];
      if (relu && v < 0) v = 0;
    }
  const Matmul<T> product{.m = m,
                          .n = n,
                          .k = k,
                          .a = {a.data(), a_stride},
                          .b = {b.data(), b_stride},
                          .a_transposed = a_transposed,
                          .b_transposed = b_transposed,
                          .d = {d.data(), d_stride},
                          .accumulate = accumulate,
                          .relu = relu,
                          .bias = with_bias ? bias.data() : nullptr};
  const kernels::detail::MatmulPlan* const plan = kernels::detail::matmul_plan(cuda, product);
  REQUIRE(plan != nullptr);
  Arena<Cuda> scratch(cuda);
  REQUIRE(kernels::detail::matmul(
      cuda, product, scratch.lend(densenf::Scratch::bytes_for<std::byte>(plan->workspace_bytes()))));
  check_close(d.values(), expected, tolerance);
}

}  // namespace

TEST_CASE("matmul multiplies matrices as they lie in memory") {
  const Cuda cuda = device();
  for (const bool a_transposed : {false, true})
    for (const bool b_transposed : {false, true})
      for (const bool accumulate : {false, true}) {
        check_matmul<float>(cuda, 17, 33, 65, a_transposed, b_transposed, accumulate, false, false,
                            usual<float>);
        check_matmul<float>(cuda, 1, 1, 1, a_transposed, b_transposed, accumulate, false, false,
                            usual<float>);
        check_matmul<double>(cuda, 9, 5, 31, a_transposed, b_transposed, accumulate, false, false,
                             usual<double>);
      }
}

TEST_CASE("matmul adds a bias to every column, and applies relu") {
  const Cuda cuda = device();
  for (const bool relu : {false, true})
    for (const bool with_bias : {false, true})
      check_matmul<float>(cuda, 12, 7, 20, false, false, false, relu, with_bias, usual<float>);
}

TEST_CASE("matmul multiplies floats as precisely as the device shall, and doubles exactly") {
  for (const auto& [precision, tolerance] :
       {std::pair{Precision::tf32, 1.0 / 512}, std::pair{Precision::bf16, 1.0 / 64}}) {
    const Cuda cuda = device(precision);
    check_matmul<float>(cuda, 48, 33, 64, false, false, false, false, false, tolerance);
    check_matmul<double>(cuda, 48, 33, 64, false, false, false, false, false, usual<double>);
  }
}

TEST_CASE("matmul leaves a product whose bias is not aligned to its caller") {
  const Cuda cuda = device();
  const Numbers<float> a(cuda, 4, 1), b(cuda, 4, 2), d(cuda, 4, 3), bias(cuda, 2, 4, 1);
  const std::vector<float> before = d.values();
  CHECK_FALSE(kernels::detail::matmul<float>(cuda,
                                             {.m = 2,
                                              .n = 2,
                                              .k = 2,
                                              .a = {a.data(), 2},
                                              .b = {b.data(), 2},
                                              .d = {d.data(), 2},
                                              .bias = bias.data()},
                                             {}));
  CHECK(d.values() == before);
}

#ifdef DENSENF_CUDA_ON_HOST
TEST_CASE("tf32 and bf16 are asked for, bf16 where matrices are regular") {
  // The stand-in for the library rounds as it is allowed to.
  const Case regular{2, 4, 4, 136, 128, 8, 4, 1};
  Trial<float>(device(Precision::tf32), regular).check_all(to_tf32, usual<float>);
  Trial<float>(device(Precision::bf16), regular).check_all(to_bf16, usual<float>);
  const Case others[] = {{3, 5, 7, 136, 128, 8, 4, 1},   // pixels
                         {2, 4, 4, 130, 128, 14, 4, 1},  // channels
                         {2, 4, 4, 136, 128, 9, 5, 1}};  // distance of pixels
  for (const Case& s : others) {
    INFO(name(s));
    Trial<float>(device(Precision::bf16), s).check_all(to_tf32, usual<float>);
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
