#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

using kernels::AffineLayout;

/// z = t + exp(l) * x with l = 2 tanh(s / 2), s and t from a network's raw output (2 x.c channels); adds the
/// sum of l to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void affine_into(const Ctx& ctx, const V& x, const V& raw, AffineLayout at, LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  require_batch("The output of an affine map", z.value, x.n(), x.shape());
  require_batch("The scales and shifts of an affine map", raw.value, x.n(),
                {2 * x.c(), x.value.h, x.value.w});
  if (!at.fits(x.c()))
    throw ArgumentError("The layout of an affine map of {} channels reaches beyond its scales and shifts.",
                        x.c());
  affine_forward(ctx.device(), as_const(x.value), as_const(raw.value), at, z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    affine_backward(c.device(), as_const(x.value), as_const(raw.value), at, as_const(dz), log_prob.gradient,
                    dx.tensor, dx.write, draw.tensor, draw.write);
  });
}

}  // namespace densenf::ops
