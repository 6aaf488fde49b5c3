#pragma once

#include <cublasLt.h>
#include <cuda_runtime.h>

#include "densenf/core/error.hpp"

namespace densenf::detail {

/// Throws DeviceError unless a call of the CUDA runtime went well. `doing`: what it was for.
inline void check_cuda(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // what is reported here shall not be reported again by a later call
  throw DeviceError("CUDA failed while {}: {} ({}).", doing, cudaGetErrorString(status),
                    cudaGetErrorName(status));
}

/// The same for cuBLASLt.
inline void check_blas(cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw DeviceError("cuBLASLt failed while {}: {}.", doing, cublasLtGetStatusName(status));
}

}  // namespace densenf::detail
