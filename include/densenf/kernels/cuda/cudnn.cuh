#pragma once

#include <cudnn.h>

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <type_traits>

#include "densenf/kernels/cuda/matmul.cuh"

// cuDNN and what it was asked for, in programs that are built with it (DENSENF_WITH_CUDNN). Algorithms are
// not searched for but given: those whose results are the same to the bit every time. What cuDNN does not
// have is left to the caller.
namespace densenf::kernels::detail {

/// Throws DeviceError unless a call of cuDNN went well. `doing`: what it was for.
inline void check_cudnn(cudnnStatus_t status, const char* doing) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  throw DeviceError("cuDNN failed while {}: {}. CudaOptions::cudnn = false does without it.", doing,
                    cudnnGetErrorString(status));
}

/// Whether a call was right, but of something that cuDNN does not have for these numbers, extents or GPU.
inline bool not_supported(cudnnStatus_t status) {
  return CUDNN_STATUS_CATEGORY(static_cast<int>(status)) == static_cast<int>(CUDNN_STATUS_NOT_SUPPORTED);
}

enum class ConvPart { forward, backward_data, backward_weights };

/// A 3x3 convolution of packed batches, or one of its adjoints.
struct ConvProblem {
  ConvPart part;
  cudnnDataType_t type;
  Index n, h, w, in, out;
  auto operator<=>(const ConvProblem&) const = default;
};

/// A convolution's descriptors and the workspace that it needs, if cuDNN has it. Tensors are packed, channels
/// last, and begin at multiples of 16 bytes; weights are [out][tap][in].
class ConvPlan {
public:
  static constexpr auto forward_algorithm = CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
  static constexpr auto data_algorithm = CUDNN_CONVOLUTION_BWD_DATA_ALGO_1;
  static constexpr auto weights_algorithm = CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1;

  ConvPlan(cudnnHandle_t handle, cudnnMathType_t math, const ConvProblem& p)
      : x_(tensor(p, p.in)), y_(tensor(p, p.out)), weights_(weights(p)), convolution_(convolution(p, math)) {
    const cudnnStatus_t status = find_workspace(handle, p.part);
    possible_ = !not_supported(status);
    if (possible_) check_cudnn(status, "planning a convolution");
  }

  /// Whether cuDNN can do it with this much memory.
  bool possible(Index bytes) const { return possible_ && workspace_bytes() <= bytes; }
  Index workspace_bytes() const { return static_cast<Index>(workspace_bytes_); }
  void set_impossible() { possible_ = false; }

  /// y = the convolution of x
  template <class T>
  cudnnStatus_t forward(cudnnHandle_t handle, const T* x, const T* weight, T* y, void* workspace) const {
    const T one = 1, zero = 0;
    return cudnnConvolutionForward(handle, &one, x_.get(), x, weights_.get(), weight, convolution_.get(),
                                   forward_algorithm, workspace, workspace_bytes_, &zero, y_.get(), y);
  }
  /// dx = its adjoint, or dx += its adjoint
  template <class T>
  cudnnStatus_t backward_data(cudnnHandle_t handle, const T* weight, const T* dy, bool accumulate, T* dx,
                              void* workspace) const {
    const T one = 1, beta = accumulate ? T(1) : T(0);
    return cudnnConvolutionBackwardData(handle, &one, weights_.get(), weight, y_.get(), dy,
                                        convolution_.get(), data_algorithm, workspace, workspace_bytes_,
                                        &beta, x_.get(), dx);
  }
  /// dweight = its adjoint
  template <class T>
  cudnnStatus_t backward_weights(cudnnHandle_t handle, const T* x, const T* dy, T* dweight,
                                 void* workspace) const {
    const T one = 1, zero = 0;
    return cudnnConvolutionBackwardFilter(handle, &one, x_.get(), x, y_.get(), dy, convolution_.get(),
                                          weights_algorithm, workspace, workspace_bytes_, &zero,
                                          weights_.get(), dweight);
  }

private:
  using TensorOwner = Owner<cudnnTensorDescriptor_t, cudnnDestroyTensorDescriptor>;
  using WeightsOwner = Owner<cudnnFilterDescriptor_t, cudnnDestroyFilterDescriptor>;
  using ConvolutionOwner = Owner<cudnnConvolutionDescriptor_t, cudnnDestroyConvolutionDescriptor>;
  static constexpr const char* describing = "describing a convolution";

