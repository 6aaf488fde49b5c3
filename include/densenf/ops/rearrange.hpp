#pragma once

#include "densenf/kernels/image_order.hpp"
#include "densenf/kernels/triangle.hpp"
#include "densenf/ops/elementwise.hpp"

// Differentiable rearrangements beside those of layout.hpp.
namespace densenf::ops {

/// x with its channels in the opposite order.
template <class Ctx, class V = typename Ctx::Value>
V reverse_channels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  reverse_channels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    reverse_channels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

/// Images of C x H x W as images of one pixel with their C H W numbers, in this order.
template <class Ctx, class V = typename Ctx::Value>
V flatten(const Ctx& ctx, const V& x) {
  const V y = ctx.output(x.n(), {x.shape().size(), 1, 1});
  flatten(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    unflatten(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

/// The images of shape `s` of which flatten makes y.
template <class Ctx, class V = typename Ctx::Value>
V unflatten(const Ctx& ctx, const V& y, const Shape& s) {
  require_batch("What becomes images again", y.value, y.n(), {s.size(), 1, 1});
  const V x = ctx.output(y.n(), s);
  unflatten(ctx.device(), as_const(y.value), x.value);
  if (y.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dy = c.gradient_target(y);
    flatten(c.device(), dx, dy.tensor, dy.write);
  });
  return x;
}

using kernels::OrderOf;

namespace detail {
/// That an order lists what images have, and halves where it is of pixels.
inline void require_order(OrderOf parts, Param order, const Shape& s) {
  const bool of_pixels = parts == OrderOf::pixels;
  if (order.size != (of_pixels ? s.pixels() : s.c) || (of_pixels && (s.pixels() % 2 != 0 || s.c % 2 != 0)))
    throw ShapeError("An order of {} {} does not fit images of {} (channels x height x width).", order.size,
                     of_pixels ? "pixels" : "channels", to_string(s));
}
}  // namespace detail

/// x with each image's channels, or the halves of its pixels, in an order that is a part of the state
/// (kernels/image_order.hpp).
template <class Ctx, class V = typename Ctx::Value>
V reorder(const Ctx& ctx, OrderOf parts, Param order, const V& x) {
  detail::require_order(parts, order, x.shape());
  const V y = ctx.output_like(x, x.c());
  reorder(ctx.device(), parts, ctx.state(order), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    restore_order(c.device(), parts, c.state(order), dy, dx.tensor, dx.write);
  });
  return y;
}

/// The images of which reorder makes y.
template <class Ctx, class V = typename Ctx::Value>
V restore_order(const Ctx& ctx, OrderOf parts, Param order, const V& y) {
  detail::require_order(parts, order, y.shape());
  const V x = ctx.output_like(y, y.c());
  restore_order(ctx.device(), parts, ctx.state(order), as_const(y.value), x.value);
  if (y.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dy = c.gradient_target(y);
    reorder(c.device(), parts, c.state(order), dx, dy.tensor, dy.write);
  });
  return x;
}

/// Images of which pixel p, counted row by row, is pixel p - by of x; 0 where there is none.
template <class Ctx, class V = typename Ctx::Value>
V shift_pixels(const Ctx& ctx, const V& x, Index by) {
  const V y = ctx.output_like(x, x.c());
  shift_pixels(ctx.device(), as_const(x.value), by, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    shift_pixels(c.device(), dy, -by, dx.tensor, dx.write);
  });
  return y;
}

/// A weight (1x1) that does after a permutation of its inputs, y[i] = x[permutation[i]], what `weight` does.
/// The permutation is a part of the state.
template <class Ctx, class V = typename Ctx::Value>
V permute_inputs(const Ctx& ctx, const V& weight, Param permutation) {
  require_weights(ctx, weight, 1, permutation.size, weight.c());
  const V y = ctx.output(1, weight.shape());
  scatter_pixels(ctx.device(), ctx.state(permutation), as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dweight = c.gradient_target(weight);
    gather_pixels(c.device(), c.state(permutation), dy, dweight.tensor, dweight.write);
  });
  return y;
}

/// The weight (c x c, 1x1) of which a strict triangle is given row by row in a vector of c (c - 1) / 2
/// numbers, none if c is 1; 0 elsewhere.
template <class Ctx, class V = typename Ctx::Value>
V triangle_weight(const Ctx& ctx, const V& entries, kernels::Triangle triangle) {
  const Index count = triangle.c * (triangle.c - 1) / 2;
  if (count > 0) require_batch("The entries of a triangle", entries.value, 1, {count, 1, 1});
  const V w = ctx.output(1, {triangle.c, triangle.c, 1});
  triangle_to_weight(ctx.device(), triangle, as_const(entries.value).data, w.value);
  if (entries.gradient == nullptr) return w;
  ctx.record([=](auto& c) {
    const auto dw = as_const(c.gradient(w));
    triangle_to_weight_backward(c.device(), triangle, dw, c.gradient(entries).data);
  });
  return w;
}

}  // namespace densenf::ops
