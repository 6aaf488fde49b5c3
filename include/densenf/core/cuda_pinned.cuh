#pragma once

#include <cuda_runtime.h>

#include "densenf/core/cuda_check.cuh"

namespace densenf {

/// An object on the host that a GPU may read and write while both go on working.
template <class T>
class CudaPinned {
public:
  CudaPinned() {
    detail::check_cuda(cudaMallocHost(reinterpret_cast<void**>(&value_), sizeof(T)),
                       "allocating memory for transfers on the host");
    *value_ = T{};
  }
  ~CudaPinned() { cudaFreeHost(value_); }
  CudaPinned(const CudaPinned&) = delete;
  CudaPinned& operator=(const CudaPinned&) = delete;

  T& operator*() { return *value_; }
  T* operator->() { return value_; }
  T* get() { return value_; }

private:
  T* value_ = nullptr;
};

}  // namespace densenf
