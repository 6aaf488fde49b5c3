#pragma once

#include "densenf/ops/map.hpp"

namespace densenf::ops {

/// x above 0, exp(x) - 1 below.
template <class Ctx, class V = typename Ctx::Value>
V elu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  elu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    elu_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> elu(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return elu(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::EluSlope{}); });
}

}  // namespace densenf::ops
