#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/contract.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

using kernels::Activation;

/// (x - shift) * exp(-log_scale) per channel, with its log-determinant.
template <class Ctx, class V = typename Ctx::Value>
V actnorm(const Ctx& ctx, const V& x, Param shift, Param log_scale, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const Param p : {shift, log_scale}) require_per_channel(ctx.specs(), p, x.c());
  const V z = ctx.output_like(x, x.c());
  actnorm_forward(ctx.device(), as_const(x.value), ctx.value(shift), ctx.value(log_scale), z.value,
                  log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x);
    actnorm_backward(c.device(), as_const(z.value), c.value(log_scale), as_const(dz), log_prob.gradient,
                     dx.tensor, dx.write, c.gradient(shift), c.gradient(log_scale));
  });
  return z;
}

struct BatchNormParams {
  Param weight, bias;                    ///< trained
  Param running_mean, running_variance;  ///< state
  static constexpr double momentum = 0.1;
  static constexpr double eps = 1e-5;
};

/// act((x - mean) / sqrt(variance + eps) * weight + bias) per channel. Training takes mean and variance from
/// the batch (at least two pixels, else ShapeError) and says where that moves the running ones; evaluation
/// uses the running ones.
template <class Ctx, class V = typename Ctx::Value>
V batch_norm(const Ctx& ctx, const V& x, const BatchNormParams& p, Activation activation) {
  using T = typename Ctx::Scalar;
  const Index channels = x.c(), pixels = x.value.pixels();
  for (const Param param : {p.weight, p.bias}) require_per_channel(ctx.specs(), param, channels);
  for (const Param kept : {p.running_mean, p.running_variance})
    require_per_channel(ctx.state_specs(), kept, channels);
  const T eps = static_cast<T>(BatchNormParams::eps);
  const bool from_batch = ctx.training() && pixels > 0;
  const V y = ctx.output_like(x, channels);
  const T* mean = ctx.state(p.running_mean);
  const T* variance = ctx.state(p.running_variance);
  if (from_batch) {
    if (pixels < 2) {
      throw ShapeError(
          "BatchNorm needs at least two pixels to take statistics from in training; the batch has {}.",
          pixels);
    }
    T* statistics = ctx.memory().template allocate<T>(2 * channels);
    channel_statistics(ctx.device(), as_const(x.value), statistics, statistics + channels);
    mean = statistics;
    variance = statistics + channels;
    if (ctx.updates_state()) {
      batch_norm_update(ctx.device(), channels, pixels, static_cast<T>(BatchNormParams::momentum), mean,
                        variance, ctx.state(p.running_mean), ctx.state(p.running_variance),
                        ctx.next_state(p.running_mean), ctx.next_state(p.running_variance));
    }
  }
  batch_norm_forward(ctx.device(), as_const(x.value), mean, variance, eps, ctx.value(p.weight),
                     ctx.value(p.bias), activation, y.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
    if (x.gradient != nullptr) c.hold_gradient(x);  // before the mark: it stays
    const auto mark = c.memory().mark();
    const auto dx = c.gradient_target(x);
    T* scratch = c.memory().template allocate<T>(2 * channels);
    batch_norm_backward(c.device(), as_const(x.value), mean, variance, eps, c.value(p.weight), from_batch,
                        as_const(dy), scratch, dx.tensor, dx.write, c.gradient(p.weight), c.gradient(p.bias));
    c.memory().release(mark);
  });
  return y;
}

}  // namespace densenf::ops
