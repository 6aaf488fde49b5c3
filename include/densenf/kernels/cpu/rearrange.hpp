#pragma once

#include "densenf/kernels/clamp_index.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/image_order.hpp"
#include "densenf/kernels/triangle.hpp"
#include "densenf/kernels/write.hpp"

// Other orders of the same numbers, beside those of layout.hpp.
namespace densenf::kernels {

/// y = or += x with its channels in the opposite order.
template <class T>
void reverse_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) { detail::put(write, row(y, p), row(x, p).reverse()); });
}

/// Images of one pixel y (C H W channels, in this order) = or += images x of C x H x W.
template <class T>
void flatten(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    T* const to = y.pixel(p / hw) + p % hw;
    for (Index c = 0; c < x.c; ++c) detail::put(write, to[c * hw], x(p, c));
  });
}

/// Images x of C x H x W = or += images of one pixel y.
template <class T>
void unflatten(const Cpu& cpu, Tensor<const T> y, Tensor<T> x, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T* const from = y.pixel(p / hw) + p % hw;
    for (Index c = 0; c < x.c; ++c) detail::put(write, x(p, c), from[c * hw]);
  });
}

/// Pixel p of each image y = or += pixel p - by of the image x, counted row by row; 0 where there is none.
template <class T>
void shift_pixels(const Cpu& cpu, Tensor<const T> x, Index by, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index from = p % hw - by;
    if (from >= 0 && from < hw)
      put_channels(write, x, p - by, y, p);
    else if (write == Write::assign)
      zero_channels(y, p);
  });
}

/// Pixel place[p] of y = pixel p of x, for a permutation that is kept as numbers.
template <class T>
void scatter_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c,
                 [&](Index p) { row(y, clamp_index(place[p], y.pixels())) = row(x, p); });
}

/// Pixel p of y = or += pixel place[p] of x.
template <class T>
void gather_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_pixel(cpu, y.pixels(), y.c,
                 [&](Index p) { put_channels(write, x, clamp_index(place[p], x.pixels()), y, p); });
}

/// y = or += x with each image's numbers in an order that is kept as numbers; both have the same extents.
template <class T>
void reorder(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y,
             Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) {
      const auto at = of.from(p, c);
      detail::put(write, y(p, c), x(at.pixel, at.channel));
    }
  });
}

/// x = or += y with each image's numbers back in the places that reorder took them from.
template <class T>
void restore_order(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                   Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    for (Index c = 0; c < y.c; ++c) {
      const auto at = of.from(p, c);
      detail::put(write, x(at.pixel, at.channel), y(p, c));
    }
  });
}

/// The weight w ([column][row], as convolutions read it) whose strict triangle has these entries; 0
/// elsewhere.
template <class T>
void triangle_to_weight(const Cpu& cpu, Triangle triangle, const T* entries, Tensor<T> w) {
  for_each_pixel(cpu, w.pixels(), w.c, [&](Index column) {
    for (Index r = 0; r < w.c; ++r)
      w(column, r) = triangle.contains(r, column) ? entries[triangle.place(r, column)] : T(0);
  });
}

/// dentries += adjoint of triangle_to_weight.
template <class T>
void triangle_to_weight_backward(const Cpu& cpu, Triangle triangle, Tensor<const T> dw, T* dentries) {
  for_each_pixel(cpu, dw.pixels(), dw.c, [&](Index column) {
    for (Index r = 0; r < dw.c; ++r) {
      if (triangle.contains(r, column)) dentries[triangle.place(r, column)] += dw(column, r);
    }
  });
}

}  // namespace densenf::kernels
