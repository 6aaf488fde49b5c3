#pragma once

#include <cublasLt.h>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>

#include "densenf/core/cuda.cuh"
#include "densenf/core/cuda_check.cuh"
#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/scratch_limit.cuh"

// Matrix products by cuBLASLt, on views as they lie in memory. Asking it for an algorithm takes far longer
// than starting one, so that the answers are kept.
namespace densenf::kernels::detail {

/// A matrix by columns: element (row, column) is at data[column * stride + row].
template <class T>
struct Columns {
  T* data = nullptr;
  Index stride = 0;
};

/// D = A B, or D += A B, followed by what `epilogue` says; A is m x k, B is k x n, D is m x n.
template <class T>
struct Matmul {
  Index m = 0, n = 0, k = 0;
  Columns<const T> a, b;
  bool a_transposed = false, b_transposed = false;  ///< the memory holds A or B by rows
  Columns<T> d;
  bool accumulate = false;
  bool relu = false;
  const T* bias = nullptr;  ///< m numbers, added to each column; may be null
};

/// The largest power of two, up to what cuBLASLt asks for, of which an address is a multiple.
inline std::uint32_t alignment_of(const void* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  std::uint32_t alignment = 256;
  while (address % alignment != 0) alignment /= 2;
  return alignment;
}

/// What a library made and `destroy` gives back.
template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* p) const {
    destroy(p);
  }
};
template <class Handle, auto destroy>
using Owner = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy<destroy>>;

/// What the choice of an algorithm depends on.
struct MatmulKey {
  cudaDataType_t type;
  cublasComputeType_t compute;
  cublasLtEpilogue_t epilogue;
  bool a_transposed, b_transposed;
  Index m, n, k, a_stride, b_stride, d_stride;
  std::uint32_t a_alignment, b_alignment, d_alignment;
  auto operator<=>(const MatmulKey&) const = default;
};

/// A product's descriptors and the algorithm that cuBLASLt proposes, if it has one.
class MatmulPlan {
public:
  MatmulPlan(cublasLtHandle_t blas, const MatmulKey& key, const void* bias) {
    cublasLtMatmulDesc_t operation = nullptr;
    densenf::detail::check_blas(cublasLtMatmulDescCreate(&operation, key.compute, key.type),
                                "describing a product");
    operation_.reset(operation);
    set(CUBLASLT_MATMUL_DESC_TRANSA, std::int32_t{key.a_transposed ? CUBLAS_OP_T : CUBLAS_OP_N});
    set(CUBLASLT_MATMUL_DESC_TRANSB, std::int32_t{key.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N});
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, static_cast<std::uint32_t>(key.epilogue));
    set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
    a_ = layout(key.type, key.m, key.k, key.a_transposed, key.a_stride);
    b_ = layout(key.type, key.k, key.n, key.b_transposed, key.b_stride);
    d_ = layout(key.type, key.m, key.n, false, key.d_stride);
    choose(blas, key);
  }

  /// Whether cuBLASLt can do it.
  bool possible() const { return possible_; }
  /// What the algorithm works in.
  Index workspace_bytes() const { return workspace_bytes_; }

  template <class T>
  void run(const Cuda& cuda, const Matmul<T>& p, void* workspace) {
    set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, static_cast<const void*>(p.bias));
    const T alpha = 1, beta = p.accumulate ? T(1) : T(0);
    cuda.make_current();
    densenf::detail::check_blas(
        cublasLtMatmul(cuda.blas(), operation_.get(), &alpha, p.a.data, a_.get(), p.b.data, b_.get(), &beta,
                       p.d.data, d_.get(), p.d.data, d_.get(), &algorithm_, workspace,
                       static_cast<std::size_t>(workspace_bytes_), cuda.stream()),
        "multiplying matrices");
  }

private:
  using Layout = Owner<cublasLtMatrixLayout_t, cublasLtMatrixLayoutDestroy>;

  template <class Value>
  void set(cublasLtMatmulDescAttributes_t attribute, Value value) {
    densenf::detail::check_blas(
        cublasLtMatmulDescSetAttribute(operation_.get(), attribute, &value, sizeof value),
        "describing a product");
  }

  static Layout layout(cudaDataType_t type, Index rows, Index columns, bool transposed, Index stride) {
    cublasLtMatrixLayout_t made = nullptr;
    if (transposed) std::swap(rows, columns);
    densenf::detail::check_blas(
        cublasLtMatrixLayoutCreate(&made, type, static_cast<std::uint64_t>(rows),
                                   static_cast<std::uint64_t>(columns), static_cast<std::int64_t>(stride)),
        "describing a matrix");
    return Layout(made);
  }

  void choose(cublasLtHandle_t blas, const MatmulKey& key) {
    cublasLtMatmulPreference_t made = nullptr;
    densenf::detail::check_blas(cublasLtMatmulPreferenceCreate(&made), "choosing an algorithm");
    const Owner<cublasLtMatmulPreference_t, cublasLtMatmulPreferenceDestroy> preference(made);
    const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, auto value) {
      densenf::detail::check_blas(
          cublasLtMatmulPreferenceSetAttribute(preference.get(), attribute, &value, sizeof value),
          "choosing an algorithm");
    };
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, std::uint64_t{scratch_limit});
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, key.a_alignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, key.b_alignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, key.d_alignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, key.d_alignment);
    cublasLtMatmulHeuristicResult_t best{};
    int found = 0;
    const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
        blas, operation_.get(), a_.get(), b_.get(), d_.get(), d_.get(), preference.get(), 1, &best, &found);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED) return;
    densenf::detail::check_blas(status, "choosing an algorithm");
    possible_ = found > 0 && best.state == CUBLAS_STATUS_SUCCESS;
    algorithm_ = best.algo;
    workspace_bytes_ = static_cast<Index>(best.workspaceSize);
  }

  Owner<cublasLtMatmulDesc_t, cublasLtMatmulDescDestroy> operation_;
  Layout a_, b_, d_;
  cublasLtMatmulAlgo_t algorithm_{};
  Index workspace_bytes_ = 0;
  bool possible_ = false;
};

