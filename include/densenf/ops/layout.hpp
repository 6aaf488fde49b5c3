#pragma once

#include <initializer_list>

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

/// The channels as cards are dealt to `hands` players, who get equally many: 0, hands, 2 hands, ..., 1, hands
/// + 1,
/// ...
template <class Ctx, class V = typename Ctx::Value>
V deal_channels(const Ctx& ctx, const V& x, Index hands) {
  if (hands < 1 || x.c() % hands != 0)
    throw ArgumentError("{} channels cannot be dealt to {} hands, equally many to each.", x.c(), hands);
  const V y = ctx.output_like(x, x.c());
  deal_channels(ctx.device(), as_const(x.value), hands, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    deal_channels(c.device(), dy, x.c() / hands, dx.tensor, dx.write);
  });
  return y;
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
