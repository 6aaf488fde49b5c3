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
  // Row by row: what a tap sees of a row lies in one row.
  for_each_pixel(cpu, y.n * y.h, y.w * y.c, [&](Index line) {
    const Index image = line / y.h, row = line % y.h, c = x.c;
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.source(row, taps.dy[t], x.h);
      const T* const from = x.data + (image * x.h + std::max<Index>(i, 0)) * x.w * x.stride;
      T* to = y.data + line * y.w * y.stride + t * c;
      for (Index column = 0; column < y.w; ++column, to += y.stride) {
        const Index j = i < 0 ? -1 : taps.source(column, taps.dx[t], x.w);
        if (j < 0 && write == Write::accumulate) continue;
        for (Index k = 0; k < c; k += simd::lanes<T>) {
          auto v = j < 0 ? simd::broadcast(T{0}) : simd::load_up_to(from + j * x.stride + k, c - k);
          if (write == Write::accumulate) v = simd::add<T>(v, simd::load_up_to(to + k, c - k));
          simd::store_up_to(to + k, v, c - k);
        }
      }
    }
  });
}

/// x = or += the adjoint of unfold: each of x's pixels is the sum of what y holds for the taps that see it.
template <class T>
void fold(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write = Write::assign) {
  for_each_pixel(cpu, x.n * x.h, taps.count * x.w * x.c, [&](Index line) {
    const Index image = line / x.h, row = line % x.h, c = x.c;
    T* const first = x.data + line * x.w * x.stride;
    if (write == Write::assign) {
      for (Index column = 0; column < x.w; ++column) std::fill_n(first + column * x.stride, c, T(0));
    }
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.seen_from(row, taps.dy[t], y.h);
      if (i < 0) continue;
      const T* const from = y.data + (image * y.h + i) * y.w * y.stride + t * c;
      for (Index column = 0; column < x.w; ++column) {
        const Index j = taps.seen_from(column, taps.dx[t], y.w);
        if (j >= 0) put_numbers(Write::accumulate, c, from + j * y.stride, first + column * x.stride);
      }
    }
  });
}

}  // namespace densenf::kernels
