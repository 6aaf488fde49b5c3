#pragma once

#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze, halves of the channels, and the N,C,H,W order of the outside world.
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

/// y from memory of any arithmetic type in which number i (in C, H, W order) of image n is at
/// x[n * image_stride + i * value_stride].
template <class U, class T>
void from_strided(const Cpu& cpu, const U* x, Index image_stride, Index value_stride, Tensor<T> y) {
  const Index hw = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const U* from = x + p / hw * image_stride + p % hw * value_stride;
    T* to = y.pixel(p);
    for (Index c = 0; c < y.c; ++c) to[c] = static_cast<T>(from[c * hw * value_stride]);
  });
}

/// y from contiguous N,C,H,W memory of any arithmetic type.
template <class U, class T>
void from_nchw(const Cpu& cpu, const U* x, Tensor<T> y) {
  from_strided(cpu, x, y.c * y.h * y.w, 1, y);
}

/// Contiguous N,C,H,W memory of any arithmetic type from x.
template <class T, class U>
void to_nchw(const Cpu& cpu, Tensor<const T> x, U* y) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    U* to = y + (p / hw) * x.c * hw + p % hw;
    const T* from = x.pixel(p);
    for (Index c = 0; c < x.c; ++c) to[c * hw] = static_cast<U>(from[c]);
  });
}

}  // namespace densenf::kernels
