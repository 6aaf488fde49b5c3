#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

/// (x - mean) / sqrt(variance + epsilon) * gain + bias, with mean and variance over the channels of each
/// pixel.
template <class Ctx, class V = typename Ctx::Value>
V layer_norm(const Ctx& ctx, const V& x, const V& gain, const V& bias, double epsilon = 1e-5) {
  using T = typename Ctx::Scalar;
  for (const V& v : {gain, bias}) require_per_channel(ctx, v, x.c());
  const V y = ctx.output_like(x, x.c());
  T* statistics = ctx.memory().template allocate<T>(2 * x.value.pixels());
  layer_norm_forward(ctx.device(), as_const(x.value), as_const(gain.value).data, as_const(bias.value).data,
                     static_cast<T>(epsilon), statistics, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dgain = c.gradient_or_unused(gain), dbias = c.gradient_or_unused(bias);
    layer_norm_backward(c.device(), as_const(x.value), static_cast<const T*>(statistics),
                        as_const(gain.value).data, dy, dx.tensor, dx.write, dgain.data, dbias.data,
                        c.scratch().lend(layer_norm_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

}  // namespace densenf::ops
