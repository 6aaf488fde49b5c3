#pragma once

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze and halves of the channels.
namespace densenf::kernels {

namespace detail {
/// Visits the channels of a squeezed batch z (4C x H/2 x W/2) with their partners in the batch x that it came
/// from (C x H x W): calls f(z, x, step, count) with pointers to `count` numbers, those of z `step` apart.
template <class Tz, class Tx, class F>
void for_each_squeezed(const Cpu& cpu, const Tensor<Tz>& z, const Tensor<Tx>& x, SqueezeOrder order,
                       const F& f) {
  const Index run = order == SqueezeOrder::plain ? 1 : x.c, step = order == SqueezeOrder::plain ? 4 : 1;
  for_each_pixel(cpu, z.pixels(), z.c, [&](Index p) {
    const Index col = p % z.w, line = p / z.w;  // line counts rows over all images; x has twice as many
    for (Index k = 0; k < 4; ++k) {
      const SqueezedFrom from = squeezed_from(order, k * run, x.c);
      f(z.pixel(p) + k * run, x.pixel((2 * line + from.i) * x.w + 2 * col + from.j), step, x.c);
    }
  });
}

/// to = or += from, with strides.
template <class T>
void put_strided(Write write, T* to, Index to_step, const T* from, Index from_step, Index count) {
  for (Index c = 0; c < count; ++c) put(write, to[c * to_step], from[c * from_step]);
}
}  // namespace detail

/// z (4C x H/2 x W/2) from x (C x H x W).
template <class T>
void squeeze(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write = Write::assign,
             SqueezeOrder order = SqueezeOrder::plain) {
  detail::for_each_squeezed(cpu, z, x, order, [write](T* to, const T* from, Index step, Index count) {
    detail::put_strided(write, to, step, from, 1, count);
  });
}

/// x (C x H x W) from z (4C x H/2 x W/2).
template <class T>
void unsqueeze(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write = Write::assign,
               SqueezeOrder order = SqueezeOrder::plain) {
  detail::for_each_squeezed(cpu, z, x, order, [write](const T* from, T* to, Index step, Index count) {
    detail::put_strided(write, to, 1, from, step, count);
  });
}

namespace detail {
/// Calls f(z, x) with each number of patches z (s s C x H/s x W/s) and the number of the images x (C x H x W)
/// that it is: number (c, i, j) of a patch of s x s pixels, channel, row and column, is channel (c s + i) s +
/// j.
template <class Tz, class Tx, class F>
void for_each_of_patches(const Cpu& cpu, const Tensor<Tz>& z, const Tensor<Tx>& x, Index side, const F& f) {
  for_each_pixel(cpu, z.pixels(), z.c, [&](Index p) {
    const Index col = p % z.w, line = p / z.w;  // line counts rows over all images
    for (Index k = 0; k < z.c; ++k)
      f(z(p, k), x((line * side + k / side % side) * x.w + col * side + k % side, k / (side * side)));
  });
}
}  // namespace detail

/// z (s s C x H/s x W/s) = or += the patches of s x s pixels of x (C x H x W).
template <class T>
void to_patches(const Cpu& cpu, Tensor<const T> x, Index side, Tensor<T> z, Write write = Write::assign) {
  detail::for_each_of_patches(cpu, z, x, side,
                              [write](T& to, const T& from) { detail::put(write, to, from); });
}

/// x (C x H x W) = or += the images of which to_patches makes z.
template <class T>
void from_patches(const Cpu& cpu, Tensor<const T> z, Index side, Tensor<T> x, Write write = Write::assign) {
  detail::for_each_of_patches(cpu, z, x, side,
                              [write](const T& from, T& to) { detail::put(write, to, from); });
}

/// y = [x from channel `first` on, x up to channel `first`].
template <class T>
void rotate_channels(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y,
                     Write write = Write::assign) {
  const Index rest = x.c - first;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    put_numbers<T>(write, rest, x.pixel(p) + first, y.pixel(p));
    put_numbers<T>(write, first, x.pixel(p), y.pixel(p) + rest);
  });
}

/// The channels of y are those of x as cards are dealt to `hands` players: 0, hands, 2 hands, ..., 1, hands +
/// 1, ... With x.c / hands instead of hands it is the way back.
template <class T>
void deal_channels(const Cpu& cpu, Tensor<const T> x, Index hands, Tensor<T> y, Write write = Write::assign) {
  const Index each = x.c / hands;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for (Index hand = 0; hand < hands; ++hand)
      detail::put_strided(write, y.pixel(p) + hand * each, 1, x.pixel(p) + hand, hands, each);
  });
}

}  // namespace densenf::kernels
