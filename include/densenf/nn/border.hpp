#pragma once

#include "densenf/ops/conv.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/weights.hpp"

// 3x3 convolutions that know where the border is, as in Glow: they have one more input channel, the last,
// which is 1 on the padding and 0 inside. Our padding is 0, so that channel is looked at less 1, -1 inside
// and 0 on the padding, and what the 1 would add everywhere, the sum of its weights, is a bias.
namespace densenf::nn {

/// Writes what the last channel holds, `v` being this channel of the image.
template <class Ctx, class V = typename Ctx::Value>
void mark_inside(const Ctx& ctx, const V& v) {
  using T = typename Ctx::Scalar;
  fill_zero(ctx.device(), v.value);
  scale_shift(ctx.device(), as_const(v.value), T(0), T(-1), v.value);
}

template <class Context, class T>
void mark_inside(const Tangents<Context>& ctx, const Dual<T>& v) {
  ctx.compute([&](const auto& c) { mark_inside(c, v.primal()); });
  ops::detail::put_tangent(ctx, Var<T>{}, v);
}

/// x with this channel behind its own.
template <class Ctx, class V = typename Ctx::Value>
V with_border(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c() + 1);
  ops::copy_into(ctx, x, y.channels(0, x.c()));
  mark_inside(ctx, y.channels(x.c(), 1));
  return y;
}

/// The convolution of such an image with a weight (out, in + 1, 3, 3), without a bias of its own.
template <class Ctx, class V = typename Ctx::Value>
ops::Filter<V> border_filter(const Ctx& ctx, const V& weight) {
  return {weight, ops::sum_of_last_input(ctx, weight, 9), 3};
}

}  // namespace densenf::nn
