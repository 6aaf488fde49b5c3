#pragma once

// The part of CUB's DeviceReduce that densenf uses, on the host: see cuda_runtime.h.

#include <cuda_runtime.h>

#include <cstddef>

#include "../block/block_reduce.cuh"

namespace cub {

namespace detail {
inline constexpr int reduce_threads = 64;
inline constexpr unsigned reduce_blocks = 8;

/// out[block] = what the numbers of a block come to, for neighboring numbers in neighboring blocks.
template <class T, class In, class Out, class Count, class Op, class Transform>
__global__ void reduce_kernel(In in, Out out, Count n, Op op, Transform transform, T init) {
  using Block = BlockReduce<T, reduce_threads>;
  __shared__ typename Block::TempStorage room;
  T total = init;
  for (Count i = threadIdx.x * gridDim.x + blockIdx.x; i < n; i += reduce_threads * gridDim.x)
    total = op(total, transform(in[i]));
  total = Block(room).Reduce(total, op);
  if (threadIdx.x == 0) out[blockIdx.x] = total;
}
}  // namespace detail

struct DeviceReduce {
  /// Without memory it only says how much it needs. `init` must be neutral here.
  template <class In, class Out, class Count, class Op, class Transform, class T>
  static cudaError_t TransformReduce(void* memory, std::size_t& bytes, In in, Out out, Count n, Op op,
                                     Transform transform, T init, cudaStream_t stream = nullptr) {
    constexpr std::size_t needed = detail::reduce_blocks * sizeof(T);
    if (memory == nullptr) {
      bytes = needed;
      return cudaSuccess;
    }
    if (bytes < needed || !cuda_on_host::on_gpu(memory, needed)) return cudaErrorInvalidValue;
    auto* const partial = static_cast<T*>(memory);
    const auto same = [](T x) { return x; };
    cudaLaunchConfig_t config{};
    config.blockDim = detail::reduce_threads;
    config.stream = stream;
    config.gridDim = detail::reduce_blocks;
    const cudaError_t status = cudaLaunchKernelEx(
        &config, detail::reduce_kernel<T, In, T*, Count, Op, Transform>, in, partial, n, op, transform, init);
    if (status != cudaSuccess) return status;
    config.gridDim = 1;
    return cudaLaunchKernelEx(&config, detail::reduce_kernel<T, const T*, Out, unsigned, Op, decltype(same)>,
                              partial, out, detail::reduce_blocks, op, same, init);
  }
};

}  // namespace cub
