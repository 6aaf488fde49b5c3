#pragma once

#include "densenf/ops/map.hpp"

namespace densenf::ops {

/// The Gaussian error linear unit in its approximation by tanh: see kernels::maps::GeluTanh.
template <class Ctx, class V = typename Ctx::Value>
V gelu_tanh(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  gelu_tanh_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    gelu_tanh_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> gelu_tanh(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return gelu_tanh(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::GeluTanhSlope{}); });
}

/// The Gaussian error linear unit as it is defined, x P(N(0, 1) < x).
template <class Ctx, class V = typename Ctx::Value>
V gelu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  gelu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    gelu_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> gelu(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return gelu(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::GeluSlope{}); });
}

}  // namespace densenf::ops
