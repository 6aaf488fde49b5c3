#pragma once

#include <cmath>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Parameters with a number for each channel at each place of an image: v[place * c + channel], the same for
// all images of a batch. Tensors have the same extents.
namespace densenf::kernels {

namespace detail {
/// Calls f(place, n * places + place for each image n) so that each place is one task.
template <class T, class F>
void for_each_place(const Cpu& cpu, Tensor<const T> x, const F& f) {
  for_each_pixel(cpu, x.h * x.w, x.n * x.c, f);
}
}  // namespace detail

/// y = x + v
template <class T>
void add_positions(const Cpu& cpu, Tensor<const T> x, const T* v, Tensor<T> y) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [](auto from, auto of_place, auto to) { to = from + of_place; }, x.pixel(p),
        v + p % places * x.c, y.pixel(p));
  });
}

/// dv += the sum of dy over the images
template <class T>
void sum_positions(const Cpu& cpu, Tensor<const T> dy, T* dv) {
  const Index places = dy.h * dy.w;
  detail::for_each_place(cpu, dy, [&](Index place) {
    for (Index n = 0; n < dy.n; ++n)
      put_numbers(Write::accumulate, dy.c, dy.pixel(n * places + place), dv + place * dy.c);
  });
}

/// z = scale x + shift; log_prob[n] += sum of log |scale|.
template <class T>
void position_affine_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, const T* shift, Tensor<T> z,
                             double* log_prob) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index at = p % places * x.c;
    for_each_packet(
        x.c, [](auto from, auto s, auto t, auto to) { to = from * s + t; }, x.pixel(p), scale + at,
        shift + at, z.pixel(p));
  });
  double term = 0;
  for (Index i = 0; i < places * x.c; ++i) term += std::log(std::abs(static_cast<double>(scale[i])));
  for (Index n = 0; n < x.n; ++n) log_prob[n] += term;
}

/// x = (z - shift) / scale
template <class T>
void position_affine_inverse(const Cpu& cpu, Tensor<const T> z, const T* scale, const T* shift, Tensor<T> x) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index at = p % places * x.c;
    for_each_packet(
        x.c, [](auto from, auto s, auto t, auto to) { to = (from - t) / s; }, z.pixel(p), scale + at,
        shift + at, x.pixel(p));
  });
}

/// dx = or +=, dscale +=, dshift += adjoint of position_affine_forward. dx.data may be null when x is data.
template <class T>
void position_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                              const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift) {
  const Index places = x.h * x.w;
  double all = 0;
  for (Index n = 0; n < x.n; ++n) all += dlog_prob[n];
  detail::for_each_place(cpu, x, [&](Index place) {
    const Index at = place * x.c;
    const T* const of_scale = scale + at;
    T *const ds = dscale + at, *const dt = dshift + at;
    for_each_packet(
        x.c, [all = static_cast<T>(all)](auto by, auto to) { to += all / by; }, of_scale, ds);
    for (Index n = 0; n < x.n; ++n) {
      const Index p = n * places + place;
      if (dx.data != nullptr) {
        for_each_packet(
            x.c, [write](auto d, auto by, auto to) { detail::put(write, to, d * by); }, dz.pixel(p), of_scale,
            dx.pixel(p));
      }
      for_each_packet(
          x.c,
          [](auto d, auto from, auto to_scale, auto to_shift) {
            to_scale += d * from;
            to_shift += d;
          },
          dz.pixel(p), x.pixel(p), ds, dt);
    }
  });
}

/// The data-dependent start of the affine map, unless the flag says that it has been: scale = 1 /
/// sqrt(variance
/// + 1e-8) and shift = -mean scale, over the images; sets the flag.
template <class T>
void position_affine_start(const Cpu& cpu, Tensor<const T> x, T* scale, T* shift, T* started) {
  if (*started != T(0)) return;
  const Index places = x.h * x.w;
  for_each_pixel(cpu, places, x.n * x.c, [&](Index place) {
    for (Index c = 0; c < x.c; ++c) {
      double mean = 0, variance = 0;
      for (Index n = 0; n < x.n; ++n) mean += static_cast<double>(x(n * places + place, c));
      mean /= static_cast<double>(x.n);
      for (Index n = 0; n < x.n; ++n) {
        const double deviation = static_cast<double>(x(n * places + place, c)) - mean;
        variance += deviation * deviation;
      }
      const double by = 1 / std::sqrt(variance / static_cast<double>(x.n) + 1e-8);
      scale[place * x.c + c] = static_cast<T>(by);
      shift[place * x.c + c] = static_cast<T>(-mean * by);
    }
  });
  *started = T(1);
}

}  // namespace densenf::kernels