/// The plans of a device, which is used from one thread at a time.
class MatmulPlans {
public:
  MatmulPlan& plan(cublasLtHandle_t blas, const MatmulKey& key, const void* bias) {
    return plans_.try_emplace(key, blas, key, bias).first->second;
  }

private:
  std::map<MatmulKey, MatmulPlan> plans_;
};

/// How cuBLASLt shall multiply. For bf16 it converts floats on their way through a multiprocessor, so that no
/// copies of the factors are made; it may use tf32 where it has no such kernel. For matrices that are not
/// `regular` tf32 serves in any case: gradients of weights of 6 to 154 channels, no multiples of 4, took a
/// hundred times as long in bf16.
template <class T>
cublasComputeType_t compute_type(const Cuda& cuda, bool regular) {
  if constexpr (std::is_same_v<T, double>) {
    return CUBLAS_COMPUTE_64F;
  } else {
    switch (cuda.precision()) {
      case Precision::tf32:
        return CUBLAS_COMPUTE_32F_FAST_TF32;
      case Precision::bf16:
        return regular ? CUBLAS_COMPUTE_32F_FAST_16BF : CUBLAS_COMPUTE_32F_FAST_TF32;
      default:
        return CUBLAS_COMPUTE_32F;
    }
  }
}

/// Whether all columns begin at multiples of 16 bytes, and all extents are multiples of 8.
template <class T>
bool is_regular(const Matmul<T>& p) {
  const auto aligned = [](const auto& m) {
    return alignment_of(m.data) >= 16 && m.stride * static_cast<Index>(sizeof(T)) % 16 == 0;
  };
  return aligned(p.a) && aligned(p.b) && aligned(p.d) && p.m % 8 == 0 && p.n % 8 == 0 && p.k % 8 == 0;
}

/// The plan for a product of matrices that are not empty; null if cuBLASLt cannot do it: it need not support
/// every alignment.
template <class T>
MatmulPlan* matmul_plan(const Cuda& cuda, const Matmul<T>& p) {
  // The epilogue reads the bias in vectors of 16 bytes, and no preference of the algorithm says otherwise.
  if (p.bias != nullptr && alignment_of(p.bias) < 16) return nullptr;
  const auto epilogue = p.bias != nullptr ? (p.relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS)
                                          : (p.relu ? CUBLASLT_EPILOGUE_RELU : CUBLASLT_EPILOGUE_DEFAULT);
  const MatmulKey key{.type = std::is_same_v<T, double> ? CUDA_R_64F : CUDA_R_32F,
                      .compute = compute_type<T>(cuda, is_regular(p)),
                      .epilogue = epilogue,
                      .a_transposed = p.a_transposed,
                      .b_transposed = p.b_transposed,
                      .m = p.m,
                      .n = p.n,
                      .k = p.k,
                      .a_stride = p.a.stride,
                      .b_stride = p.b.stride,
                      .d_stride = p.d.stride,
                      .a_alignment = alignment_of(p.a.data),
                      .b_alignment = alignment_of(p.b.data),
                      .d_alignment = alignment_of(p.d.data)};
  auto& plans = cuda.matmul_plans();
  if (plans == nullptr) plans = std::make_shared<MatmulPlans>();
  MatmulPlan& plan = plans->plan(cuda.blas(), key, p.bias);
  return plan.possible() ? &plan : nullptr;
}

/// Computes a product of matrices that are not empty. Returns false, and does nothing, if cuBLASLt cannot do
/// it.
template <class T>
bool matmul(const Cuda& cuda, const Matmul<T>& p, Scratch scratch) {
  MatmulPlan* const plan = matmul_plan(cuda, p);
  if (plan == nullptr) return false;
  plan->run(cuda, p, scratch.take<std::byte>(plan->workspace_bytes()));
  return true;
}

}  // namespace densenf::kernels::detail
