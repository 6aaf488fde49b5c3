#pragma once

#include <initializer_list>

#include "densenf/kernels/channel_order.hpp"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/ops/elementwise.hpp"

// Differentiable rearrangements.
namespace densenf::ops {

/// What squeeze makes of an image. In a constant expression an odd extent is an error of the compiler, else
/// ShapeError.
constexpr Shape squeezed(const Shape& s) {
  if (s.h % 2 != 0 || s.w % 2 != 0) shape_mismatch("Squeeze needs an even height and an even width.", s);
  return {4 * s.c, s.h / 2, s.w / 2};
}

/// What unsqueeze makes of an image, likewise.
constexpr Shape unsqueezed(const Shape& s) {
  if (s.c % 4 != 0) shape_mismatch("Unsqueeze needs a multiple of 4 channels.", s);
  return {s.c / 4, 2 * s.h, 2 * s.w};
}

using kernels::SqueezeOrder;

/// (C, H, W) -> (4C, H/2, W/2): channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j), or in another
/// order of the four numbers that become one pixel's.
template <class Ctx, class V = typename Ctx::Value>
V squeeze(const Ctx& ctx, const V& x, SqueezeOrder order = SqueezeOrder::plain) {
  const V z = ctx.output(x.n(), squeezed(x.shape()));
  squeeze(ctx.device(), as_const(x.value), z.value, kernels::Write::assign, order);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dz = as_const(c.gradient(z));
      const auto dx = c.gradient_target(x);
      unsqueeze(c.device(), dz, dx.tensor, dx.write, order);
    });
  }
  return z;
}

/// (4C, H, W) -> (C, 2H, 2W), the inverse of squeeze.
template <class Ctx, class V = typename Ctx::Value>
V unsqueeze(const Ctx& ctx, const V& z, SqueezeOrder order = SqueezeOrder::plain) {
  const V x = ctx.output(z.n(), unsqueezed(z.shape()));
  unsqueeze(ctx.device(), as_const(z.value), x.value, kernels::Write::assign, order);
  if (z.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dx = as_const(c.gradient(x));
      const auto dz = c.gradient_target(z);
      squeeze(c.device(), dx, dz.tensor, dz.write, order);
    });
  }
  return x;
}

/// [channels from `first` on, channels up to `first`]
template <class Ctx, class V = typename Ctx::Value>
V rotate_channels(const Ctx& ctx, const V& x, Index first) {
  if (first < 0 || first > x.c())
    throw ArgumentError("Channels can be rotated to begin at 0 to {}, not {}.", x.c(), first);
  const V y = ctx.output_like(x, x.c());
  rotate_channels(ctx.device(), as_const(x.value), first, y.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      rotate_channels(c.device(), dy, x.c() - first, dx.tensor, dx.write);
    });
  }
  return y;
}

/// The channels in an order of kernels/channel_order.hpp.
template <class Ctx, class Order, class V = typename Ctx::Value>
V reorder_channels(const Ctx& ctx, const V& x, Order order) {
  const V y = ctx.output_like(x, x.c());
  reorder_channels(ctx.device(), order, as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    reorder_channels(c.device(), order.back(), dy, dx.tensor, dx.write);
  });
  return y;
}

namespace detail {
/// An image without gaps between its pixels as one pixel of all its numbers.
template <class T>
Tensor<T> as_one_pixel(const Tensor<T>& x) {
  const Index numbers = x.h * x.w * x.c;
  return {x.data, x.n, 1, 1, numbers, numbers};
}
}  // namespace detail

/// An image as a vector: its numbers channel by channel, rows within.
template <class Ctx, class V = typename Ctx::Value>
V flatten(const Ctx& ctx, const V& x) {
  const Shape s = x.shape();
  // Memory has them pixel by pixel: a matrix of so many rows, of which this is the transposed one.
  const kernels::DealtOrder order{s.c, s.pixels()};
  V whole = ctx.output_like(x, s.c);
  copy_into(ctx, x, whole);
  const V y = ctx.output(x.n(), {s.size(), 1, 1});
  reorder_channels(ctx.device(), order, detail::as_one_pixel(as_const(whole.value)), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(whole);
    reorder_channels(c.device(), order.back(), dy, detail::as_one_pixel(dx.tensor), dx.write);
  });
  return y;
}

/// The image of shape s of which flatten makes this vector. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V unflatten(const Ctx& ctx, const V& y, Shape s) {
  require_batch("A vector that becomes an image", y.value, y.n(), {s.size(), 1, 1});
  const V x = ctx.output(y.n(), s);
  reorder_channels(ctx.device(), kernels::DealtOrder{s.pixels(), s.c}, as_const(y.value),
                   detail::as_one_pixel(x.value));
  return x;
}

/// The channels of both, a's first.
template <class Ctx, class V = typename Ctx::Value>
V concat(const Ctx& ctx, const V& a, const V& b) {
  const V y = ctx.output_like(a, a.c() + b.c());
  copy_into(ctx, a, y.channels(0, a.c()));
  copy_into(ctx, b, y.channels(a.c(), b.c()));
  return y;
}

}  // namespace densenf::ops
