#pragma once

#include "densenf/autodiff/context.hpp"

// What stands between the convolutions of networks.
namespace densenf::ops {

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

}  // namespace densenf::ops
