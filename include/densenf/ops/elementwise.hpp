#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

// Differentiable copies, sums and scalar maps. Each operation stands beside its adjoint. The `_into`
// forms write a value that the caller made, often a range of channels of a larger one.
namespace densenf::ops {

/// y = x
template <class Ctx, class V = typename Ctx::Value>
void copy_into(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The place of a copy", y.value, x.n(), x.shape());
  copy(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    copy(c.device(), dy, dx.tensor, dx.write);
  });
}

/// x + y
template <class Ctx, class V = typename Ctx::Value>
V add(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The second term of a sum", y.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  add(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    for (const V& term : {x, y}) {
      if (term.gradient == nullptr) continue;
      const auto d = c.gradient_target(term);
      copy(c.device(), dz, d.tensor, d.write);
    }
  });
  return z;
}

/// y = scale * x + shift
template <class Ctx, class V = typename Ctx::Value>
void scale_shift_into(const Ctx& ctx, const V& x, double scale, double shift, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The output of scale_shift_into", y.value, x.n(), x.shape());
  scale_shift(ctx.device(), as_const(x.value), static_cast<T>(scale), static_cast<T>(shift), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    accumulate_scaled(c.device(), as_const(c.gradient(y)), static_cast<T>(scale), c.gradient(x));
  });
}

/// Gated unit: y = a + b * sigmoid(g), where abg holds a, b and g, each of y's channels.
template <class Ctx, class V = typename Ctx::Value>
void gate_into(const Ctx& ctx, const V& abg, const V& y) {
  require_batch("The input of a gate", abg.value, y.n(), {3 * y.c(), y.value.h, y.value.w});
  gate_forward(ctx.device(), as_const(abg.value), y.value);
  if (abg.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dabg = c.gradient_target(abg);
    gate_backward(c.device(), as_const(abg.value), dy, dabg.tensor, dabg.write);
  });
}

/// sigmoid(x), with its log-determinant.
template <class Ctx, class V = typename Ctx::Value>
V sigmoid(const Ctx& ctx, const V& x, LogProb log_prob) {
  const V y = ctx.output_like(x, x.c());
  sigmoid_forward(ctx.device(), as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      sigmoid_backward(c.device(), as_const(y.value), as_const(c.gradient(y)), log_prob.gradient,
                       c.gradient(x));
    });
  }
  return y;
}

/// log(x / (1 - x)), with its log-determinant.
template <class Ctx, class V = typename Ctx::Value>
V logit(const Ctx& ctx, const V& x, LogProb log_prob) {
  const V y = ctx.output_like(x, x.c());
  logit_forward(ctx.device(), as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      logit_backward(c.device(), as_const(x.value), as_const(c.gradient(y)), log_prob.gradient,
                     c.gradient(x));
    });
  }
  return y;
}

}  // namespace densenf::ops
