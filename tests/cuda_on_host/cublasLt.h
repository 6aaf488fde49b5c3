#pragma once

// The part of cuBLASLt that densenf uses, on the host: see cuda_runtime.h. Products are plain sums in the
// order of depth, of factors rounded as the compute type allows; what the library would refuse is refused.

#include <initializer_list>

#include "cuda_runtime.h"
#include "rounding.hpp"

enum cublasStatus_t {
  CUBLAS_STATUS_SUCCESS = 0,
  CUBLAS_STATUS_INVALID_VALUE = 7,
  CUBLAS_STATUS_NOT_SUPPORTED = 15
};
inline const char* cublasLtGetStatusName(cublasStatus_t s) {
  return s == CUBLAS_STATUS_SUCCESS         ? "CUBLAS_STATUS_SUCCESS"
         : s == CUBLAS_STATUS_NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED"
                                            : "CUBLAS_STATUS_INVALID_VALUE";
}
struct cublasLtContext {};
using cublasLtHandle_t = cublasLtContext*;
inline cublasStatus_t cublasLtCreate(cublasLtHandle_t* h) {
  *h = new cublasLtContext;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtDestroy(cublasLtHandle_t h) {
  delete h;
  return CUBLAS_STATUS_SUCCESS;
}

// Of bf16 there are no products.
enum cudaDataType_t { CUDA_R_32F = 0, CUDA_R_64F = 1, CUDA_R_16BF = 14 };
enum cublasComputeType_t {
  CUBLAS_COMPUTE_32F = 68,
  CUBLAS_COMPUTE_64F = 70,
  CUBLAS_COMPUTE_32F_FAST_16BF = 75,
  CUBLAS_COMPUTE_32F_FAST_TF32 = 77
};
enum cublasOperation_t { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1 };
enum cublasLtEpilogue_t {
  CUBLASLT_EPILOGUE_DEFAULT = 1,
  CUBLASLT_EPILOGUE_RELU = 2,
  CUBLASLT_EPILOGUE_BIAS = 4,
  CUBLASLT_EPILOGUE_RELU_BIAS = 6
};

namespace cuda_on_host {

/// How often cuBLASLt was asked for an algorithm, for tests of what is remembered.
inline int heuristic_queries = 0;
/// cuBLASLt has no algorithm for matrices that are aligned to less than this many bytes.
inline std::size_t matmul_alignment = 1;

struct MatmulDesc {
  cublasComputeType_t compute;
  cudaDataType_t scale;
  std::int32_t transpose_a = CUBLAS_OP_N, transpose_b = CUBLAS_OP_N;
  std::uint32_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
};
struct MatrixLayout {
  cudaDataType_t type;
  std::uint64_t rows, columns;
  std::int64_t ld;
};
struct MatmulPreference {
  std::uint64_t workspace = 0;
  std::uint32_t alignment[4] = {256, 256, 256, 256};
};

inline bool aligned(const void* p, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(p) % bytes == 0;
}

/// A product is of memory on the GPU, and none of it lies in the workspace.
inline void check_places(const void* workspace, std::size_t bytes,
                         std::initializer_list<const void*> matrices) {
  require(on_gpu(workspace, bytes), "the workspace of a product is not on the GPU");
  for (const void* p : matrices) {
    require(on_gpu(p), "a matrix that is multiplied is not on the GPU");
    const auto distance = reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(workspace);
    require(distance >= bytes, "a matrix that is multiplied lies in the workspace");
  }
}

template <class T, class S>
cublasStatus_t set_attribute(T& attribute, const void* value, std::size_t size) {
  if (value == nullptr || size != sizeof(S)) return CUBLAS_STATUS_INVALID_VALUE;
  S s;
  std::memcpy(&s, value, size);
  attribute = s;
  return CUBLAS_STATUS_SUCCESS;
}

/// Whether the matrices fit together.
inline cublasStatus_t check_matmul(const MatmulDesc& desc, const MatrixLayout& a, const MatrixLayout& b,
                                   const MatrixLayout& c, const MatrixLayout& d) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const auto m = ta ? a.columns : a.rows, k = ta ? a.rows : a.columns;
  const auto kb = tb ? b.columns : b.rows, n = tb ? b.rows : b.columns;
  if (k != kb || m != d.rows || n != d.columns || c.rows != d.rows || c.columns != d.columns)
    return CUBLAS_STATUS_INVALID_VALUE;
  for (const MatrixLayout* l : {&a, &b, &c, &d}) {
    if (l->rows == 0 || l->columns == 0 || l->ld < static_cast<std::int64_t>(l->rows))
      return CUBLAS_STATUS_INVALID_VALUE;
    if (l->type != desc.scale) return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if ((desc.compute == CUBLAS_COMPUTE_64F) != (desc.scale == CUDA_R_64F)) return CUBLAS_STATUS_NOT_SUPPORTED;
  return CUBLAS_STATUS_SUCCESS;
}

inline double factor(cublasComputeType_t, double v) { return v; }
inline float factor(cublasComputeType_t compute, float v) {
  return compute == CUBLAS_COMPUTE_32F_FAST_TF32   ? to_tf32(v)
         : compute == CUBLAS_COMPUTE_32F_FAST_16BF ? from_bf16(to_bf16(v))
                                                   : v;
}

template <class T>
void multiply(const MatmulDesc& desc, T alpha, const void* a_data, const MatrixLayout& a, const void* b_data,
              const MatrixLayout& b, T beta, const void* c_data, const MatrixLayout& c, void* d_data,
              const MatrixLayout& d) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const auto depth = static_cast<std::int64_t>(ta ? a.rows : a.columns);
  const auto at = [](const void* data, const MatrixLayout& l, std::int64_t row, std::int64_t column) -> T {
    return static_cast<const T*>(data)[row + column * l.ld];
  };
  for (std::int64_t j = 0; j < static_cast<std::int64_t>(d.columns); ++j)
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(d.rows); ++i) {
      T sum{0};
      for (std::int64_t k = 0; k < depth; ++k)
        sum += factor(desc.compute, ta ? at(a_data, a, k, i) : at(a_data, a, i, k)) *
               factor(desc.compute, tb ? at(b_data, b, j, k) : at(b_data, b, k, j));
      T v = alpha * sum;
      if (beta != T{0}) v += beta * at(c_data, c, i, j);  // C is not read where beta is zero
      if ((desc.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0) v += static_cast<const T*>(desc.bias)[i];
      if ((desc.epilogue & CUBLASLT_EPILOGUE_RELU) != 0 && v < T{0}) v = T{0};
      static_cast<T*>(d_data)[i + j * d.ld] = v;
    }
}

}  // namespace cuda_on_host

