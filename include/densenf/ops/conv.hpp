#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/conv.hpp"

namespace densenf::ops {

using kernels::Activation;

/// Where a convolution's parameters lie. Weights are [kernel * kernel][in][out] in the buffer; bias.size 0
/// means none. A 1x1 kernel is a matrix product per pixel, a 3x3 one is padded with one line of zeros.
struct ConvParams {
  Param weight;
  Param bias;
  int kernel = 1;
};

/// y = act(conv(x) + bias)
template <class Ctx, class V = typename Ctx::Value>
void conv_into(const Ctx& ctx, const V& x, const ConvParams& p, Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  const auto scratch = [p, h = x.value.h, w = x.value.w, in = x.c(), out = y.c()](const auto& c) {
    return c.memory().template allocate<T>(conv_scratch_size<T>(c.device(), h, w, p.kernel, in, out));
  };
  const auto mark = ctx.memory().mark();
  conv_forward(ctx.device(), as_const(x.value), static_cast<const T*>(ctx.value(p.weight)),
               p.bias.size > 0 ? static_cast<const T*>(ctx.value(p.bias)) : nullptr, p.kernel, activation,
               y.value, scratch(ctx));
  ctx.memory().release(mark);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);  // before the mark: it stays
    const auto backward_mark = c.memory().mark();
    T* const work = scratch(c);
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    conv_backward_parameters(c.device(), as_const(x.value), as_const(y.value), activation, dy, p.kernel,
                             c.gradient(p.weight), p.bias.size > 0 ? c.gradient(p.bias) : nullptr, work);
    if (x.gradient != nullptr) {
      conv_backward_data(c.device(), as_const(dy), static_cast<const T*>(c.value(p.weight)), p.kernel, work,
                         dx.tensor, dx.write);
    }
    c.memory().release(backward_mark);
  });
}

template <class Ctx, class V = typename Ctx::Value>
V conv(const Ctx& ctx, const V& x, const ConvParams& p, Index out, Activation activation = Activation::none) {
  const V y = ctx.output_like(x, out);
  conv_into(ctx, x, p, activation, y);
  return y;
}

}  // namespace densenf::ops
