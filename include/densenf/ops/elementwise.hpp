#pragma once

#include "densenf/autodiff/context.hpp"
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

/// x + y. Throws ShapeError if their extents differ.
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

/// scale * x + shift
template <class Ctx, class V = typename Ctx::Value>
V scale_shift(const Ctx& ctx, const V& x, double scale, double shift) {
  const V y = ctx.output_like(x, x.c());
  scale_shift_into(ctx, x, scale, shift, y);
  return y;
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

/// sigmoid(x), with its log-determinant. In (0, 1), both ends excluded, also where it is nearer to them than
/// a float can be.
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

/// log(x / (1 - x)), with its log-determinant. Where a number of an image is not in (0, 1) the image's
/// log-probability is minus infinity, the result finite and the number's gradient 0.
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

/// (x + u) / levels for gray levels x in 0 ... levels - 1, which are data, and u in (0, 1). In (0, 1).
template <class Ctx, class V = typename Ctx::Value>
V dequantize(const Ctx& ctx, const V& x, const V& u, Index levels) {
  using T = typename Ctx::Scalar;
  require_batch("The noise of a dequantization", u.value, x.n(), x.shape());
  const V y = ctx.output_like(x, x.c());
  dequantize(ctx.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels), y.value);
  if (u.gradient != nullptr) {
    ctx.record([=](auto& c) {
      accumulate_scaled(c.device(), as_const(c.gradient(y)), T(1) / static_cast<T>(levels), c.gradient(u));
    });
  }
  return y;
}

/// logit(dequantize(x, u)), with the log-determinant of the logit: without rounding between the two, where
/// all is lost for the brightest level. (255 + 0.9999999f is 256.)
template <class Ctx, class V = typename Ctx::Value>
V dequantized_logit(const Ctx& ctx, const V& x, const V& u, Index levels, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_batch("The noise of a dequantization", u.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  dequantized_logit_forward(ctx.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels),
                            z.value, log_prob.value);
  if (u.gradient != nullptr) {
    ctx.record([=](auto& c) {
      dequantized_logit_backward(c.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels),
                                 as_const(c.gradient(z)), log_prob.gradient, c.gradient(u));
    });
  }
  return z;
}

}  // namespace densenf::ops
