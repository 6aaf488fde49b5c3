#pragma once

#include <cublasLt.h>
#include <cuda_bf16.h>

#include <algorithm>

#include "densenf/core/cuda_graph.cuh"
#include "densenf/densenf.cuh"

// Times of work on a GPU, and what the GPU can do at the most.
namespace bench {

using namespace densenf;

class GpuEvent {
public:
  GpuEvent() { detail::check_cuda(cudaEventCreateWithFlags(&event_, cudaEventDefault), "making an event"); }
  ~GpuEvent() { cudaEventDestroy(event_); }
  GpuEvent(const GpuEvent&) = delete;
  GpuEvent& operator=(const GpuEvent&) = delete;

  void record(const Cuda& cuda) {
    detail::check_cuda(cudaEventRecord(event_, cuda.stream()), "recording an event");
  }
  double seconds_since(const GpuEvent& start) const {
    detail::check_cuda(cudaEventSynchronize(event_), "waiting for an event");
    float milliseconds = 0;
    detail::check_cuda(cudaEventElapsedTime(&milliseconds, start.event_, event_), "reading a GPU's clock");
    return 1e-3 * static_cast<double>(milliseconds);
  }

private:
  cudaEvent_t event_ = nullptr;
};

/// Seconds of work() on the GPU, out of `times` in a row: recorded once, so that the host's calls do not
/// count. The first of three such rows is for caches, the shorter one of the others counts.
template <class Work>
double seconds_on_gpu(const Cuda& cuda, int times, const Work& work) {
  CudaGraph graph;
  graph.capture(cuda, [&] {
    for (int i = 0; i < times; ++i) work();
  });
  double least = 0;
  for (int row = 0; row < 3; ++row) {
    GpuEvent start, end;
    start.record(cuda);
    graph.launch(cuda);
    end.record(cuda);
    const double seconds = end.seconds_since(start) / times;
    if (row > 0) least = row == 1 ? seconds : std::min(least, seconds);
  }
  return least;
}

inline void round_to_bf16(const Cuda& cuda, const float* x, Index count, __nv_bfloat16* y) {
  kernels::for_each_index(cuda, "rounding", count,
                          [=] __device__(Index i) { y[i] = __float2bfloat16_rn(x[i]); });
}

/// Seconds of the product of two matrices of size x size by cuBLASLt: floats, floats in tf32, or bf16 with
/// sums in float.
inline double seconds_of_product(const Cuda& cuda, Index size) {
  const bool bf16 = cuda.precision() == Precision::bf16;
  const Index numbers = size * size;
  Buffer<float, Cuda> a(cuda, numbers), b(cuda, numbers), d(cuda, numbers);
  Arena<Cuda> arena(cuda);
  for (Buffer<float, Cuda>* factor : {&a, &b})
    kernels::fill_normal(cuda, NoiseKey{}, 0, make_tensor(factor->data(), 1, Shape{numbers, 1, 1}));
  if (!bf16) {
    const kernels::detail::Matmul<float> product{
        .m = size, .n = size, .k = size, .a = {a.data(), size}, .b = {b.data(), size}, .d = {d.data(), size}};
    const kernels::detail::MatmulPlan* const plan = kernels::detail::matmul_plan(cuda, product);
    const auto scratch =
        arena.lend(plan != nullptr ? Scratch::bytes_for<std::byte>(plan->workspace_bytes()) : 0);
    const auto multiply = [&] {
      if (!kernels::detail::matmul(cuda, product, scratch))
        throw DeviceError("cuBLASLt cannot do a large product.");
    };
    multiply();  // finds the algorithm
    return seconds_on_gpu(cuda, 5, multiply);
  }

  Buffer<__nv_bfloat16, Cuda> a16(cuda, numbers), b16(cuda, numbers), d16(cuda, numbers);
  round_to_bf16(cuda, a.data(), numbers, a16.data());
  round_to_bf16(cuda, b.data(), numbers, b16.data());
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t layout = nullptr;
  cublasLtMatmulPreference_t preference = nullptr;
  const auto n = static_cast<std::uint64_t>(size);
  detail::check_blas(cublasLtMatmulDescCreate(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F),
                     "describing a product");
  detail::check_blas(cublasLtMatrixLayoutCreate(&layout, CUDA_R_16BF, n, n, static_cast<std::int64_t>(size)),
                     "describing a matrix");
  detail::check_blas(cublasLtMatmulPreferenceCreate(&preference), "choosing an algorithm");
  const std::uint64_t room = kernels::detail::scratch_limit;
  detail::check_blas(cublasLtMatmulPreferenceSetAttribute(
                         preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &room, sizeof room),
                     "choosing an algorithm");
  cublasLtMatmulHeuristicResult_t best{};
  int found = 0;
  detail::check_blas(cublasLtMatmulAlgoGetHeuristic(cuda.blas(), operation, layout, layout, layout, layout,
                                                    preference, 1, &best, &found),
                     "choosing an algorithm");
  if (found == 0) throw DeviceError("cuBLASLt has no product of bf16 matrices.");
  auto* const workspace = arena.allocate<std::byte>(static_cast<Index>(best.workspaceSize));
  const float one = 1, zero = 0;
  const double seconds = seconds_on_gpu(cuda, 5, [&] {
    detail::check_blas(cublasLtMatmul(cuda.blas(), operation, &one, a16.data(), layout, b16.data(), layout,
                                      &zero, d16.data(), layout, d16.data(), layout, &best.algo, workspace,
                                      best.workspaceSize, cuda.stream()),
                       "multiplying matrices");
  });
  cublasLtMatmulPreferenceDestroy(preference);
  cublasLtMatrixLayoutDestroy(layout);
  cublasLtMatmulDescDestroy(operation);
  return seconds;
}

/// Seconds of a copy of `bytes` bytes within the GPU, which reads as many and writes as many.
inline double seconds_of_copy(const Cuda& cuda, Index bytes) {
  const Buffer<std::byte, Cuda> from(cuda, bytes);
  Buffer<std::byte, Cuda> to(cuda, bytes);
  return seconds_on_gpu(cuda, 5, [&] { to.assign(from); });
}

}  // namespace bench
