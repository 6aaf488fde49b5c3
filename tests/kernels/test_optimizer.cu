#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "densenf/core/cuda_graph.cuh"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

template <class T>
double norm_on_gpu(const std::vector<T>& x) {
  const auto numbers = on_gpu(x);
  Buffer<double, Cuda> result(gpu(), 1);
  kernels::squared_norm(
      gpu(), numbers.data(), numbers.size(), result.data(),
      OwnScratch(gpu(), kernels::squared_norm_scratch_bytes(gpu(), numbers.data(), numbers.size())));
  return result.to_host().front();
}

}  // namespace

TEST_CASE_TEMPLATE("optimizer: sums of squares are exact where they can be", T, float, double) {
  for (const Index n : {0, 1, 255, 4097, 300000}) {
    std::vector<T> x;
    double want = 0;
    for (Index i = 0; i < n; ++i) {
      x.push_back(static_cast<T>(0.5 * static_cast<double>(i % 7 - 3)));
      want += static_cast<double>(x.back() * x.back());
    }
    CHECK(norm_on_gpu(x) == want);
  }
}

TEST_CASE("optimizer: sums of squares are as precise as doubles, and repeat to the bit") {
  const auto x = normal_numbers<float>(100001, 3, 1e20);  // the squares are too large for float
  long double want = 0;
  for (const float v : x) want += static_cast<long double>(v) * static_cast<long double>(v);
  const double got = norm_on_gpu(x);
  CHECK(got == doctest::Approx(static_cast<double>(want)).epsilon(1e-13));
  CHECK(norm_on_gpu(x) == got);
}

TEST_CASE("optimizer: a sum of squares is not finite if one number is not") {
  for (const double bad :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<float> x(5000, 1.0F);
    x[4321] = static_cast<float>(bad);
    CHECK_FALSE(std::isfinite(norm_on_gpu(x)));
  }
}

TEST_CASE("optimizer: a recorded sum of squares is of what the numbers are then") {
  Buffer<float, Cuda> x = on_gpu(std::vector<float>(3000, 1.0F));
  Buffer<double, Cuda> result(gpu(), 1);
  const float* const numbers = x.data();
  OwnScratch scratch(gpu(), kernels::squared_norm_scratch_bytes(gpu(), numbers, x.size()));
  const auto add_up = [&] { kernels::squared_norm(gpu(), numbers, x.size(), result.data(), scratch); };
  add_up();  // CUB may look at the GPU the first time
  CudaGraph graph;
  graph.capture(gpu(), add_up);
  x.assign(std::vector<float>(3000, 2.0F));
  graph.launch(gpu());
  CHECK(result.to_host().front() == 12000);
}
