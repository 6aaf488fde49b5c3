#pragma once

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze and halves of the channels.
namespace densenf::kernels {

namespace detail {
/// Visits every element of a squeezed batch z (4C x H/2 x W/2) with its partner in the batch x it came
/// from (C x H x W): channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j).
template <class Tz, class Tx, class F>
void for_each_squeezed(const Cpu& cpu, const Tensor<Tz>& z, const Tensor<Tx>& x, const F& f) {
  for_each_pixel(cpu, z.pixels(), z.c, [&](Index p) {
    const Index col = p % z.w, line = p / z.w;  // line counts rows over all images; x has twice as many
    Tz* to = z.pixel(p);
    for (Index i = 0; i < 2; ++i) {
      for (Index j = 0; j < 2; ++j) {
        Tx* from = x.pixel((2 * line + i) * x.w + 2 * col + j);
        for (Index c = 0; c < x.c; ++c) f(to[4 * c + 2 * i + j], from[c]);
      }
    }
  });
}
}  // namespace detail

/// z (4C x H/2 x W/2) from x (C x H x W).
template <class T>
void squeeze(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write = Write::assign) {
  detail::for_each_squeezed(cpu, z, x, [write](T& to, const T& from) { detail::put(write, to, from); });
}

/// x (C x H x W) from z (4C x H/2 x W/2).
template <class T>
void unsqueeze(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write = Write::assign) {
  detail::for_each_squeezed(cpu, z, x, [write](const T& from, T& to) { detail::put(write, to, from); });
}

/// y = [x from channel `first` on, x up to channel `first`].
template <class T>
void rotate_channels(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y,
                     Write write = Write::assign) {
  const Index rest = x.c - first;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const auto from = row(x, p);
    auto to = row(y, p);
    detail::put(write, to.head(rest), from.tail(rest));
    detail::put(write, to.tail(first), from.head(first));
  });
}

}  // namespace densenf::kernels
