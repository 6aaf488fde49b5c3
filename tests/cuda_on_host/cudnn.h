#pragma once

// The part of cuDNN 9 that densenf uses, on the host: see cuda_runtime.h. Only what the library documents for
// weights with channels last: packed tensors of floats that begin at multiples of 16 bytes, and deterministic
// algorithms. Anything else is refused, or ends the program where the library would not notice.

#include <algorithm>
#include <cstring>

#include "cuda_runtime.h"
#include "rounding.hpp"

enum cudnnStatus_t {
  CUDNN_STATUS_SUCCESS = 0,
  CUDNN_STATUS_BAD_PARAM = 2000,
  CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER = 2003,
  CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT = 2006,
  CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH = 2008,
  CUDNN_STATUS_NOT_SUPPORTED = 3000,
  CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE = 3003,
  CUDNN_STATUS_NOT_SUPPORTED_LAYOUT = 3004,
  CUDNN_STATUS_INTERNAL_ERROR = 4000
};
#define CUDNN_STATUS_CATEGORY(full_error_code) ((full_error_code) / 1000 * 1000)
inline const char* cudnnGetErrorString(cudnnStatus_t s) {
  switch (s) {
    case CUDNN_STATUS_SUCCESS:
      return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER:
      return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
    case CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT:
      return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
    case CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH:
      return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
    case CUDNN_STATUS_NOT_SUPPORTED:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE:
      return "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE";
    case CUDNN_STATUS_NOT_SUPPORTED_LAYOUT:
      return "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT";
    case CUDNN_STATUS_INTERNAL_ERROR:
      return "CUDNN_STATUS_INTERNAL_ERROR";
    default:
      return "CUDNN_STATUS_BAD_PARAM";
  }
}

enum cudnnDataType_t { CUDNN_DATA_FLOAT = 0, CUDNN_DATA_DOUBLE = 1 };
enum cudnnTensorFormat_t { CUDNN_TENSOR_NCHW = 0, CUDNN_TENSOR_NHWC = 1 };
enum cudnnConvolutionMode_t { CUDNN_CONVOLUTION = 0, CUDNN_CROSS_CORRELATION = 1 };
enum cudnnMathType_t {
  CUDNN_DEFAULT_MATH = 0,  // may round the factors of floats to tf32
  CUDNN_TENSOR_OP_MATH = 1,
  CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION = 2,
  CUDNN_FMA_MATH = 3
};
enum cudnnConvolutionFwdAlgo_t {
  CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM = 0,
  CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM = 1
};
enum cudnnConvolutionBwdDataAlgo_t {
  CUDNN_CONVOLUTION_BWD_DATA_ALGO_0 = 0,
  CUDNN_CONVOLUTION_BWD_DATA_ALGO_1 = 1
};
enum cudnnConvolutionBwdFilterAlgo_t {
  CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0 = 0,
  CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1 = 1
};

namespace cuda_on_host {

/// How often cuDNN was asked whether it has a convolution, for tests of what is remembered.
inline int convolution_queries = 0;
/// What cuDNN says when it is asked for a convolution's workspace, and when it shall compute it.
inline cudnnStatus_t convolution_plans = CUDNN_STATUS_SUCCESS, convolution_calls = CUDNN_STATUS_SUCCESS;
/// The documentation has no convolutions of doubles with channels last; the library may.
inline bool convolutions_of_doubles = false;
/// What a convolution needs; more than nothing, so that one without would be noticed.
inline std::size_t convolution_workspace = 1024;

struct Cudnn {
  cudaStream_t stream = nullptr;
};
struct ConvTensor {
  cudnnTensorFormat_t format;
  cudnnDataType_t type;
  int n = 0, c = 0, h = 0, w = 0;

