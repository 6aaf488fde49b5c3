#pragma once

#include "densenf/ops/map.hpp"

// Sums that stand wherever there was a term: such an operation is its own adjoint. Normalizations are made of
// them where their tangents are wanted.
namespace densenf::ops {

/// At each channel the sum of the pixel's channels.
template <class Ctx, class V = typename Ctx::Value>
V total_channels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  total_channels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    total_channels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> total_channels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return total_channels(c, v); });
}

namespace detail {
/// y = or += the sums of x over all pixels of the batch.
template <class Context, class T>
void total_pixels_to(const Context& ctx, Tensor<const T> x, Tensor<T> y, kernels::Write write) {
  const auto scope = ctx.memory().scope();
  const Tensor<T> sums = ctx.tensor(1, {x.c, 1, 1});
  fill_zero(ctx.device(), sums);
  sum_channels(ctx.device(), x, sums.data, ctx.scratch().lend(sum_channels_scratch_bytes(ctx.device(), x)));
  Tensor<const T> everywhere{sums.data, x.n, x.h, x.w, x.c, 0};
  copy(ctx.device(), everywhere, y, write);
}
}  // namespace detail

/// At each pixel of each image the sum of the channel over all pixels of the batch.
template <class Ctx, class V = typename Ctx::Value>
V total_pixels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  detail::total_pixels_to(ctx, as_const(x.value), y.value, kernels::Write::assign);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    detail::total_pixels_to(c, dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> total_pixels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return total_pixels(c, v); });
}

namespace detail {
template <class Context, class T>
Var<T> difference(const Context& ctx, const Var<T>& x, const Var<T>& y) {
  return add(ctx, x, scale_shift(ctx, y, -1, 0));
}

/// x to the power of e, for x above 0
template <class Context, class T>
Var<T> power(const Context& ctx, const Var<T>& x, double e) {
  return map(ctx, log(ctx, x), kernels::maps::ExpOf{e});
}

/// 1 / sqrt(x + epsilon)
template <class Context, class T>
Var<T> reciprocal_root(const Context& ctx, const Var<T>& x, double epsilon) {
  return power(ctx, scale_shift(ctx, x, 1, epsilon), -0.5);
}

/// The tangent of (x - m) / sqrt(v + epsilon), where mean and variance are taken by `mean(context, value)`,
/// which says them at each number that they are of. With r = 1 / sqrt(v + epsilon) and z = r (x - m) it is
/// r (t - mean(t) - z mean(z t)) for a tangent t of x.
template <class Context, class T, class Mean>
Var<T> normalized_tangent(const Tangents<Context>& ctx, const Dual<T>& x, double epsilon, const Mean& mean) {
  const Var<T> centered =
      ctx.value([&](const auto& c) { return difference(c, x.primal(), mean(c, x.primal())); });
  const Var<T> r = ctx.value(
      [&](const auto& c) { return reciprocal_root(c, mean(c, multiply(c, centered, centered)), epsilon); });
  const Var<T> z = ctx.value([&](const auto& c) { return multiply(c, r, centered); });
  const auto& c = ctx.plain();
  const Var<T>& t = x.tangent;
  const Var<T> along = multiply(c, z, mean(c, multiply(c, z, t)));
  return multiply(c, r, difference(c, difference(c, t, mean(c, t)), along));
}
}  // namespace detail

}  // namespace densenf::ops
