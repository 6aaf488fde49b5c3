#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/sizes.hpp"

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

/// x / keep where numbers u, uniform in (0, 1), are below `keep`, 0 elsewhere; u has the extents of x.
template <class Ctx, class V = typename Ctx::Value>
V dropout(const Ctx& ctx, const V& x, const V& u, double keep) {
  using T = typename Ctx::Scalar;
  if (!(keep > 0 && keep <= 1))
    throw ArgumentError("Dropout keeps a share of the numbers above 0 and up to 1, not {}.", keep);
  require_batch("The draws of a dropout", u.value, x.n(), x.shape());
  const V y = ctx.output_like(x, x.c());
  dropout(ctx.device(), as_const(x.value), as_const(u.value), static_cast<T>(keep), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    dropout(c.device(), dy, as_const(u.value), static_cast<T>(keep), dx.tensor, dx.write);
  });
  return y;
}

}  // namespace densenf::ops
