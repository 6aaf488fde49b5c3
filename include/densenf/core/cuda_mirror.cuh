#pragma once

#include <cstddef>
#include <new>

#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_pinned.cuh"
#include "densenf/core/mirror.hpp"

namespace densenf {

/// On a GPU: memory on both sides, and copies in the GPU's stream. The host may write or read its value
/// when the copies that were asked for before are done.
template <class T>
class Mirror<T, Cuda> {
public:
  explicit Mirror(const Cuda& cuda) : memory_(cuda, static_cast<Index>(sizeof(T)), "numbers"), cuda_(cuda) {}

  T& host() { return *value_; }
  T* device() { return reinterpret_cast<T*>(memory_.data()); }
  void to_device() { copy(device(), value_.get(), cudaMemcpyHostToDevice); }
  void to_host() { copy(value_.get(), device(), cudaMemcpyDeviceToHost); }

private:
  static_assert(std::is_trivially_copyable_v<T>, "A value is copied to a device byte by byte.");

  void copy(void* to, const void* from, cudaMemcpyKind kind) const {
    detail::check_cuda(cudaMemcpyAsync(to, from, sizeof(T), kind, cuda_.stream()), "copying a value");
  }

  Buffer<std::byte, Cuda> memory_;
  CudaPinned<T> value_;
  Cuda cuda_;
};

}  // namespace densenf
