#pragma once

#include "densenf/ops/layout.hpp"
#include "densenf/ops/map.hpp"

// What stands between the convolutions of networks.
namespace densenf::ops {

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

template <class Context, class T>
void gate_into(const Tangents<Context>& ctx, const Dual<T>& abg, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { gate_into(c, abg.primal(), y.primal()); });
  if (!abg.moves()) return detail::put_tangent(ctx, abg.tangent, y);
  const Index k = y.c();
  const Dual<T> b = abg.channels(k, k), g = abg.channels(2 * k, k);
  const Var<T> open = ctx.value([&](const auto& c) { return sigmoid(c, g.primal()); });
  const Var<T> slope = ctx.value([&](const auto& c) {
    return multiply(c, b.primal(), map(c, g.primal(), kernels::maps::SigmoidSlope{}));
  });
  const auto& c = ctx.plain();
  const Var<T> through = add(c, multiply(c, open, b.tangent), multiply(c, slope, g.tangent));
  copy_into(c, add(c, abg.tangent.channels(0, k), through), y.tangent);
}

/// [elu(x), elu(-x)]: the channels of both, with elu(v) = v where v > 0, else exp(v) - 1.
template <class Ctx, class V = typename Ctx::Value>
V concat_elu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, 2 * x.c());
  concat_elu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    concat_elu_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> concat_elu(const Tangents<Context>& ctx, const Dual<T>& x) {
  const Var<T> y = ctx.value([&](const auto& c) { return concat_elu(c, x.primal()); });
  if (!x.moves()) return {y, {}};
  const Var<T> slope = ctx.value([&](const auto& c) {
    const Var<T> negative = scale_shift(c, x.primal(), -1, 0);
    return concat(c, map(c, x.primal(), kernels::maps::EluSlope{}),
                  scale_shift(c, map(c, negative, kernels::maps::EluSlope{}), -1, 0));
  });
  return {y, multiply(ctx.plain(), slope, concat(ctx.plain(), x.tangent, x.tangent))};
}

}  // namespace densenf::ops
