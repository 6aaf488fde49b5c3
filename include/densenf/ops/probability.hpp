#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/contract.hpp"
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
void normal_log_prob(const Ctx& ctx, const V& x, Param loc, Param log_scale, double factor,
                     LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const Param p : {loc, log_scale}) require_per_channel(ctx.specs(), p, x.c());
  const T* m = ctx.value(loc);
  const T* s = ctx.value(log_scale);
  normal_log_prob(ctx.device(), as_const(x.value), m, s, factor, log_prob.value);
  ctx.record([=](auto& c) {
    if (x.gradient != nullptr) {
      normal_log_prob_backward(c.device(), as_const(x.value), m, s, factor, log_prob.gradient, c.gradient(x));
    }
    normal_log_prob_backward_parameters(c.device(), as_const(x.value), m, s, factor, log_prob.gradient,
                                        c.gradient(loc), c.gradient(log_scale));
  });
}

/// loc + exp(log_scale) * temperature * e for standard normal draws e; differentiable by the parameters at
/// temperature 1.
template <class Ctx, class V = typename Ctx::Value>
V normal_from_noise(const Ctx& ctx, Tensor<typename Ctx::Scalar> e, Param loc, Param log_scale,
                    double temperature) {
  using T = typename Ctx::Scalar;
  for (const Param p : {loc, log_scale}) require_per_channel(ctx.specs(), p, e.c);
  const V x = ctx.output(e.n, e.shape());
  const T* s = ctx.value(log_scale);
  normal_from_noise(ctx.device(), as_const(e), ctx.value(loc), s, static_cast<T>(temperature), x.value);
  ctx.record([=](auto& c) {
    normal_from_noise_backward(c.device(), as_const(e), s, as_const(c.gradient(x)), c.gradient(loc),
                               c.gradient(log_scale));
  });
  return x;
}

}  // namespace densenf::ops
