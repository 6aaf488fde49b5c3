#pragma once

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Products, and what spreads a number over an image or sums one up. Tensors have the same extents unless said
// otherwise.
namespace densenf::kernels {

/// z = or += x * y
template <class T>
void multiply_numbers(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z,
                      Write write = Write::assign) {
  for_each_number(
      cpu, 1, [write](auto a, auto b, auto product) { detail::put(write, product, a * b); }, x, y, z);
}

/// y = v[c] at every pixel
template <class T>
void spread_channels(const Cpu& cpu, const T* v, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) { put_numbers(Write::assign, y.c, v, y.pixel(p)); });
}

template <class T>
Index sum_channels_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dv[c] += the sum of dy over all pixels
template <class T>
void sum_channels(const Cpu& cpu, Tensor<const T> dy, T* dv, Scratch) {
  sum_over_pixels<T>(
      cpu, dy.pixels(), dy.c, [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) dv[first + i] += static_cast<T>(sums[i]);
      });
}

/// Each pixel of y is the one pixel that its image has in v.
template <class T>
void spread_pixels(const Cpu& cpu, Tensor<const T> v, Tensor<T> y) {
  const Index per_image = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) { put_channels(Write::assign, v, p / per_image, y, p); });
}

/// dv += the sum of dy over the pixels of each image: the adjoint of spread_pixels.
template <class T>
void sum_pixels(const Cpu& cpu, Tensor<const T> dy, Tensor<T> dv) {
  for_each_image(cpu, dy.n, dy.h * dy.w, [&](Index n, Index first, Index last) {
    for (Index c = 0; c < dy.c; ++c) {
      double total = 0;
      for (Index p = first; p < last; ++p) total += static_cast<double>(dy(p, c));
      dv(n, c) += static_cast<T>(total);
    }
  });
}

/// log_prob[n] += factor * the sum of image n
template <class T>
void sum_images(const Cpu& cpu, Tensor<const T> x, double factor, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) total += row(x, p).template cast<double>().sum();
    log_prob[n] += factor * total;
  });
}

/// dx += factor * dlog_prob[n] at every number of image n
template <class T>
void spread_images(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = dx.h * dx.w;
  for_each_pixel(cpu, dx.pixels(), dx.c, [&](Index p) {
    for_each_packet(
        dx.c, [by = static_cast<T>(factor * dlog_prob[p / per_image])](auto to) { to += by; }, dx.pixel(p));
  });
}

}  // namespace densenf::kernels
