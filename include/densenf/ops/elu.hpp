#pragma once

#include "densenf/autodiff/context.hpp"

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

}  // namespace densenf::ops
