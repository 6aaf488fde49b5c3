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

template <class Context, class T>
Dual<T> squeeze(const Tangents<Context>& ctx, const Dual<T>& x, SqueezeOrder order = SqueezeOrder::plain) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return squeeze(c, v, order); });
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

template <class Context, class T>
Dual<T> unsqueeze(const Tangents<Context>& ctx, const Dual<T>& z, SqueezeOrder order = SqueezeOrder::plain) {
  return detail::linear(ctx, z, [=](const auto& c, const Var<T>& v) { return unsqueeze(c, v, order); });
}

/// What to_patches makes of an image, likewise.
constexpr Shape patches_of(const Shape& s, Index side) {
  if (s.h % side != 0 || s.w % side != 0)
    shape_mismatch("Patches need a height and a width that their side divides.", s);
  return {side * side * s.c, s.h / side, s.w / side};
}

/// What from_patches makes of an image, likewise.
constexpr Shape of_patches(const Shape& s, Index side) {
  if (s.c % (side * side) != 0)
    shape_mismatch("Patches have as many channels as they have pixels for each channel of an image.", s);
  return {s.c / (side * side), side * s.h, side * s.w};
}

/// (C, H, W) -> (s s C, H/s, W/s) with s = side: channel (c s + i) s + j at (y, x) is channel c at (s y + i,
/// s x + j). For s = 2 it is squeeze.
template <class Ctx, class V = typename Ctx::Value>
V to_patches(const Ctx& ctx, const V& x, Index side) {
  const V z = ctx.output(x.n(), patches_of(x.shape(), side));
  to_patches(ctx.device(), as_const(x.value), side, z.value);
  if (x.gradient == nullptr) return z;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    from_patches(c.device(), dz, side, dx.tensor, dx.write);
  });
  return z;
}

/// The inverse of to_patches.
template <class Ctx, class V = typename Ctx::Value>
V from_patches(const Ctx& ctx, const V& z, Index side) {
  const V x = ctx.output(z.n(), of_patches(z.shape(), side));
  from_patches(ctx.device(), as_const(z.value), side, x.value);
  if (z.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_target(z);
    to_patches(c.device(), dx, side, dz.tensor, dz.write);
  });
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

namespace detail {
/// The even (0) or the odd (1) columns of a batch whose images have an even width.
template <class T>
constexpr Tensor<T> columns(const Tensor<T>& x, Index parity) {
  return {x.data + parity * x.stride, x.n, x.h, x.w / 2, x.c, 2 * x.stride};
}
}  // namespace detail

/// What fold_columns makes of an image; an odd width is an error of the compiler, else ShapeError.
constexpr Shape folded_columns(const Shape& s) {
  if (s.w % 2 != 0) shape_mismatch("Folding columns needs an even width.", s);
  return {2 * s.c, s.h, s.w / 2};
}

/// What unfold_columns makes of an image, likewise.
constexpr Shape unfolded_columns(const Shape& s) {
  if (s.c % 2 != 0) shape_mismatch("Unfolding columns needs an even number of channels.", s);
  return {s.c / 2, s.h, 2 * s.w};
}

/// (C, H, W) -> (2C, H, W/2): the channels of the even columns, then those of the odd ones.
template <class Ctx, class V = typename Ctx::Value>
V fold_columns(const Ctx& ctx, const V& x) {
  const V z = ctx.output(x.n(), folded_columns(x.shape()));
  for (const Index odd : {0, 1})
    copy(ctx.device(), as_const(detail::columns(x.value, odd)), z.value.channels(odd * x.c(), x.c()));
  if (x.gradient == nullptr) return z;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    for (const Index odd : {0, 1})
      copy(c.device(), dz.channels(odd * x.c(), x.c()), detail::columns(dx.tensor, odd), dx.write);
  });
  return z;
}

template <class Context, class T>
Dual<T> fold_columns(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return fold_columns(c, v); });
}

/// (2C, H, W) -> (C, H, 2W), the inverse of fold_columns.
template <class Ctx, class V = typename Ctx::Value>
V unfold_columns(const Ctx& ctx, const V& z) {
  const V x = ctx.output(z.n(), unfolded_columns(z.shape()));
  for (const Index odd : {0, 1})
    copy(ctx.device(), as_const(z.value.channels(odd * x.c(), x.c())), detail::columns(x.value, odd));
  if (z.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_target(z);
    for (const Index odd : {0, 1})
      copy(c.device(), detail::columns(dx, odd), dz.tensor.channels(odd * x.c(), x.c()), dz.write);
  });
  return x;
}

template <class Context, class T>
Dual<T> unfold_columns(const Tangents<Context>& ctx, const Dual<T>& z) {
  return detail::linear(ctx, z, [](const auto& c, const Var<T>& v) { return unfold_columns(c, v); });
}

}  // namespace densenf::ops
