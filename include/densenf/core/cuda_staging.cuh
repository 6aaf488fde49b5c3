#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>

#include "densenf/core/cuda_check.cuh"

namespace densenf {

/// Memory on the host from which a GPU can copy while both go on working, and its counterpart on the GPU.
/// Grows to the largest batch that passed through it.
class CudaStaging {
public:
  /// Makes room for `bytes` bytes and waits until the last copy from `host()` is done.
  void reserve(std::size_t bytes, cudaStream_t stream) {
    if (copied_ == nullptr) {
      detail::check_cuda(cudaEventCreateWithFlags(&copied_, cudaEventDisableTiming), "making an event");
    } else {
      detail::check_cuda(cudaEventSynchronize(copied_), "waiting for a copy to the GPU");
    }
    if (bytes <= size_) return;
    detail::check_cuda(cudaStreamSynchronize(stream), "waiting for the GPU");
    free_memory();
    const std::size_t size = std::max(bytes, smallest);
    detail::check_cuda(cudaMallocHost(&host_, size), "allocating memory for transfers on the host");
    detail::check_cuda(cudaMalloc(&device_, size), "allocating memory for transfers on the GPU");
    size_ = size;
  }

  /// Sends the first `bytes` bytes of host() to device(), in the stream.
  void send(std::size_t bytes, cudaStream_t stream) {
    detail::check_cuda(cudaMemcpyAsync(device_, host_, bytes, cudaMemcpyHostToDevice, stream),
                       "copying to the GPU");
    detail::check_cuda(cudaEventRecord(copied_, stream), "recording an event");
  }

  /// Brings the first `bytes` bytes of device() to host() and waits for them.
  void fetch(std::size_t bytes, cudaStream_t stream) {
    detail::check_cuda(cudaMemcpyAsync(host_, device_, bytes, cudaMemcpyDeviceToHost, stream),
                       "copying from the GPU");
    detail::check_cuda(cudaStreamSynchronize(stream), "waiting for the GPU");
  }

  void* host() const { return host_; }
  void* device() const { return device_; }

  /// Gives everything back; the stream must be idle.
  void free() noexcept {
    free_memory();
    if (copied_ != nullptr) cudaEventDestroy(copied_);
    copied_ = nullptr;
  }

private:
  static constexpr std::size_t smallest = std::size_t{1} << 16;

  void free_memory() noexcept {
    if (host_ != nullptr) cudaFreeHost(host_);
    if (device_ != nullptr) cudaFree(device_);
    host_ = device_ = nullptr;
    size_ = 0;
  }

  void* host_ = nullptr;
  void* device_ = nullptr;
  std::size_t size_ = 0;
  cudaEvent_t copied_ = nullptr;
};

}  // namespace densenf
