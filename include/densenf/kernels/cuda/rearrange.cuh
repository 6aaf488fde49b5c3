#pragma once

#include "densenf/kernels/clamp_index.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/image_order.hpp"
#include "densenf/kernels/triangle.hpp"
#include "densenf/kernels/write.hpp"

// Other orders of the same numbers, beside those of layout.cuh.
namespace densenf::kernels {

/// y = or += x with its channels in the opposite order.
template <class T>
void reverse_channels(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_number(cuda, "reversing channels", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { detail::put(write, y(p, c), x(p, x.c - 1 - c)); });
}

/// Images of one pixel y (C H W channels, in this order) = or += images x of C x H x W.
template <class T>
void flatten(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_number(cuda, "flattening images", y.pixels(), y.c, [=] __device__(Index n, Index i) {
    detail::put(write, y(n, i), x(n * hw + i % hw, i / hw));
  });
}

/// Images x of C x H x W = or += images of one pixel y.
template <class T>
void unflatten(const Cuda& cuda, Tensor<const T> y, Tensor<T> x, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_number(cuda, "unflattening images", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, x(p, c), y(p / hw, c * hw + p % hw));
  });
}

/// Pixel p of each image y = or += pixel p - by of the image x, counted row by row; 0 where there is none.
template <class T>
void shift_pixels(const Cuda& cuda, Tensor<const T> x, Index by, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_number(cuda, "shifting pixels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const Index from = p % hw - by;
    detail::put(write, y(p, c), from >= 0 && from < hw ? x(p - by, c) : T(0));
  });
}

/// Pixel place[p] of y = pixel p of x, for a permutation that is kept as numbers.
template <class T>
void scatter_pixels(const Cuda& cuda, const T* place, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "permuting rows", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(clamp_index(place[p], y.pixels()), c) = x(p, c); });
}

/// Pixel p of y = or += pixel place[p] of x.
template <class T>
void gather_pixels(const Cuda& cuda, const T* place, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_number(cuda, "permuting rows back", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p, c), x(clamp_index(place[p], x.pixels()), c));
  });
}

/// y = or += x with each image's numbers in an order that is kept as numbers; both have the same extents.
template <class T>
void reorder(const Cuda& cuda, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y,
             Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_number(cuda, "reordering images", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const auto at = of.from(p, c);
    detail::put(write, y(p, c), x(at.pixel, at.channel));
  });
}

/// x = or += y with each image's numbers back in the places that reorder took them from.
template <class T>
void restore_order(const Cuda& cuda, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                   Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_number(cuda, "restoring images' order", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const auto at = of.from(p, c);
    detail::put(write, x(at.pixel, at.channel), y(p, c));
  });
}

/// The weight w ([column][row], as convolutions read it) whose strict triangle has these entries; 0
/// elsewhere.
template <class T>
void triangle_to_weight(const Cuda& cuda, Triangle triangle, const T* entries, Tensor<T> w) {
  for_each_number(cuda, "a triangle's weight", w.pixels(), w.c, [=] __device__(Index column, Index r) {
    w(column, r) = triangle.contains(r, column) ? entries[triangle.place(r, column)] : T(0);
  });
}

/// dentries += adjoint of triangle_to_weight.
template <class T>
void triangle_to_weight_backward(const Cuda& cuda, Triangle triangle, Tensor<const T> dw, T* dentries) {
  for_each_number(cuda, "a triangle's gradient", dw.pixels(), dw.c, [=] __device__(Index column, Index r) {
    if (triangle.contains(r, column)) dentries[triangle.place(r, column)] += dw(column, r);
  });
}

}  // namespace densenf::kernels
