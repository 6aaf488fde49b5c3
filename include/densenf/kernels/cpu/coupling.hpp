#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// The affine map of DenseFlow's couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s /
// 2).
namespace densenf::kernels {

/// log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  affine_forward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, z, log_prob);
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  affine_inverse(cpu, AffineMap<Tanh2>{}, Everywhere{}, z, raw, at, x);
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  affine_backward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, dz, dlog_prob, dx, write_dx, draw,
                  write_draw);
}

/// y = a tanh(x) with one number a for all: Real NVP's log-scales.
template <class T>
void log_scale_forward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [factor = *a](auto from, auto to) { to = tanh(from) * factor; }, x, y);
}

template <class T>
Index log_scale_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(x.c);
}

/// dx = or +=, da += adjoint of log_scale_forward.
template <class T>
void log_scale_backward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* da, Scratch scratch) {
  T* const of_channel = scratch.take<T>(x.c);
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return tanh(channels(x, p)) * channels(dy, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) of_channel[first + i] = static_cast<T>(sums[i]);
      });
  for (Index c = 0; c < x.c; ++c) *da += of_channel[c];
  for_each_number(
      cpu, cost_of_exp,
      [write, factor = *a](auto from, auto d, auto to) {
        const auto u = tanh(from);
        detail::put(write, to, (T(1) - u * u) * factor * d);
      },
      x, dy, dx);
}

}  // namespace densenf::kernels
