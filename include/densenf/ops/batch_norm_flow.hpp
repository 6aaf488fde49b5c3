#pragma once

#include <cmath>

#include "densenf/ops/map.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf::ops {

namespace detail {
/// -log(v + eps) / 2
struct LogOfInverseDeviation {
  double eps;
  template <class T>
  constexpr T value(T v) const {
    return T(-0.5) * std::log(v + static_cast<T>(eps));
  }
};
/// factor / sqrt(v + eps)
struct OverDeviation {
  double eps, factor;
  template <class T>
  constexpr T value(T v) const {
    return static_cast<T>(factor) / std::sqrt(v + static_cast<T>(eps));
  }
};
/// sqrt(v + eps)
struct Deviation {
  double eps;
  template <class T>
  constexpr T value(T v) const {
    return std::sqrt(v + static_cast<T>(eps));
  }
};
}  // namespace detail

/// What batch_norm_flow works with.
template <class V>
struct BatchNormFlow {
  V log_gain, bias;      ///< vectors
  Param mean, variance;  ///< of the state
  double momentum = 0.1;
  double eps = 1e-5;
};

/// (x - mean) / sqrt(variance + eps) exp(log_gain) + bias per channel, with its log-determinant. Training
/// takes mean and (biased) variance from the batch (at least two pixels, else ShapeError) and says where that
/// moves the stored ones; evaluation uses the stored ones.
template <class Ctx, class V = typename Ctx::Value>
V batch_norm_flow(const Ctx& ctx, const V& x, const BatchNormFlow<V>& p, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  const Index channels = x.c(), pixels = x.value.pixels();
  const Shape one{channels, 1, 1};
  for (const V& v : {p.log_gain, p.bias}) require_per_channel(ctx, v, channels);
  for (const Param kept : {p.mean, p.variance}) require_state_per_channel(ctx, kept, channels);
  const bool from_batch = ctx.training() && pixels > 0;
  const auto vector = [&](const T* numbers) { return Tensor<const T>{numbers, 1, 1, 1, channels, channels}; };
  const T* mean = ctx.state(p.mean);
  const T* variance = ctx.state(p.variance);
  if (from_batch) {
    if (pixels < 2) {
      throw ShapeError(
          "BatchNormFlow needs at least two pixels to take statistics from in training; the batch has {}.",
          pixels);
    }
    T* const own = ctx.memory().template allocate<T>(2 * channels);
    channel_statistics(ctx.device(), as_const(x.value), own, own + channels);
    if (ctx.updates_state()) {
      const auto move = [&](Param kept, const T* statistic) {
        const Tensor<T> next = make_tensor(ctx.next_state(kept), 1, one);
        scale_shift(ctx.device(), vector(ctx.state(kept)), static_cast<T>(1 - p.momentum), T(0), next);
        accumulate_scaled(ctx.device(), vector(statistic), static_cast<T>(p.momentum), next);
      };
      move(p.mean, own);
      move(p.variance, own + channels);
    }
    mean = own;
    variance = own + channels;
  }
  // The gain is exp(log_gain); the log-determinant has the parts of gain and deviation.
  const double per_image = static_cast<double>(x.shape().pixels());
  const V gain = exp(ctx, p.log_gain);
  add_sum_to_log_prob(ctx, p.log_gain, per_image, x.n(), log_prob);
  {
    const auto scope = ctx.scratch().scope();
    const Tensor<T> logs = make_tensor(ctx.scratch().template allocate<T>(channels), 1, one);
    map_forward(ctx.device(), detail::LogOfInverseDeviation{p.eps}, vector(variance), logs);
    add_sum_to_each(ctx.device(), per_image, as_const(logs).data, channels, x.n(), log_prob.value);
  }
  const V y = ctx.output_like(x, channels);
  const T eps = static_cast<T>(p.eps);
  batch_norm_forward(ctx.device(), as_const(x.value), mean, variance, eps, as_const(gain.value).data,
                     as_const(p.bias.value).data, Activation::none, y.value);
  ctx.record([=, bias = p.bias, eps64 = p.eps](auto& c) {
    const auto dy = as_const(c.gradient(y));
    for (const V& v : {x, gain, bias}) {
      if (v.gradient != nullptr) c.hold_gradient(v);  // outside of the scope: it stays
    }
    const auto scope = c.memory().scope();
    const auto dx = c.gradient_target(x);
    const Tensor<T> dgain = c.gradient_or_unused(gain), dbias = c.gradient_or_unused(bias);
    T* const scratch = c.memory().template allocate<T>(2 * channels);
    batch_norm_backward(c.device(), as_const(x.value), mean, variance, eps, as_const(gain.value).data,
                        from_batch, dy, scratch, dx.tensor, dx.write, dgain.data, dbias.data);
    if (!from_batch || x.gradient == nullptr) return;
    // The batch's variance is in the log-determinant: dx -= (the sum of dlog_prob) H W / N (x - mean) /
    // (variance + eps), N the number of pixels.
    const Tensor<T> weight = c.tensor(1, one), factor = c.tensor(1, one), zeros = c.tensor(1, one),
                    through = c.tensor(x.n(), x.shape());
    fill_zero(c.device(), zeros);
    fill_zero(c.device(), factor);
    add_sum_to_each_backward(c.device(), -per_image / static_cast<double>(pixels), log_prob.gradient, x.n(),
                             channels, factor.data);
    map_forward(c.device(), detail::OverDeviation{eps64, 1},
                Tensor<const T>{variance, 1, 1, 1, channels, channels}, weight);
    multiply_numbers(c.device(), as_const(weight), as_const(factor), weight);
    batch_norm_forward(c.device(), as_const(x.value), mean, variance, eps, as_const(weight).data,
                       as_const(zeros).data, Activation::none, through);
    copy(c.device(), as_const(through), dx.tensor, kernels::Write::accumulate);
  });
  return y;
}

/// x from the y that batch_norm_flow makes of it in evaluation. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V batch_norm_flow_inverse(const Ctx& ctx, const V& y, const BatchNormFlow<V>& p) {
  using T = typename Ctx::Scalar;
  const Shape one{y.c(), 1, 1};
  const auto vector = [&](const T* numbers) { return Tensor<const T>{numbers, 1, 1, 1, y.c(), y.c()}; };
  const V x = ctx.output_like(y, y.c());
  const auto scope = ctx.memory().scope();
  const V gain = exp(ctx, scale_shift(ctx, p.log_gain, -1, 0));
  const Tensor<T> zeros = ctx.tensor(1, one), ones = ctx.tensor(1, one), weight = ctx.tensor(1, one);
  fill_zero(ctx.device(), zeros);
  scale_shift(ctx.device(), as_const(zeros), T(0), T(1), ones);
  map_forward(ctx.device(), detail::Deviation{p.eps}, vector(ctx.state(p.variance)), weight);
  multiply_numbers(ctx.device(), as_const(weight), as_const(gain.value), weight);
  // (y - bias) / sqrt(1 + 0) weight + mean
  batch_norm_forward(ctx.device(), as_const(y.value), as_const(p.bias.value).data, as_const(ones).data, T(0),
                     as_const(weight).data, ctx.state(p.mean), Activation::none, x.value);
  return x;
}

}  // namespace densenf::ops