using cublasLtMatmulDesc_t = cuda_on_host::MatmulDesc*;
using cublasLtMatrixLayout_t = cuda_on_host::MatrixLayout*;
using cublasLtMatmulPreference_t = cuda_on_host::MatmulPreference*;
/// What it was chosen for.
struct cublasLtMatmulAlgo_t {
  cuda_on_host::MatmulPreference promised;
};
struct cublasLtMatmulHeuristicResult_t {
  cublasLtMatmulAlgo_t algo;
  std::size_t workspaceSize;
  cublasStatus_t state;
};

enum cublasLtMatmulDescAttributes_t {
  CUBLASLT_MATMUL_DESC_TRANSA = 3,
  CUBLASLT_MATMUL_DESC_TRANSB = 4,
  CUBLASLT_MATMUL_DESC_EPILOGUE = 7,
  CUBLASLT_MATMUL_DESC_BIAS_POINTER = 8
};
enum cublasLtMatmulPreferenceAttributes_t {
  CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES = 1,
  CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES = 5,
  CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES = 6,
  CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES = 7,
  CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES = 8
};

inline cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* desc, cublasComputeType_t compute,
                                               cudaDataType_t scale) {
  *desc = new cuda_on_host::MatmulDesc{.compute = compute, .scale = scale};
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc) {
  delete desc;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc,
                                                     cublasLtMatmulDescAttributes_t attribute,
                                                     const void* value, std::size_t size) {
  using namespace cuda_on_host;
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return set_attribute<std::int32_t, std::int32_t>(desc->transpose_a, value, size);
    case CUBLASLT_MATMUL_DESC_TRANSB:
      return set_attribute<std::int32_t, std::int32_t>(desc->transpose_b, value, size);
    case CUBLASLT_MATMUL_DESC_EPILOGUE:
      return set_attribute<std::uint32_t, std::uint32_t>(desc->epilogue, value, size);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
      return set_attribute<const void*, const void*>(desc->bias, value, size);
  }
  return CUBLAS_STATUS_INVALID_VALUE;
}
inline cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType_t type,
                                                 std::uint64_t rows, std::uint64_t columns, std::int64_t ld) {
  *layout = new cuda_on_host::MatrixLayout{type, rows, columns, ld};
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  delete layout;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  *preference = new cuda_on_host::MatmulPreference;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  delete preference;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                           cublasLtMatmulPreferenceAttributes_t attribute,
                                                           const void* value, std::size_t size) {
  using namespace cuda_on_host;
  if (attribute == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES)
    return set_attribute<std::uint64_t, std::uint64_t>(preference->workspace, value, size);
  return set_attribute<std::uint32_t, std::uint32_t>(
      preference->alignment[attribute - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES], value, size);
}

