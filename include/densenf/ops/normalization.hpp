#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/elu.hpp"
#include "densenf/ops/sizes.hpp"
#include "densenf/ops/totals.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf::ops {

using kernels::Activation;

/// (x - shift) * exp(-log_scale) per channel, with its log-determinant.
template <class Ctx, class V = typename Ctx::Value>
V actnorm(const Ctx& ctx, const V& x, const V& shift, const V& log_scale, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {shift, log_scale}) require_per_channel(ctx, v, x.c());
  const V z = ctx.output_like(x, x.c());
  actnorm_forward(ctx.device(), as_const(x.value), as_const(shift.value).data, as_const(log_scale.value).data,
                  z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dshift = c.gradient_or_unused(shift), dlog_scale = c.gradient_or_unused(log_scale);
    actnorm_backward(c.device(), as_const(z.value), as_const(log_scale.value).data, as_const(dz),
                     log_prob.gradient, dx.tensor, dx.write, dshift.data, dlog_scale.data,
                     c.scratch().lend(actnorm_backward_scratch_bytes(c.device(), as_const(z.value))));
  });
  return z;
}

/// x from the z that actnorm makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V actnorm_inverse(const Ctx& ctx, const V& z, const V& shift, const V& log_scale) {
  for (const V& v : {shift, log_scale}) require_per_channel(ctx, v, z.c());
  const V x = ctx.output_like(z, z.c());
  actnorm_inverse(ctx.device(), as_const(z.value), as_const(shift.value).data, as_const(log_scale.value).data,
                  x.value);
  return x;
}

/// What batch_norm works with.
template <class V>
struct BatchNorm {
  V weight, bias;                        ///< vectors; a weight without data is 1
  Param running_mean, running_variance;  ///< of the state
  double eps = 1e-5;
  bool unbiased = true;  ///< whether the running variance is made of unbiased ones
  static constexpr double momentum = 0.1;
};

