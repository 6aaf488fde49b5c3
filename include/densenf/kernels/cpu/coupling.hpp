#pragma once

#include <cmath>

#include "densenf/kernels/cpu/pixels.hpp"

// The affine map of couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s / 2).
namespace densenf::kernels {

/// Where a network's raw output holds s and t of channel i.
struct AffineLayout {
  Index scale_first, shift_first, step;
  /// s0 t0 s1 t1 ..., as couplings have it.
  static constexpr AffineLayout interleaved() { return {0, 1, 2}; }
  /// t0 t1 ... s0 s1 ..., as the cross-unit noise has it.
  static constexpr AffineLayout shifts_first(Index channels) { return {channels, 0, 1}; }
};

/// z = t + exp(l) * x; log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      const T* r = raw.pixel(p);
      const T* from = x.pixel(p);
      T* to = z.pixel(p);
      for (Index i = 0; i < x.c; ++i) {
        const T l = T(2) * std::tanh(r[at.scale_first + i * at.step] / T(2));
        to[i] = r[at.shift_first + i * at.step] + std::exp(l) * from[i];
        total += static_cast<double>(l);
      }
    }
    log_prob[n] += total;
  });
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), 8 * x.c, [&](Index p) {
    const T* r = raw.pixel(p);
    const T* from = z.pixel(p);
    T* to = x.pixel(p);
    for (Index i = 0; i < x.c; ++i) {
      const T l = T(2) * std::tanh(r[at.scale_first + i * at.step] / T(2));
      to[i] = (from[i] - r[at.shift_first + i * at.step]) * std::exp(-l);
    }
  });
}

/// dx +=, draw += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), 8 * x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    const T* r = raw.pixel(p);
    const T* from = x.pixel(p);
    const T* d = dz.pixel(p);
    T* dr = draw.pixel(p);
    for (Index i = 0; i < x.c; ++i) {
      const T u = std::tanh(r[at.scale_first + i * at.step] / T(2));
      const T scale = std::exp(T(2) * u);
      dr[at.shift_first + i * at.step] += d[i];
      dr[at.scale_first + i * at.step] += (d[i] * scale * from[i] + g) * (T(1) - u * u);
      if (dx.data != nullptr) dx(p, i) += d[i] * scale;
    }
  });
}

}  // namespace densenf::kernels
