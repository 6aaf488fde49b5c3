#pragma once

#include "densenf/autodiff/tangents.hpp"
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

namespace detail {
/// That an input of an operation has no tangent, where only others may have one.
template <class T>
void require_still(const char* what, const Dual<T>& v) {
  if (v.moves())
    throw ArgumentError("There is no tangent of {} here: only what a network makes of its image has one.",
                        what);
}

/// What an operation makes of values without tangents, weights for instance.
template <class Tangents, class Make, class... T>
typename Tangents::Value still(const Tangents& ctx, const char* what, const Make& make,
                               const Dual<T>&... inputs) {
  (require_still(what, inputs), ...);
  return {ctx.value(make), {}};
}

/// The tangent of a linear operation, `run(context, value)`, is what it makes of the tangent.
template <class Context, class T, class Run>
Dual<T> linear(const Tangents<Context>& ctx, const Dual<T>& x, const Run& run) {
  const Var<T> y = ctx.value([&](const auto& c) { return run(c, x.primal()); });
  return {y, x.moves() ? run(ctx.plain(), x.tangent) : Var<T>{}};
}

/// Puts a tangent, or 0, where an operation that writes to a place of the caller has it.
template <class Context, class T>
void put_tangent(const Tangents<Context>& ctx, const Var<T>& tangent, const Dual<T>& y) {
  if (tangent.value.data != nullptr)
    copy_into(ctx.plain(), tangent, y.tangent);
  else
    fill_zero(ctx.plain().device(), y.tangent.value);
}
}  // namespace detail

template <class Context, class T>
void copy_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { copy_into(c, x.primal(), y.primal()); });
  detail::put_tangent(ctx, x.tangent, y);
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

template <class Context, class T>
Dual<T> add(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  const Var<T> z = ctx.value([&](const auto& c) { return add(c, x.primal(), y.primal()); });
  if (!x.moves() || !y.moves()) return {z, x.moves() ? x.tangent : y.tangent};
  return {z, add(ctx.plain(), x.tangent, y.tangent)};
}

/// x * y, number by number. Throws ShapeError if their extents differ.
template <class Ctx, class V = typename Ctx::Value>
V multiply(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The second factor of a product", y.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  multiply_numbers(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto adjoint = [&](const V& factor, const V& other) {
      if (factor.gradient == nullptr) return;
      const auto d = c.gradient_target(factor);
      multiply_numbers(c.device(), dz, as_const(other.value), d.tensor, d.write);
    };
    adjoint(x, y);
    adjoint(y, x);
  });
  return z;
}

template <class Context, class T>
Dual<T> multiply(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  const Var<T> z = ctx.value([&](const auto& c) { return multiply(c, x.primal(), y.primal()); });
  const auto& c = ctx.plain();
  if (!x.moves() && !y.moves()) return {z, {}};
  if (!x.moves()) return {z, multiply(c, x.primal(), y.tangent)};
  const Var<T> first = multiply(c, x.tangent, y.primal());
  return {z, y.moves() ? add(c, first, multiply(c, x.primal(), y.tangent)) : first};
}

namespace detail {
/// The tangent of a function of single numbers, `run(context, value)`, whose derivative is `slope(context,
/// value)`.
template <class Context, class T, class Run, class Slope>
Dual<T> elementwise(const Tangents<Context>& ctx, const Dual<T>& x, const Run& run, const Slope& slope) {
  const Var<T> y = ctx.value([&](const auto& c) { return run(c, x.primal()); });
  if (!x.moves()) return {y, {}};
  const Var<T> d = ctx.value([&](const auto& c) { return slope(c, x.primal()); });
  return {y, multiply(ctx.plain(), d, x.tangent)};
}
}  // namespace detail

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

template <class Context, class T>
void scale_shift_into(const Tangents<Context>& ctx, const Dual<T>& x, double scale, double shift,
                      const Dual<T>& y) {
  ctx.compute([&](const auto& c) { scale_shift_into(c, x.primal(), scale, shift, y.primal()); });
  if (x.moves())
    scale_shift_into(ctx.plain(), x.tangent, scale, 0, y.tangent);
  else
    detail::put_tangent(ctx, x.tangent, y);
}

/// scale * x + shift
template <class Ctx, class V = typename Ctx::Value>
V scale_shift(const Ctx& ctx, const V& x, double scale, double shift) {
  const V y = ctx.output_like(x, x.c());
  scale_shift_into(ctx, x, scale, shift, y);
  return y;
}

template <class Context, class T>
Dual<T> scale_shift(const Tangents<Context>& ctx, const Dual<T>& x, double scale, double shift) {
  const Var<T> y = ctx.value([&](const auto& c) { return scale_shift(c, x.primal(), scale, shift); });
  return {y, x.moves() ? scale_shift(ctx.plain(), x.tangent, scale, 0) : Var<T>{}};
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