/// act((x - mean) / sqrt(variance + eps) * weight + bias) per channel. Training takes mean and variance from
/// the batch (at least two pixels, else ShapeError) and says where that moves the running ones; evaluation
/// uses the running ones.
template <class Ctx, class V = typename Ctx::Value>
V batch_norm(const Ctx& ctx, const V& x, const BatchNorm<V>& p, Activation activation) {
  using T = typename Ctx::Scalar;
  if (activation == Activation::elu) return elu(ctx, batch_norm(ctx, x, p, Activation::none));
  const Index channels = x.c(), pixels = x.value.pixels();
  if (p.weight.value.data != nullptr) require_per_channel(ctx, p.weight, channels);
  require_per_channel(ctx, p.bias, channels);
  require_state_per_channel(ctx, p.running_mean, channels);
  require_state_per_channel(ctx, p.running_variance, channels);
  const T eps = static_cast<T>(p.eps);
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
    channel_statistics(ctx.device(), as_const(x.value), statistics, statistics + channels,
                       ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(x.value))));
    mean = statistics;
    variance = statistics + channels;
    if (ctx.updates_state()) {
      batch_norm_update(ctx.device(), channels, pixels, static_cast<T>(BatchNorm<V>::momentum), mean,
                        variance, ctx.state(p.running_mean), ctx.state(p.running_variance),
                        ctx.next_state(p.running_mean), ctx.next_state(p.running_variance), p.unbiased);
    }
  }
  batch_norm_forward(ctx.device(), as_const(x.value), mean, variance, eps, as_const(p.weight.value).data,
                     as_const(p.bias.value).data, activation, y.value);
  ctx.record([=, weight = p.weight, bias = p.bias](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
    for (const V& v : {x, weight, bias}) {
      if (v.gradient != nullptr) c.hold_gradient(v);  // outside of the scope: it stays
    }
    const auto scope = c.memory().scope();
    const auto dx = c.gradient_target(x);
    T* const dweight = weight.gradient != nullptr ? c.gradient(weight).data : nullptr;
    const Tensor<T> dbias = c.gradient_or_unused(bias);
    batch_norm_backward(c.device(), as_const(x.value), mean, variance, eps, as_const(weight.value).data,
                        from_batch, as_const(dy), dx.tensor, dx.write, dweight, dbias.data,
                        c.scratch().lend(batch_norm_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// In training a tangent goes through the mean and the variance, too: each image moves all of them.
template <class Context, class T>
Dual<T> batch_norm(const Tangents<Context>& ctx, const Dual<T>& x, const BatchNorm<Dual<T>>& p,
                   Activation activation) {
  if (activation == Activation::elu) return elu(ctx, batch_norm(ctx, x, p, Activation::none));
  detail::require_still("what a normalization learns", p.weight);
  detail::require_still("what a normalization learns", p.bias);
  const Dual<T> y{ctx.value([&](const auto& c) {
                    const BatchNorm<Var<T>> norm{p.weight.primal(),  p.bias.primal(), p.running_mean,
                                                 p.running_variance, p.eps,           p.unbiased};
                    return batch_norm(c, x.primal(), norm, activation);
                  }),
                  {}};
  if (!x.moves()) return y;
  const auto& c = ctx.plain();
  Var<T> t;
  if (ctx.training() && x.value.pixels() > 0) {
    const auto mean = [](const auto& to, const Var<T>& v) {
      return scale_shift(to, total_pixels(to, v), 1 / static_cast<double>(v.value.pixels()), 0);
    };
    t = detail::normalized_tangent(ctx, x, p.eps, mean);
  } else {
    const Var<T> r = ctx.value([&](const auto& known) {
      return detail::reciprocal_root(known, known.state_value(p.running_variance), p.eps);
    });
    t = scale_channels(c, x.tangent, r);
  }
  if (p.weight.value.data != nullptr) t = scale_channels(c, t, p.weight.primal());
  return {y.primal(), activation == Activation::relu ? detail::through_relu(ctx, y, t) : t};
}

/// The running mean and variance of normalize_where, of the state.
struct RunningStatistics {
  Param mean, variance;
  static constexpr double momentum = 0.1;
  double eps = 1e-4;
};

/// Batch normalization as a step of a flow: z = (x - mean) / sqrt(variance + eps) per channel at the pixels
/// `where`, z = x elsewhere, with its log-determinant. Training takes mean and variance over all pixels of
/// the batch, those outside of `where` counted as zeros, and says where that moves the running ones;
/// evaluation uses the running ones.
template <class Ctx, class Where, class V = typename Ctx::Value>
void normalize_where_into(const Ctx& ctx, Where where, const V& x, const RunningStatistics& p,
                          LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  const Index channels = x.c(), pixels = x.value.pixels(), per_image = where.count(x.value.h * x.value.w);
  require_batch("The place of what is normalized", z.value, x.n(), x.shape());
  require_state_per_channel(ctx, p.mean, channels);
  require_state_per_channel(ctx, p.variance, channels);
  const T eps = static_cast<T>(p.eps);
  const bool from_batch = ctx.training() && pixels > 0;
  const T* mean = ctx.state(p.mean);
  const T* variance = ctx.state(p.variance);
  if (from_batch) {
    if (pixels < 2) {
      throw ShapeError(
          "Batch normalization needs at least two pixels to take statistics from in training; the batch has "
          "{}.",
          pixels);
    }
    T* const statistics = ctx.memory().template allocate<T>(2 * channels);
    statistics_where(ctx.device(), where, as_const(x.value), statistics, statistics + channels,
                     ctx.scratch().lend(statistics_where_scratch_bytes(ctx.device(), as_const(x.value))));
    mean = statistics;
    variance = statistics + channels;
    if (ctx.updates_state()) {
      batch_norm_update(ctx.device(), channels, pixels, static_cast<T>(RunningStatistics::momentum), mean,
                        variance, ctx.state(p.mean), ctx.state(p.variance), ctx.next_state(p.mean),
                        ctx.next_state(p.variance), false);
    }
  }
  normalize_where(ctx.device(), where, as_const(x.value), mean, variance, eps, per_image, z.value,
                  log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    normalize_where_backward(
        c.device(), where, as_const(x.value), mean, variance, eps, per_image, from_batch, dz,
        log_prob.gradient, dx.tensor, dx.write,
        c.scratch().lend(normalize_where_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

/// x from the z that normalize_where_into makes of it with the running mean and variance. Only evaluates.
template <class Ctx, class Where, class V = typename Ctx::Value>
void normalize_where_inverse_into(const Ctx& ctx, Where where, const V& z, const RunningStatistics& p,
                                  const V& x) {
  using T = typename Ctx::Scalar;
  normalize_where_inverse(ctx.device(), where, as_const(z.value), ctx.state(p.mean), ctx.state(p.variance),
                          static_cast<T>(p.eps), x.value);
}

}  // namespace densenf::ops
