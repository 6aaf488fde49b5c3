#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cuda/cudnn.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/transpose.cuh"

// 3x3 convolutions by cuDNN. It documents weights with channels last for packed tensors only: what is not
// packed, such as channels of a wider buffer, is copied to scratch memory and from there, and weights are
// transposed on their way. Bias and relu are added by a kernel of our own, because NaN has to pass relu;
// where the output is a view of channels, that is the copy which it takes anyway.
//
// Each function returns false, and does nothing, if cuDNN is not wanted, does not have the problem, or would
// need more scratch memory than the limit. For bf16 it multiplies in tf32, which is more precise and needs
// no rounded copies of the factors. No extent may be 0.
namespace densenf::kernels::detail {

/// Whether cuDNN can work on a tensor as it lies.
template <class T>
bool is_packed(const Tensor<T>& t) {
  return t.stride == t.c && alignment_of(t.data) >= 16;
}

/// What a convolution copies to scratch memory: its weights, and the tensors that are not packed.
template <class T>
Index conv_copies_bytes(const Tensor<const T>& x, const Tensor<const T>& y) {
  return Scratch::bytes_for<T>(9 * x.c * y.c) + (is_packed(x) ? 0 : Scratch::bytes_for<T>(x.size())) +
         (is_packed(y) ? 0 : Scratch::bytes_for<T>(y.size()));
}

/// The plan for a convolution of x to y; null if cuDNN shall not or cannot do it.
template <class T>
ConvPlan* conv_plan(const Cuda& cuda, ConvPart part, const Tensor<const T>& x, const Tensor<const T>& y) {
  constexpr bool floats = std::is_same_v<T, float>;
  if (!cuda.wants_cudnn()) return nullptr;
  narrow(9 * x.c * y.c);
  narrow(std::max(x.size(), y.size()));
  // The default permits tf32. What is called ALLOW_CONVERSION would permit float16 too, whose range is small.
  const auto math = floats && cuda.precision() == Precision::full ? CUDNN_FMA_MATH : CUDNN_DEFAULT_MATH;
  cuda.make_current();
  ConvPlan& plan = Cudnn::of(cuda).plan(math, {.part = part,
                                               .type = floats ? CUDNN_DATA_FLOAT : CUDNN_DATA_DOUBLE,
                                               .n = x.n,
                                               .h = x.h,
                                               .w = x.w,
                                               .in = x.c,
                                               .out = y.c});
  return plan.possible(scratch_limit - conv_copies_bytes<T>(x, y)) ? &plan : nullptr;
}

/// conv_plan for a call, which is counted where cuDNN is wanted and has no plan.
template <class T>
ConvPlan* conv_plan_of_call(const Cuda& cuda, ConvPart part, const Tensor<const T>& x,
                            const Tensor<const T>& y) {
  ConvPlan* const plan = conv_plan<T>(cuda, part, x, y);
  if (plan == nullptr && cuda.wants_cudnn()) ++cuda.cudnn_use().left;
  return plan;
}

/// Bytes of scratch for a convolution of x to y; none where cuDNN does not do it.
template <class T>
Index conv_plan_scratch_bytes(const Cuda& cuda, ConvPart part, const Tensor<const T>& x,
                              const Tensor<const T>& y) {
  const ConvPlan* const plan = conv_plan<T>(cuda, part, x, y);
  return plan == nullptr
             ? 0
             : conv_copies_bytes<T>(x, y) + Scratch::bytes_for<std::byte>(plan->workspace_bytes());
}
template <class T>
Index cudnn_forward_scratch_bytes(const Cuda& cuda, const Tensor<const T>& x, const Tensor<T>& y) {
  return conv_plan_scratch_bytes<T>(cuda, ConvPart::forward, x, as_const(y));
}
template <class T>
Index cudnn_backward_data_scratch_bytes(const Cuda& cuda, const Tensor<const T>& dy, const Tensor<T>& dx) {
  return conv_plan_scratch_bytes<T>(cuda, ConvPart::backward_data, as_const(dx), dy);
}
template <class T>
Index cudnn_backward_weights_scratch_bytes(const Cuda& cuda, const Tensor<const T>& x,
                                           const Tensor<const T>& dy) {
  return conv_plan_scratch_bytes<T>(cuda, ConvPart::backward_weights, x, dy);
}

/// Whether a call has been done. There are problems of which cuDNN says only then that it does not have them.
inline bool conv_done(const Cuda& cuda, ConvPlan& plan, cudnnStatus_t status, const char* doing) {
  const bool left = not_supported(status);
  if (left) {
    plan.set_impossible();
    ++cuda.cudnn_use().left;
  } else {
    check_cudnn(status, doing);
    ++cuda.cudnn_use().done;
  }
  return !left;
}

/// Weights as cuDNN reads them: [out][tap][in].
template <class T>
const T* conv_weights(const Cuda& cuda, const T* weight, Index in, Index out, Scratch& scratch) {
  const Index inputs = 9 * in;
  T* const to = scratch.take<T>(inputs * out);
  transpose_images(
      cuda, "transposing weights", 1, weight, 0, out, inputs, out,
      [=] __device__(Index, Index input, Index output, T v) { to[output * inputs + input] = v; });
  return to;
}

/// dweight += gradients of weights as cuDNN writes them.
template <class T>
void add_conv_weights(const Cuda& cuda, const T* gradient, Index in, Index out, T* dweight) {
  const Index inputs = 9 * in;
  transpose_images(
      cuda, "a gradient of weights", 1, gradient, 0, inputs, out, inputs,
      [=] __device__(Index, Index output, Index input, T v) { dweight[input * out + output] += v; });
}

/// Packed room for what t has room for: t itself, if it is packed.
template <class T>
Tensor<T> packed_room(const Tensor<T>& t, Scratch& scratch) {
  if (is_packed(t)) return t;
  return {scratch.take<T>(t.size()), t.n, t.h, t.w, t.c, t.c};
}

/// The numbers of t, packed.
template <class T>
const T* packed_numbers(const Cuda& cuda, const Tensor<const T>& t, Scratch& scratch) {
  if (is_packed(t)) return t.data;
  const Tensor<T> to{scratch.take<T>(t.size()), t.n, t.h, t.w, t.c, t.c};
  copy(cuda, t, to);
  return to.data;
}

/// y = activation(sums + bias); `bias` may be null.
template <class T>
void finish_conv(const Cuda& cuda, const Tensor<const T>& sums, const T* bias, bool relu,
                 const Tensor<T>& y) {
  for_each_number(cuda, "a convolution's bias", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    T v = sums(p, c);
    if (bias != nullptr) v += bias[c];
    y(p, c) = relu && v < T(0) ? T(0) : v;  // NaN stays
  });
}

