#pragma once

#include <cmath>

#include "densenf/kernels/clamp_index.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/max_pool_cell.hpp"
#include "densenf/kernels/write.hpp"

// What surjections are made of: the largest numbers of 2x2 cells and how far the others are below them, and
// pixels in another order.
namespace densenf::kernels {

namespace detail {
/// The pixel at place k of the cell of 2x2 that is pixel p of images that are w pixels wide.
__device__ inline Index pixel_of_cell(Index p, std::uint32_t w, int k) {
  const auto at = static_cast<std::uint32_t>(p), column = at % w, line = at / w;
  const auto place = static_cast<std::uint32_t>(k);
  return static_cast<Index>((2 * line + place / 2) * 2 * w + 2 * column + place % 2);
}
}  // namespace detail

/// z = the largest number of each cell of 2x2 pixels, for each channel; below(p, 3c + j) >= 0 is how far the
/// j-th of the others, row by row, is below it; place(p, c) is the number of the largest one's pixel in the
/// cell. place.data may be null.
template <class T>
void max_pool_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place) {
  const auto w = detail::narrow(z.w);
  for_each_number(cuda, "max pooling", z.pixels(), z.c, [=] __device__(Index p, Index c) {
    T v[4];
    for (int k = 0; k < 4; ++k) v[k] = x(detail::pixel_of_cell(p, w, k), c);
    const int k = detail::place_of_largest(v);
    z(p, c) = v[k];
    for (int j = 0; j < 3; ++j) below(p, 3 * c + j) = v[k] - v[detail::other_place(j, k)];
    if (place.data != nullptr) place(p, c) = static_cast<T>(k);
  });
}

/// dx = or += the adjoint of max_pool_forward.
template <class T>
void max_pool_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                       Tensor<T> dx, Write write) {
  const auto w = detail::narrow(dz.w);
  for_each_number(cuda, "max pooling's adjoint", dz.pixels(), dz.c, [=] __device__(Index p, Index c) {
    T v[4];
    for (int k = 0; k < 4; ++k) v[k] = x(detail::pixel_of_cell(p, w, k), c);
    const int k = detail::place_of_largest(v);
    T sum = dz(p, c);
    for (int j = 0; j < 3; ++j) {
      const T d = dbelow(p, 3 * c + j);
      detail::put(write, dx(detail::pixel_of_cell(p, w, detail::other_place(j, k)), c), -d);
      sum += d;
    }
    detail::put(write, dx(detail::pixel_of_cell(p, w, k), c), sum);
  });
}

/// x from what max_pool_forward makes of it.
template <class T>
void max_pool_inverse(const Cuda& cuda, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                      Tensor<T> x) {
  const auto w = detail::narrow(z.w);
  for_each_number(cuda, "max pooling's inverse", z.pixels(), z.c, [=] __device__(Index p, Index c) {
    const int k = static_cast<int>(clamp_index(place(p, c), 4));
    x(detail::pixel_of_cell(p, w, k), c) = z(p, c);
    for (int j = 0; j < 3; ++j)
      x(detail::pixel_of_cell(p, w, detail::other_place(j, k)), c) = z(p, c) - below(p, 3 * c + j);
  });
}

/// order(i, 0) for the pixels i of each image: the number in its image of the pixel that comes i-th when they
/// are sorted by channel `key` of x, equal ones as they stand, and those that are no number last.
template <class T>
void sort_pixels(const Cuda& cuda, Tensor<const T> x, Index key, Tensor<T> order) {
  // Each pixel counts those that come before it: as many comparisons as pixels squared, all at once.
  const Index per_image = x.h * x.w;
  for_each_index(cuda, "sorting pixels", x.pixels(), [=] __device__(Index p) {
    const Index first = p / per_image * per_image;
    const T mine = x(p, key);
    const bool none = mine != mine;
    Index before = 0;
    for (Index q = first; q < first + per_image; ++q) {
      const T other = x(q, key);
      const bool other_is_none = other != other;
      const bool equal = none ? other_is_none : other == mine;
      if (equal ? q < p : none ? !other_is_none : other < mine) ++before;
    }
    order(first + before, 0) = static_cast<T>(p - first);
  });
}

/// Pixel i of each of y's images = or += pixel order(i, 0) of x's.
template <class T>
void take_pixels(const Cuda& cuda, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                 Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "taking pixels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p, c), x(p / per_image * per_image + clamp_index(order(p, 0), per_image), c));
  });
}

/// Pixel order(i, 0) of each of y's images = or += pixel i of x's, where `order` is a permutation.
template <class T>
void put_pixels(const Cuda& cuda, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "putting pixels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p / per_image * per_image + clamp_index(order(p, 0), per_image), c), x(p, c));
  });
}

}  // namespace densenf::kernels