  std::size_t bytes() const {
    const std::size_t size = type == CUDNN_DATA_DOUBLE ? sizeof(double) : sizeof(float);
    return size * static_cast<std::size_t>(n) * static_cast<std::size_t>(c) * static_cast<std::size_t>(h) *
           static_cast<std::size_t>(w);
  }
};
struct ConvDesc {
  int padding[2], stride[2], dilation[2];
  cudnnConvolutionMode_t mode;
  cudnnDataType_t compute;
  cudnnMathType_t math = CUDNN_DEFAULT_MATH;
};

/// Whether y may be the convolution of x by w, and the library has it; w.n are output channels.
inline cudnnStatus_t check_conv(const ConvTensor& x, const ConvTensor& w, const ConvDesc& d,
                                const ConvTensor& y) {
  for (const ConvTensor* t : {&x, &w, &y}) {
    if (t->n <= 0 || t->c <= 0 || t->h <= 0 || t->w <= 0) return CUDNN_STATUS_BAD_PARAM;
    if (t->type != d.compute) return CUDNN_STATUS_BAD_PARAM;
    if (t->format != CUDNN_TENSOR_NHWC) return CUDNN_STATUS_NOT_SUPPORTED_LAYOUT;
  }
  const auto extent = [&](int in, int kernel, int i) {
    return (in + 2 * d.padding[i] - (d.dilation[i] * (kernel - 1) + 1)) / d.stride[i] + 1;
  };
  if (w.c != x.c || w.n != y.c || y.n != x.n || y.h != extent(x.h, w.h, 0) || y.w != extent(x.w, w.w, 1))
    return CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH;
  if (d.compute == CUDNN_DATA_DOUBLE && !convolutions_of_doubles) return CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
  if (d.math == CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION) return CUDNN_STATUS_NOT_SUPPORTED;
  return CUDNN_STATUS_SUCCESS;
}

inline cudnnStatus_t conv_workspace(const ConvTensor& x, const ConvTensor& w, const ConvDesc& d,
                                    const ConvTensor& y, bool deterministic, std::size_t* bytes) {
  ++convolution_queries;
  const cudnnStatus_t status = check_conv(x, w, d, y);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (!deterministic) return CUDNN_STATUS_NOT_SUPPORTED;
  *bytes = convolution_workspace;
  return convolution_plans;
}

struct ConvMemory {
  const void* p;
  const ConvTensor& tensor;
};
/// A convolution is of memory on the GPU; its result and its workspace lie apart from all the rest.
inline cudnnStatus_t check_conv_memory(const ConvMemory& a, const ConvMemory& b, const ConvMemory& result,
                                       const void* workspace, std::size_t bytes) {
  const auto apart = [](const void* p, std::size_t p_bytes, const void* q, std::size_t q_bytes) {
    const auto first = reinterpret_cast<std::uintptr_t>(p), second = reinterpret_cast<std::uintptr_t>(q);
    return first + p_bytes <= second || second + q_bytes <= first;
  };
  if (bytes < convolution_workspace) return CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT;
  if (reinterpret_cast<std::uintptr_t>(workspace) % 256 != 0)
    return CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER;
  require(on_gpu(workspace, bytes), "the workspace of a convolution is not on the GPU");
  for (const ConvMemory* m : {&a, &b, &result}) {
    if (m->p == nullptr) return CUDNN_STATUS_BAD_PARAM;
    if (reinterpret_cast<std::uintptr_t>(m->p) % 16 != 0) return CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER;
    require(on_gpu(m->p, m->tensor.bytes()), "what is convolved is not on the GPU");
    require(apart(workspace, bytes, m->p, m->tensor.bytes()), "what is convolved lies in the workspace");
    require(m == &result || apart(m->p, m->tensor.bytes(), result.p, result.tensor.bytes()),
            "a convolution writes where it reads");
  }
  return convolution_calls;
}

inline double conv_factor(const ConvDesc&, double v) { return v; }
inline float conv_factor(const ConvDesc& d, float v) { return d.math == CUDNN_FMA_MATH ? v : to_tf32(v); }

/// Calls f(index in x, index in w, index in y) for every product of a convolution.
template <class F>
void for_each_conv_product(const ConvTensor& x, const ConvTensor& w, const ConvDesc& d, const ConvTensor& y,
                           const F& f) {
  for (int n = 0; n < y.n; ++n)
    for (int i = 0; i < y.h; ++i)
      for (int j = 0; j < y.w; ++j)
        for (int r = 0; r < w.h; ++r)
          for (int s = 0; s < w.w; ++s) {
            const bool flipped = d.mode == CUDNN_CONVOLUTION;
            const int a = i * d.stride[0] + (flipped ? w.h - 1 - r : r) * d.dilation[0] - d.padding[0];
            const int b = j * d.stride[1] + (flipped ? w.w - 1 - s : s) * d.dilation[1] - d.padding[1];
            if (a < 0 || b < 0 || a >= x.h || b >= x.w) continue;
            for (int k = 0; k < w.n; ++k)
              for (int c = 0; c < w.c; ++c)
                f(((n * x.h + a) * x.w + b) * x.c + c, ((k * w.h + r) * w.w + s) * w.c + c,
                  ((n * y.h + i) * y.w + j) * y.c + k);
          }
}

/// A handle to a new descriptor, and its end.
template <class D>
cudnnStatus_t create(D** d) {
  *d = new D{};
  return CUDNN_STATUS_SUCCESS;
}
template <class D>
cudnnStatus_t destroy(D* d) {
  delete d;
  return CUDNN_STATUS_SUCCESS;
}

/// Sets what a tensor, or weights, are.
inline cudnnStatus_t describe(ConvTensor& d, const ConvTensor& t) {
  d = t;
  return t.n > 0 && t.c > 0 && t.h > 0 && t.w > 0 ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

/// A factor that is passed by its address. Not inlined: g++ would see floats read as doubles, where the type
/// that a descriptor says is known to differ from the caller's only when the program runs.
template <class T>
[[gnu::noinline]] T factor(const void* p) {
  return *static_cast<const T*>(p);
}

/// result = alpha * the sums of `products` + beta * result, in the stream of the handle; products(sums) adds
/// to sums, which are zero. The workspace is overwritten.
template <class T, class Products>
cudnnStatus_t submit_conv(const Cudnn& cudnn, const void* alpha, const void* beta, void* result,
                          const ConvTensor& shape, void* workspace, std::size_t bytes,
                          const Products& products) {
  const T a = factor<T>(alpha), b = factor<T>(beta);
  const std::size_t count = shape.bytes() / sizeof(T);
  const cudaError_t status = submit(cudnn.stream, [=] {
    std::memset(workspace, 0xff, std::min(bytes, std::size_t{1} << 16));
    std::vector<T> sums(count, T{0});
    products(sums.data());
    auto* const to = static_cast<T*>(result);
    // What is there is not read where beta is zero.
    for (std::size_t i = 0; i < count; ++i) to[i] = b == T{0} ? a * sums[i] : a * sums[i] + b * to[i];
  });
  return status == cudaSuccess ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_INTERNAL_ERROR;
}

}  // namespace cuda_on_host

using cudnnHandle_t = cuda_on_host::Cudnn*;
struct cudnnTensorStruct : cuda_on_host::ConvTensor {};
struct cudnnFilterStruct : cuda_on_host::ConvTensor {};
struct cudnnConvolutionStruct : cuda_on_host::ConvDesc {};
using cudnnTensorDescriptor_t = cudnnTensorStruct*;
using cudnnFilterDescriptor_t = cudnnFilterStruct*;
using cudnnConvolutionDescriptor_t = cudnnConvolutionStruct*;

inline cudnnStatus_t cudnnCreate(cudnnHandle_t* h) {
  // The library takes memory on the GPU, which a recording forbids.
  if (cuda_on_host::forbidden()) return CUDNN_STATUS_INTERNAL_ERROR;
  ++cuda_on_host::allocations;
  *h = new cuda_on_host::Cudnn;
  return CUDNN_STATUS_SUCCESS;
}
inline cudnnStatus_t cudnnDestroy(cudnnHandle_t h) { return cuda_on_host::destroy(h); }
inline cudnnStatus_t cudnnSetStream(cudnnHandle_t h, cudaStream_t stream) {
  h->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

inline cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* d) {
  return cuda_on_host::create(d);
}
inline cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t d) {
  return cuda_on_host::destroy(d);
}
inline cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t d, cudnnTensorFormat_t format,
                                                cudnnDataType_t type, int n, int c, int h, int w) {
  return cuda_on_host::describe(*d, {format, type, n, c, h, w});
}
inline cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* d) {
  return cuda_on_host::create(d);
}
inline cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t d) {
  return cuda_on_host::destroy(d);
}
inline cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t d, cudnnDataType_t type,
                                                cudnnTensorFormat_t format, int k, int c, int h, int w) {
  return cuda_on_host::describe(*d, {format, type, k, c, h, w});
}
inline cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* d) {
  return cuda_on_host::create(d);
}
inline cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t d) {
  return cuda_on_host::destroy(d);
}
inline cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t d, int pad_h, int pad_w,
                                                     int u, int v, int dilation_h, int dilation_w,
                                                     cudnnConvolutionMode_t mode, cudnnDataType_t compute) {
  if (pad_h < 0 || pad_w < 0 || u <= 0 || v <= 0 || dilation_h <= 0 || dilation_w <= 0)
    return CUDNN_STATUS_BAD_PARAM;
  static_cast<cuda_on_host::ConvDesc&>(*d) = {
      {pad_h, pad_w}, {u, v}, {dilation_h, dilation_w}, mode, compute};
  return CUDNN_STATUS_SUCCESS;
}
inline cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t d, cudnnMathType_t math) {
  d->math = math;
  return CUDNN_STATUS_SUCCESS;
}

