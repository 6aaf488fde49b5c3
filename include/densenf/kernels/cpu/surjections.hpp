#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/kernels/clamp_index.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/max_pool_cell.hpp"
#include "densenf/kernels/write.hpp"

// What surjections are made of: the largest numbers of 2x2 cells and how far the others are below them, and
// pixels in another order.
namespace densenf::kernels {

namespace detail {
/// Calls f(p, c, cell) for each channel of each pixel p of the smaller images, where `cell` are pointers to
/// the four numbers of the larger ones, row by row.
template <class T, class F>
void for_each_cell(const Cpu& cpu, const Tensor<T>& large, Index pixels, Index w, const F& f) {
  for_each_pixel(cpu, pixels, 8 * large.c, [&](Index p) {
    const Index column = p % w, line = p / w;
    T* at[4];
    for (Index k = 0; k < 4; ++k) at[k] = large.pixel((2 * line + k / 2) * large.w + 2 * column + k % 2);
    for (Index c = 0; c < large.c; ++c) {
      T* const cell[4] = {at[0] + c, at[1] + c, at[2] + c, at[3] + c};
      f(p, c, cell);
    }
  });
}
}  // namespace detail

/// z = the largest number of each cell of 2x2 pixels, for each channel; below(p, 3c + j) >= 0 is how far the
/// j-th of the others, row by row, is below it; place(p, c) is the number of the largest one's pixel in the
/// cell. place.data may be null.
template <class T>
void max_pool_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place) {
  detail::for_each_cell(cpu, x, z.pixels(), z.w, [&](Index p, Index c, const T* const* cell) {
    const T v[4] = {*cell[0], *cell[1], *cell[2], *cell[3]};
    const int k = detail::place_of_largest(v);
    z(p, c) = v[k];
    for (int j = 0; j < 3; ++j) below(p, 3 * c + j) = v[k] - v[detail::other_place(j, k)];
    if (place.data != nullptr) place(p, c) = static_cast<T>(k);
  });
}

/// dx = or += the adjoint of max_pool_forward.
template <class T>
void max_pool_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                       Tensor<T> dx, Write write) {
  const Index w = dz.w;
  for_each_pixel(cpu, dz.pixels(), 8 * x.c, [&](Index p) {
    const Index column = p % w, line = p / w;
    Index at[4];
    for (Index k = 0; k < 4; ++k) at[k] = (2 * line + k / 2) * x.w + 2 * column + k % 2;
    for (Index c = 0; c < x.c; ++c) {
      const T v[4] = {x(at[0], c), x(at[1], c), x(at[2], c), x(at[3], c)};
      const int k = detail::place_of_largest(v);
      T sum = dz(p, c);
      for (int j = 0; j < 3; ++j) {
        const T d = dbelow(p, 3 * c + j);
        detail::put(write, dx(at[detail::other_place(j, k)], c), -d);
        sum += d;
      }
      detail::put(write, dx(at[k], c), sum);
    }
  });
}

/// x from what max_pool_forward makes of it.
template <class T>
void max_pool_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                      Tensor<T> x) {
  detail::for_each_cell(cpu, x, z.pixels(), z.w, [&](Index p, Index c, T* const* cell) {
    const int k = static_cast<int>(clamp_index(place(p, c), 4));
    *cell[k] = z(p, c);
    for (int j = 0; j < 3; ++j) *cell[detail::other_place(j, k)] = z(p, c) - below(p, 3 * c + j);
  });
}

/// order(i, 0) for the pixels i of each image: the number in its image of the pixel that comes i-th when they
/// are sorted by channel `key` of x, equal ones as they stand, and those that are no number last.
template <class T>
void sort_pixels(const Cpu& cpu, Tensor<const T> x, Index key, Tensor<T> order) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index, Index first, Index last) {
    T* const begin = order.pixel(first);
    for (Index i = 0; i < last - first; ++i) begin[i] = static_cast<T>(i);
    std::sort(begin, begin + (last - first), [&](T a, T b) {
      const T u = x(first + static_cast<Index>(a), key), v = x(first + static_cast<Index>(b), key);
      if (u < v) return true;
      if (v < u) return false;
      const bool u_is_none = std::isnan(u), v_is_none = std::isnan(v);
      return u_is_none == v_is_none ? a < b : v_is_none;
    });
  });
}

/// Pixel i of each of y's images = or += pixel order(i, 0) of x's.
template <class T>
void take_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                 Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index from = p / per_image * per_image + clamp_index(order(p, 0), per_image);
    put_channels(write, x, from, y, p);
  });
}

/// Pixel order(i, 0) of each of y's images = or += pixel i of x's, where `order` is a permutation: the way
/// back from take_pixels, and its adjoint.
template <class T>
void put_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index to = p / per_image * per_image + clamp_index(order(p, 0), per_image);
    put_channels(write, x, p, y, to);
  });
}

}  // namespace densenf::kernels
