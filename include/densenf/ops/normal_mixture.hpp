#pragma once

#include "densenf/ops/probability.hpp"
#include "densenf/ops/rearrange.hpp"

namespace densenf::ops {

/// Adds factor * log of the mixture's density to the log-probability: of normals over whole images, of which
/// loc and log_scale are vectors with the numbers of one after the other, each in C, H, W order, and which
/// are as likely as the softmax of the vector `logits` says.
template <class Ctx, class V = typename Ctx::Value>
void normal_mixture_log_prob(const Ctx& ctx, const V& x, const V& logits, const V& loc, const V& log_scale,
                             double factor, LogProb log_prob) {
  const Index n = x.n(), size = x.shape().size(), count = logits.c();
  require_per_channel(ctx, logits, count);
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, count * size);
  const auto of_each = [&] { return ctx.memory().template allocate<double>(count * n); };
  double* const densities = of_each();
  double* const gradients = Ctx::records ? of_each() : nullptr;
  set_each(ctx.device(), 0.0, count * n, densities);
  const V flat = flatten(ctx, x);
  for (Index k = 0; k < count; ++k) {
    normal_log_prob(ctx, flat, loc.channels(k * size, size), log_scale.channels(k * size, size), 1,
                    {densities + k * n, Ctx::records ? gradients + k * n : nullptr});
  }
  mix_log_densities(ctx.device(), static_cast<const double*>(densities), as_const(logits.value).data, count,
                    n, factor, log_prob.value);
  ctx.record([=](auto& c) {
    mix_log_densities_backward(c.device(), static_cast<const double*>(densities), as_const(logits.value).data,
                               count, n, factor, log_prob.gradient, gradients,
                               c.gradient_or_unused(logits).data);
  });
}

}  // namespace densenf::ops