inline cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t, const cudnnTensorDescriptor_t x,
                                                             const cudnnFilterDescriptor_t w,
                                                             const cudnnConvolutionDescriptor_t d,
                                                             const cudnnTensorDescriptor_t y,
                                                             cudnnConvolutionFwdAlgo_t algo,
                                                             std::size_t* bytes) {
  return cuda_on_host::conv_workspace(*x, *w, *d, *y,
                                      algo == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, bytes);
}
inline cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(
    cudnnHandle_t, const cudnnFilterDescriptor_t w, const cudnnTensorDescriptor_t dy,
    const cudnnConvolutionDescriptor_t d, const cudnnTensorDescriptor_t dx,
    cudnnConvolutionBwdDataAlgo_t algo, std::size_t* bytes) {
  return cuda_on_host::conv_workspace(*dx, *w, *d, *dy, algo == CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, bytes);
}
inline cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(
    cudnnHandle_t, const cudnnTensorDescriptor_t x, const cudnnTensorDescriptor_t dy,
    const cudnnConvolutionDescriptor_t d, const cudnnFilterDescriptor_t dw,
    cudnnConvolutionBwdFilterAlgo_t algo, std::size_t* bytes) {
  return cuda_on_host::conv_workspace(*x, *dw, *d, *dy, algo == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1, bytes);
}