inline cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc,
                                                     cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                                     cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                                     cublasLtMatmulPreference_t preference, int requested,
                                                     cublasLtMatmulHeuristicResult_t* results, int* found) {
  ++cuda_on_host::heuristic_queries;
  *found = 0;
  if (requested <= 0) return CUBLAS_STATUS_INVALID_VALUE;
  const cublasStatus_t status = cuda_on_host::check_matmul(*desc, *a, *b, *c, *d);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  for (const std::uint32_t alignment : preference->alignment) {
    if (alignment < cuda_on_host::matmul_alignment) return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  // An algorithm works in less than it may take.
  results[0] = {{*preference}, std::min<std::size_t>(preference->workspace, 5000), CUBLAS_STATUS_SUCCESS};
  results[0].algo.promised.workspace = results[0].workspaceSize;
  *found = 1;
  return CUBLAS_STATUS_SUCCESS;
}

inline cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void* alpha,
                                     const void* a, cublasLtMatrixLayout_t a_layout, const void* b,
                                     cublasLtMatrixLayout_t b_layout, const void* beta, const void* c,
                                     cublasLtMatrixLayout_t c_layout, void* d,
                                     cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algo,
                                     void* workspace, std::size_t workspace_bytes, cudaStream_t stream) {
  const cublasStatus_t status = cuda_on_host::check_matmul(*desc, *a_layout, *b_layout, *c_layout, *d_layout);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  const bool with_bias = (desc->epilogue & CUBLASLT_EPILOGUE_BIAS) != 0;
  if (algo == nullptr || a == nullptr || b == nullptr || c == nullptr || d == nullptr ||
      (with_bias && desc->bias == nullptr))
    return CUBLAS_STATUS_INVALID_VALUE;
  // In place, C and D are one matrix; else they must not overlap, which is not checked here.
  if (c == d && c_layout->ld != d_layout->ld) return CUBLAS_STATUS_INVALID_VALUE;
  // The library reads biases in vectors of 16 bytes, whatever alignment it was told.
  if (with_bias && !cuda_on_host::aligned(desc->bias, 16)) return CUBLAS_STATUS_INVALID_VALUE;
  const void* pointers[4] = {a, b, c, d};
  for (int i = 0; i < 4; ++i) {
    if (!cuda_on_host::aligned(pointers[i], algo->promised.alignment[i])) return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (algo->promised.workspace > workspace_bytes || !cuda_on_host::aligned(workspace, 16))
    return CUBLAS_STATUS_INVALID_VALUE;
  cuda_on_host::check_places(workspace, workspace_bytes, {a, b, c, d, with_bias ? desc->bias : a});

  const auto run = [&]<class T>(T) {
    const T factors[2] = {*static_cast<const T*>(alpha), *static_cast<const T*>(beta)};
    cuda_on_host::submit(
        stream, [=, operation = *desc, la = *a_layout, lb = *b_layout, lc = *c_layout, ld = *d_layout] {
          // Nothing that others left there outlives a product.
          std::memset(workspace, 0xff, workspace_bytes);
          cuda_on_host::multiply<T>(operation, factors[0], a, la, b, lb, factors[1], c, lc, d, ld);
        });
  };
  if (desc->scale == CUDA_R_64F)
    run(double{});
  else
    run(float{});
  return CUBLAS_STATUS_SUCCESS;
}
