#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/sizes.hpp"
#include "densenf/ops/totals.hpp"
#include "densenf/ops/weights.hpp"

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

template <class Context, class T>
Dual<T> layer_norm(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& gain, const Dual<T>& bias,
                   double epsilon = 1e-5) {
  for (const Dual<T>& v : {gain, bias}) detail::require_still("what a normalization learns", v);
  const Var<T> y = ctx.value(
      [&](const auto& c) { return layer_norm(c, x.primal(), gain.primal(), bias.primal(), epsilon); });
  if (!x.moves()) return {y, {}};
  const auto mean = [](const auto& c, const Var<T>& v) {
    return scale_shift(c, total_channels(c, v), 1 / static_cast<double>(v.c()), 0);
  };
  return {y, scale_channels(ctx.plain(), detail::normalized_tangent(ctx, x, epsilon, mean), gain.primal())};
}

}  // namespace densenf::ops