namespace cuda_on_host {

/// One of the three convolutions: result += a * b at the places that `places` finds for a product.
template <class Places>
cudnnStatus_t convolve(const Cudnn& cudnn, const void* alpha, const void* beta, const ConvTensor& x,
                       const ConvTensor& w, const ConvDesc& d, const ConvTensor& y, const ConvMemory& a,
                       const ConvMemory& b, void* result, const ConvTensor& result_shape, void* workspace,
                       std::size_t bytes, const Places& places) {
  cudnnStatus_t status = check_conv(x, w, d, y);
  if (status == CUDNN_STATUS_SUCCESS)
    status = check_conv_memory(a, b, {result, result_shape}, workspace, bytes);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  const auto run = [&]<class T>(T) {
    return submit_conv<T>(cudnn, alpha, beta, result, result_shape, workspace, bytes,
                          [=, pa = static_cast<const T*>(a.p), pb = static_cast<const T*>(b.p)](T* sums) {
                            for_each_conv_product(x, w, d, y, [&](int in_x, int in_w, int in_y) {
                              const auto [ia, ib, to] = places(in_x, in_w, in_y);
                              sums[to] += conv_factor(d, pa[ia]) * conv_factor(d, pb[ib]);
                            });
                          });
  };
  return d.compute == CUDNN_DATA_DOUBLE ? run(double{}) : run(float{});
}
struct ConvPlaces {
  int a, b, to;
};

}  // namespace cuda_on_host

inline cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t h, const void* alpha,
                                             const cudnnTensorDescriptor_t x_desc, const void* x,
                                             const cudnnFilterDescriptor_t w_desc, const void* w,
                                             const cudnnConvolutionDescriptor_t d,
                                             cudnnConvolutionFwdAlgo_t algo, void* workspace,
                                             std::size_t bytes, const void* beta,
                                             const cudnnTensorDescriptor_t y_desc, void* y) {
  if (algo != CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM) return CUDNN_STATUS_NOT_SUPPORTED;
  return cuda_on_host::convolve(*h, alpha, beta, *x_desc, *w_desc, *d, *y_desc, {x, *x_desc}, {w, *w_desc}, y,
                                *y_desc, workspace, bytes, [](int in_x, int in_w, int in_y) {
                                  return cuda_on_host::ConvPlaces{in_x, in_w, in_y};
                                });
}
inline cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t h, const void* alpha,
                                                  const cudnnFilterDescriptor_t w_desc, const void* w,
                                                  const cudnnTensorDescriptor_t dy_desc, const void* dy,
                                                  const cudnnConvolutionDescriptor_t d,
                                                  cudnnConvolutionBwdDataAlgo_t algo, void* workspace,
                                                  std::size_t bytes, const void* beta,
                                                  const cudnnTensorDescriptor_t dx_desc, void* dx) {
  if (algo != CUDNN_CONVOLUTION_BWD_DATA_ALGO_1) return CUDNN_STATUS_NOT_SUPPORTED;
  return cuda_on_host::convolve(*h, alpha, beta, *dx_desc, *w_desc, *d, *dy_desc, {w, *w_desc},
                                {dy, *dy_desc}, dx, *dx_desc, workspace, bytes,
                                [](int in_x, int in_w, int in_y) {
                                  return cuda_on_host::ConvPlaces{in_w, in_y, in_x};
                                });
}
inline cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t h, const void* alpha,
                                                    const cudnnTensorDescriptor_t x_desc, const void* x,
                                                    const cudnnTensorDescriptor_t dy_desc, const void* dy,
                                                    const cudnnConvolutionDescriptor_t d,
                                                    cudnnConvolutionBwdFilterAlgo_t algo, void* workspace,
                                                    std::size_t bytes, const void* beta,
                                                    const cudnnFilterDescriptor_t dw_desc, void* dw) {
  if (algo != CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1) return CUDNN_STATUS_NOT_SUPPORTED;
  return cuda_on_host::convolve(*h, alpha, beta, *x_desc, *dw_desc, *d, *dy_desc, {x, *x_desc},
                                {dy, *dy_desc}, dw, *dw_desc, workspace, bytes,
                                [](int in_x, int in_w, int in_y) {
                                  return cuda_on_host::ConvPlaces{in_x, in_y, in_w};
                                });
}
