#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Weights whose operator norm is bounded, and the fixed-point iteration that inverts what is made of them.
namespace densenf::kernels {

namespace detail {
/// The sum of x y over all numbers: channel by channel, so that threads do not change it. `sums` has a number
/// for each channel.
template <class T>
double sum_of_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, double* sums) {
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(x, p) * channels(y, p); },
      [&](Index first, const auto& of_channels) {
        for (Index i = 0; i < of_channels.size(); ++i) sums[first + i] = of_channels[i];
      });
  double total = 0;
  for (Index c = 0; c < x.c; ++c) total += sums[c];
  return total;
}
}  // namespace detail

template <class T>
Index bound_weight_forward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u) {
  return Scratch::bytes_for<double>(std::max(w.c, u.c));
}

/// bounded = scale w with scale = 1 / (max(1, sigma / ceiling) + epsilon), where sigma, the sum of u wv, is
/// the norm of w that its singular vectors u and v see: wv is what w makes of v. facts[0] = scale, facts[1] =
/// its derivative by sigma.
template <class T>
void bound_weight_forward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                          double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch) {
  const double sigma = detail::sum_of_products(cpu, u, wv, scratch.take<double>(std::max(w.c, u.c)));
  const double scale = 1 / (std::max(1.0, sigma / ceiling) + epsilon);
  facts[0] = static_cast<T>(scale);
  facts[1] = static_cast<T>(sigma > ceiling ? -scale * scale / ceiling : 0);
  for_each_number(
      cpu, 1, [s = facts[0]](auto from, auto to) { to = s * from; }, w, bounded);
}

template <class T>
Index bound_weight_backward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u) {
  return Scratch::bytes_for<double>(std::max(w.c, u.c));
}

/// dw = or +=, dwv = or += adjoint of bound_weight_forward.
template <class T>
void bound_weight_backward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, const T* facts,
                           Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv, Write write_wv,
                           Scratch scratch) {
  const double along = detail::sum_of_products(cpu, w, dbounded, scratch.take<double>(std::max(w.c, u.c)));
  for_each_number(
      cpu, 1, [write, s = facts[0]](auto d, auto to) { detail::put(write, to, s * d); }, dbounded, dw);
  const T dsigma = static_cast<T>(along * static_cast<double>(facts[1]));
  for_each_number(
      cpu, 1, [write_wv, dsigma](auto from, auto to) { detail::put(write_wv, to, dsigma * from); }, u, dwv);
}

/// y with sum x y = |x|, the l_`order` norm of all numbers of x, and a norm of 1 itself, that of the dual
/// order order / (order - 1): sign(x) |x|^(order - 1) over |x|^(order - 1). For an infinite order y is the
/// sign of the first of the largest numbers, in its place. 0 for x = 0. y may be x.
template <class T>
void norming_vector(const Cpu&, Tensor<const T> x, double order, Tensor<T> y) {
  double largest = 0;
  Index at_pixel = 0, at_channel = 0;
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) {
      const double size = std::abs(static_cast<double>(x(p, c)));
      if (size > largest) largest = size, at_pixel = p, at_channel = c;
    }
  }
  const auto sign = [](T number) { return number > 0 ? 1.0 : -1.0; };
  if (largest == 0 || std::isinf(order)) {
    const double one = largest == 0 ? 0 : sign(x(at_pixel, at_channel));
    for (Index p = 0; p < y.pixels(); ++p) zero_channels(y, p);
    if (largest > 0) y(at_pixel, at_channel) = static_cast<T>(one);
    return;
  }
  // Of numbers over the largest, so that no power goes beyond what a double holds.
  double sum = 0;
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) sum += std::pow(std::abs(static_cast<double>(x(p, c))) / largest, order);
  }
  const double scale = std::pow(sum, -(order - 1) / order);
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) {
      const double size = std::abs(static_cast<double>(x(p, c))) / largest;
      y(p, c) = static_cast<T>(size == 0 ? 0 : sign(x(p, c)) * std::pow(size, order - 1) * scale);
    }
  }
}

/// y = s[0] x
template <class T>
void scale_by_number_forward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<T> y) {
  for_each_number(
      cpu, 1, [scale = *s](auto from, auto to) { to = scale * from; }, x, y);
}

template <class T>
Index scale_by_number_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, ds[0] += adjoint of scale_by_number_forward. dx.data and ds may be null.
template <class T>
void scale_by_number_backward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* ds, Scratch scratch) {
  if (ds != nullptr) *ds += static_cast<T>(detail::sum_of_products(cpu, x, dy, scratch.take<double>(x.c)));
  if (dx.data == nullptr) return;
  for_each_number(
      cpu, 1, [write, scale = *s](auto d, auto to) { detail::put(write, to, scale * d); }, dy, dx);
}

/// A step of the fixed-point iteration for x + g(x) = z: x = z - g for the images that are not done, and
/// moved[n] = the sum of squares of what x changes by. Image n is done when moved[n] <= tolerance (1 +
/// squares[n]); it then stays as it is.
template <class T>
void fixed_point_step(const Cpu& cpu, Tensor<const T> z, Tensor<const T> g, double tolerance,
                      const double* squares, Tensor<T> x, double* moved) {
  for_each_image(cpu, z.n, z.h * z.w, [&](Index n, Index first, Index last) {
    if (moved[n] <= tolerance * (1 + squares[n])) return;
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < z.c; ++c) {
        const T next = z(p, c) - g(p, c);
        const double step = static_cast<double>(next) - static_cast<double>(x(p, c));
        total += step * step;
        x(p, c) = next;
      }
    }
    moved[n] = total;
  });
}

}  // namespace densenf::kernels