  static TensorOwner tensor(const ConvProblem& p, Index channels) {
    cudnnTensorDescriptor_t made = nullptr;
    check_cudnn(cudnnCreateTensorDescriptor(&made), describing);
    TensorOwner owner(made);
    check_cudnn(
        cudnnSetTensor4dDescriptor(made, CUDNN_TENSOR_NHWC, p.type, static_cast<int>(p.n),
                                   static_cast<int>(channels), static_cast<int>(p.h), static_cast<int>(p.w)),
        describing);
    return owner;
  }
  static WeightsOwner weights(const ConvProblem& p) {
    cudnnFilterDescriptor_t made = nullptr;
    check_cudnn(cudnnCreateFilterDescriptor(&made), describing);
    WeightsOwner owner(made);
    check_cudnn(cudnnSetFilter4dDescriptor(made, p.type, CUDNN_TENSOR_NHWC, static_cast<int>(p.out),
                                           static_cast<int>(p.in), 3, 3),
                describing);
    return owner;
  }
  static ConvolutionOwner convolution(const ConvProblem& p, cudnnMathType_t math) {
    cudnnConvolutionDescriptor_t made = nullptr;
    check_cudnn(cudnnCreateConvolutionDescriptor(&made), describing);
    ConvolutionOwner owner(made);
    const int padding = 1, stride = 1, dilation = 1;
    check_cudnn(cudnnSetConvolution2dDescriptor(made, padding, padding, stride, stride, dilation, dilation,
                                                CUDNN_CROSS_CORRELATION, p.type),
                describing);
    check_cudnn(cudnnSetConvolutionMathType(made, math), describing);
    return owner;
  }

  cudnnStatus_t find_workspace(cudnnHandle_t handle, ConvPart part) {
    switch (part) {
      case ConvPart::forward:
        return cudnnGetConvolutionForwardWorkspaceSize(handle, x_.get(), weights_.get(), convolution_.get(),
                                                       y_.get(), forward_algorithm, &workspace_bytes_);
      case ConvPart::backward_data:
        return cudnnGetConvolutionBackwardDataWorkspaceSize(handle, weights_.get(), y_.get(),
                                                            convolution_.get(), x_.get(), data_algorithm,
                                                            &workspace_bytes_);
      default:
        return cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x_.get(), y_.get(), convolution_.get(),
                                                              weights_.get(), weights_algorithm,
                                                              &workspace_bytes_);
    }
  }

  TensorOwner x_, y_;
  WeightsOwner weights_;
  ConvolutionOwner convolution_;
  std::size_t workspace_bytes_ = 0;
  bool possible_ = false;
};

/// cuDNN on a device, with the plans of all problems that it was asked for.
class Cudnn {
public:
  explicit Cudnn(const Cuda& cuda) {
    cuda.make_current();
    cudnnHandle_t made = nullptr;
    check_cudnn(cudnnCreate(&made), "starting");
    handle_.reset(made);
    check_cudnn(cudnnSetStream(made, cuda.stream()), "choosing a stream");
  }

  /// The device's, made when it is asked for first: starting cuDNN takes time and memory.
  static Cudnn& of(const Cuda& cuda) {
    auto& cudnn = cuda.cudnn();
    if (cudnn == nullptr) cudnn = std::make_shared<Cudnn>(cuda);
    return *cudnn;
  }

  cudnnHandle_t handle() const { return handle_.get(); }

  ConvPlan& plan(cudnnMathType_t math, const ConvProblem& p) {
    return plans_.try_emplace(p, handle(), math, p).first->second;
  }

private:
  Owner<cudnnHandle_t, cudnnDestroy> handle_;
  std::map<ConvProblem, ConvPlan> plans_;
};

}  // namespace densenf::kernels::detail
