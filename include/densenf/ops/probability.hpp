#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

/// Adds factor * log N(x; 0, I) to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void standard_normal_log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  const T* none = nullptr;
  normal_log_prob(ctx.device(), as_const(x.value), none, none, factor, log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const T* standard = nullptr;
    normal_log_prob_backward(c.device(), as_const(x.value), standard, standard, factor, log_prob.gradient,
                             c.gradient(x));
  });
}

/// Adds factor * log N(x; loc, exp(log_scale)) to the log-probability; parameters per channel.
template <class Ctx, class V = typename Ctx::Value>
void normal_log_prob(const Ctx& ctx, const V& x, const V& loc, const V& log_scale, double factor,
                     LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, x.c());
  const T* m = loc.value.data;
  const T* s = log_scale.value.data;
  normal_log_prob(ctx.device(), as_const(x.value), m, s, factor, log_prob.value);
  ctx.record([=](auto& c) {
    if (x.gradient != nullptr) {
      normal_log_prob_backward(c.device(), as_const(x.value), m, s, factor, log_prob.gradient, c.gradient(x));
    }
    if (loc.gradient == nullptr && log_scale.gradient == nullptr) return;
    const Tensor<T> dloc = c.gradient_or_unused(loc), dlog_scale = c.gradient_or_unused(log_scale);
    normal_log_prob_backward_parameters(
        c.device(), as_const(x.value), m, s, factor, log_prob.gradient, dloc.data, dlog_scale.data,
        c.scratch().lend(normal_log_prob_backward_parameters_scratch_bytes(c.device(), as_const(x.value))));
  });
}

/// loc + exp(log_scale) * temperature * e for standard normal draws e; differentiable by the parameters at
/// temperature 1.
template <class Ctx, class V = typename Ctx::Value>
V normal_from_noise(const Ctx& ctx, Tensor<typename Ctx::Scalar> e, const V& loc, const V& log_scale,
                    double temperature) {
  using T = typename Ctx::Scalar;
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, e.c);
  const V x = ctx.output(e.n, e.shape());
  const T* s = log_scale.value.data;
  normal_from_noise(ctx.device(), as_const(e), as_const(loc.value).data, s, static_cast<T>(temperature),
                    x.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dloc = c.gradient_or_unused(loc), dlog_scale = c.gradient_or_unused(log_scale);
    normal_from_noise_backward(
        c.device(), as_const(e), s, as_const(c.gradient(x)), dloc.data, dlog_scale.data,
        c.scratch().lend(normal_from_noise_backward_scratch_bytes(c.device(), as_const(e))));
  });
  return x;
}

using kernels::AffineLayout;

/// Adds factor * log N(x; mean, exp(log_scale)) to the log-probability, with a mean and a log-scale for each
/// number that a network has made; the layout says where these are, means as shifts.
template <class Ctx, class V = typename Ctx::Value>
void normal_log_prob(const Ctx& ctx, const V& x, const V& raw, AffineLayout at, double factor,
                     LogProb log_prob) {
  require_batch("The means and log-scales of a normal", raw.value, x.n(), {2 * x.c(), x.value.h, x.value.w});
  normal_log_prob(ctx.device(), as_const(x.value), as_const(raw.value), at, factor, log_prob.value);
  if (x.gradient == nullptr && raw.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const Tensor<typename Ctx::Scalar> dx =
        x.gradient != nullptr ? c.gradient(x) : Tensor<typename Ctx::Scalar>{};
    const auto draw = c.gradient_target(raw);
    normal_log_prob_backward(c.device(), as_const(x.value), as_const(raw.value), at, factor,
                             log_prob.gradient, dx, draw.tensor, draw.write);
  });
}

/// mean + exp(log_scale) * temperature * e for standard normal draws e, likewise; differentiable at
/// temperature 1.
template <class Ctx, class V = typename Ctx::Value>
V normal_from_noise(const Ctx& ctx, Tensor<typename Ctx::Scalar> e, const V& raw, AffineLayout at,
                    double temperature) {
  using T = typename Ctx::Scalar;
  require_batch("The means and log-scales of a normal", raw.value, e.n, {2 * e.c, e.h, e.w});
  const V x = ctx.output(e.n, e.shape());
  normal_from_noise(ctx.device(), as_const(e), as_const(raw.value), at, static_cast<T>(temperature), x.value);
  if (raw.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto draw = c.gradient_target(raw);
    normal_from_noise_backward(c.device(), as_const(e), as_const(raw.value), at, dx, draw.tensor, draw.write);
  });
  return x;
}

}  // namespace densenf::ops
