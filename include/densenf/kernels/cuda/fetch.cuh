#pragma once

#include <cstddef>
#include <vector>

#include "densenf/core/cuda.cuh"
#include "densenf/core/shape.hpp"

// Numbers on their way from a GPU to the host.
namespace densenf::kernels {

/// Brings n numbers of the GPU to the host, and waits for them.
template <class T>
void fetch(const Cuda& cuda, const T* values, Index n, T* host) {
  if (n == 0) return;
  densenf::detail::check_cuda(cudaMemcpyAsync(host, values, static_cast<std::size_t>(n) * sizeof(T),
                                              cudaMemcpyDeviceToHost, cuda.stream()),
                              "copying from the GPU");
  cuda.synchronize();
}
template <class T>
std::vector<T> to_host(const Cuda& cuda, const T* values, Index n) {
  std::vector<T> host(static_cast<std::size_t>(n));
  fetch(cuda, values, n, host.data());
  return host;
}

}  // namespace densenf::kernels