/// y = activation(conv(x, weight) + bias); `bias` may be null.
template <class T>
bool cudnn_forward(const Cuda& cuda, const Tensor<const T>& x, const T* weight, const T* bias, bool relu,
                   const Tensor<T>& y, Scratch scratch) {
  ConvPlan* const plan = conv_plan_of_call<T>(cuda, ConvPart::forward, x, as_const(y));
  if (plan == nullptr) return false;
  const T* const weights = conv_weights(cuda, weight, x.c, y.c, scratch);
  const T* const numbers = packed_numbers(cuda, x, scratch);
  const Tensor<T> sums = packed_room(y, scratch);
  const cudnnStatus_t status = plan->forward(Cudnn::of(cuda).handle(), numbers, weights, sums.data,
                                             scratch.take<std::byte>(plan->workspace_bytes()));
  if (!conv_done(cuda, *plan, status, "computing a convolution")) return false;
  if (bias != nullptr || relu || sums.data != y.data) finish_conv<T>(cuda, as_const(sums), bias, relu, y);
  return true;
}

/// dx = or += the gradient of the convolution's input
template <class T>
bool cudnn_backward_data(const Cuda& cuda, const Tensor<const T>& dy, const T* weight, const Tensor<T>& dx,
                         Write write, Scratch scratch) {
  ConvPlan* const plan = conv_plan_of_call<T>(cuda, ConvPart::backward_data, as_const(dx), dy);
  if (plan == nullptr) return false;
  const T* const weights = conv_weights(cuda, weight, dx.c, dy.c, scratch);
  const T* const numbers = packed_numbers(cuda, dy, scratch);
  const Tensor<T> sums = packed_room(dx, scratch);
  const bool in_place = sums.data == dx.data;
  const cudnnStatus_t status =
      plan->backward_data(Cudnn::of(cuda).handle(), weights, numbers, in_place && write == Write::accumulate,
                          sums.data, scratch.take<std::byte>(plan->workspace_bytes()));
  if (!conv_done(cuda, *plan, status, "computing a convolution's adjoint")) return false;
  if (!in_place) copy(cuda, as_const(sums), dx, write);
  return true;
}

/// dweight += the gradient of the convolution's weights
template <class T>
bool cudnn_backward_weights(const Cuda& cuda, const Tensor<const T>& x, const Tensor<const T>& dy, T* dweight,
                            Scratch scratch) {
  ConvPlan* const plan = conv_plan_of_call<T>(cuda, ConvPart::backward_weights, x, dy);
  if (plan == nullptr) return false;
  T* const gradient = scratch.take<T>(9 * x.c * dy.c);
  const T* const numbers = packed_numbers(cuda, x, scratch);
  const T* const dy_numbers = packed_numbers(cuda, dy, scratch);
  const cudnnStatus_t status = plan->backward_weights(Cudnn::of(cuda).handle(), numbers, dy_numbers, gradient,
                                                      scratch.take<std::byte>(plan->workspace_bytes()));
  if (!conv_done(cuda, *plan, status, "computing a gradient of weights")) return false;
  add_conv_weights(cuda, gradient, x.c, dy.c, dweight);
  return true;
}

}  // namespace densenf::kernels::detail
