#pragma once

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/taps.hpp"
#include "densenf/kernels/write.hpp"

// What a convolution's taps see, side by side in the channels of each output pixel (im2col), and back: a
// convolution of any kernel, stride and place is then a product per pixel.
namespace densenf::kernels {

/// y = or += what the taps see: channel t * x.c + c of an output pixel is channel c of what tap t sees. y's
/// height and width are those of the output.
template <class T>
void unfold(const Cpu& cpu, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write = Write::assign) {
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const Index image = p / (y.h * y.w), row = p / y.w % y.h, column = p % y.w;
    T* to = y.pixel(p);
    for (int t = 0; t < taps.count; ++t, to += x.c) {
      const Index i = taps.source(row, taps.dy[t], x.h), j = taps.source(column, taps.dx[t], x.w);
      if (i >= 0 && j >= 0) {
        const T* const from = x.pixel((image * x.h + i) * x.w + j);
        if (write == Write::assign) {
          for (Index c = 0; c < x.c; ++c) to[c] = from[c];
        } else {
          for (Index c = 0; c < x.c; ++c) to[c] += from[c];
        }
      } else if (write == Write::assign) {
        for (Index c = 0; c < x.c; ++c) to[c] = T(0);
      }
    }
  });
}

/// x = or += the adjoint of unfold: each of x's pixels is the sum of what y holds for the taps that see it.
template <class T>
void fold(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), taps.count * x.c, [&](Index p) {
    const Index image = p / (x.h * x.w), row = p / x.w % x.h, column = p % x.w;
    T* const to = x.pixel(p);
    if (write == Write::assign) {
      for (Index c = 0; c < x.c; ++c) to[c] = T(0);
    }
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.seen_from(row, taps.dy[t], y.h), j = taps.seen_from(column, taps.dx[t], y.w);
      if (i < 0 || j < 0) continue;
      const T* const from = y.pixel((image * y.h + i) * y.w + j) + t * x.c;
      for (Index c = 0; c < x.c; ++c) to[c] += from[c];
    }
  });
}

}  // namespace densenf::kernels
