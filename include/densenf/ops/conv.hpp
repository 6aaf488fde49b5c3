#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/contract.hpp"
#include "densenf/kernels/conv_next.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

using kernels::Activation;

/// A convolution's weights, of which each output channel has `in` times kernel * kernel.
struct ConvWeights {
  Param weight;
  int kernel = 1;
  Index in = 0, out = 0;
};

/// Where a convolution's parameters lie. Weights are [kernel * kernel][in][out] in the buffer; bias.size 0
/// means none. A 1x1 kernel is a matrix product per pixel, a 3x3 one is padded with one line of zeros.
struct ConvParams {
  Param weight;
  Param bias;
  int kernel = 1;
  /// Of the convolution that meets images of the same extents next, where that is known (out > 0): a hint,
  /// with which its weights can be asked for early.
  ConvWeights next = {};
};

/// y = act(conv(x) + bias). Throws ShapeError when x or y has not the channels that the weights are for.
template <class Ctx, class V = typename Ctx::Value>
void conv_into(const Ctx& ctx, const V& x, const ConvParams& p, Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  const Index h = x.value.h, w = x.value.w, in = x.c(), out = y.c();
  require_weights(ctx.specs(), p.weight, p.kernel * p.kernel, in, out);
  if (p.bias.size > 0) require_per_channel(ctx.specs(), p.bias, out);
  kernels::NextConv<T> next;
  if (p.next.out > 0) next = {ctx.value(p.next.weight), p.next.kernel, p.next.in, p.next.out};
  const auto mark = ctx.scratch().mark();
  conv_forward(
      ctx.device(), as_const(x.value), ctx.value(p.weight), p.bias.size > 0 ? ctx.value(p.bias) : nullptr,
      p.kernel, activation, y.value,
      ctx.scratch().template allocate<T>(conv_forward_scratch_size<T>(ctx.device(), h, w, p.kernel, in, out)),
      next);
  ctx.scratch().release(mark);
  ctx.record([=, weight = p.weight, bias = p.bias, kernel = p.kernel](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);
    const auto backward_mark = c.scratch().mark();
    T* const work = c.scratch().template allocate<T>(conv_scratch_size<T>(c.device(), h, w, kernel, in, out));
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    conv_backward_parameters(c.device(), as_const(x.value), as_const(y.value), activation, dy, kernel,
                             c.gradient(weight), bias.size > 0 ? c.gradient(bias) : nullptr, work);
    if (x.gradient != nullptr) {
      conv_backward_data(c.device(), as_const(dy), c.value(weight), kernel, work, dx.tensor, dx.write);
    }
    c.scratch().release(backward_mark);
  });
}

template <class Ctx, class V = typename Ctx::Value>
V conv(const Ctx& ctx, const V& x, const ConvParams& p, Index out, Activation activation = Activation::none) {
  const V y = ctx.output_like(x, out);
  conv_into(ctx, x, p, activation, y);
  return y;
}

}  // namespace densenf::ops
