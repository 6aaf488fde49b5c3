#pragma once

#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf::ops {

/// x sigmoid(beta x) / 1.1 with beta = softplus(b), where b is one number, such as a vector of one that is
/// learned: LipSwish of "Residual Flows for Invertible Generative Modeling" (NeurIPS 2019), whose slope is
/// below 1 for every b.
template <class Ctx, class V = typename Ctx::Value>
V lip_swish(const Ctx& ctx, const V& x, const V& b) {
  using T = typename Ctx::Scalar;
  require_batch("LipSwish's learned number", b.value, 1, {1, 1, 1});
  const V y = ctx.output_like(x, x.c());
  lip_swish_forward(ctx.device(), as_const(x.value), as_const(b.value).data, y.value);
  if (x.gradient == nullptr && b.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const db = b.gradient != nullptr ? c.gradient(b).data : nullptr;
    lip_swish_backward(c.device(), as_const(x.value), as_const(b.value).data, dy, dx.tensor, dx.write, db,
                       c.scratch().lend(lip_swish_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// The derivative of lip_swish by x.
template <class Ctx, class V = typename Ctx::Value>
V lip_swish_slope(const Ctx& ctx, const V& x, const V& b) {
  using T = typename Ctx::Scalar;
  require_batch("LipSwish's learned number", b.value, 1, {1, 1, 1});
  const V y = ctx.output_like(x, x.c());
  lip_swish_slope_forward(ctx.device(), as_const(x.value), as_const(b.value).data, y.value);
  if (x.gradient == nullptr && b.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const db = b.gradient != nullptr ? c.gradient(b).data : nullptr;
    lip_swish_slope_backward(
        c.device(), as_const(x.value), as_const(b.value).data, dy, dx.tensor, dx.write, db,
        c.scratch().lend(lip_swish_slope_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

template <class Context, class T>
Dual<T> lip_swish(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& b) {
  detail::require_still("LipSwish's learned number", b);
  return detail::elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return lip_swish(c, v, b.primal()); },
      [&](const auto& c, const Var<T>& v) { return lip_swish_slope(c, v, b.primal()); });
}

/// [f(x), f(-x)] / 1.004 with f = lip_swish: CLipSwish of "Invertible DenseNets with Concatenated LipSwish"
/// (NeurIPS 2021), as a map from vectors to vectors of slope below 1.
template <class Ctx, class V = typename Ctx::Value>
V concat_lip_swish(const Ctx& ctx, const V& x, const V& b) {
  constexpr double scale = 1 / 1.004;
  const V y = ctx.output_like(x, 2 * x.c());
  scale_shift_into(ctx, lip_swish(ctx, x, b), scale, 0, y.channels(0, x.c()));
  scale_shift_into(ctx, lip_swish(ctx, scale_shift(ctx, x, -1, 0), b), scale, 0, y.channels(x.c(), x.c()));
  return y;
}

}  // namespace densenf::ops
