#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

/// x exp(log_scale) + bias per channel, with its log-determinant H W sum of log_scale.
template <class Ctx, class V = typename Ctx::Value>
V channel_affine(const Ctx& ctx, const V& x, const V& log_scale, const V& bias, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {log_scale, bias}) require_per_channel(ctx, v, x.c());
  const V y = ctx.output_like(x, x.c());
  const T* const l = log_scale.value.data;
  actnorm_inverse(ctx.device(), as_const(x.value), as_const(bias.value).data, l, y.value);
  add_sum_to_each(ctx.device(), static_cast<double>(x.value.h * x.value.w), l, x.c(), x.n(), log_prob.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dlog_scale = c.gradient_or_unused(log_scale), dbias = c.gradient_or_unused(bias);
    channel_affine_backward(
        c.device(), as_const(x.value), l, dy, log_prob.gradient, dx.tensor, dx.write, dlog_scale.data,
        dbias.data, c.scratch().lend(channel_affine_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// x from what channel_affine makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V channel_affine_inverse(const Ctx& ctx, const V& y, const V& log_scale, const V& bias) {
  const V x = ctx.output_like(y, y.c());
  const auto scope = ctx.scratch().scope();
  actnorm_forward(ctx.device(), as_const(y.value), as_const(bias.value).data, as_const(log_scale.value).data,
                  x.value, ctx.scratch().template allocate<double>(y.n()));
  return x;
}

}  // namespace densenf::ops
