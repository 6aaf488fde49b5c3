#pragma once

#include <cmath>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// The affine map of couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s / 2).
namespace densenf::kernels {

namespace detail {
/// s and t of one channel at one pixel.
template <class T>
struct ScaleAndShift {
  T s, t;
  __device__ ScaleAndShift(const Tensor<const T>& raw, AffineLayout at, Index p, Index c)
      : s(raw(p, at.scale_first + c * at.step)), t(raw(p, at.shift_first + c * at.step)) {}
  __device__ T log_scale() const { return T(2) * std::tanh(T(0.5) * s); }
};
}  // namespace detail

/// z = t + exp(l) * x; log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  sum_each_image(
      cuda, "the affine map", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const detail::ScaleAndShift<T> map(raw, at, p, c);
        const T l = map.log_scale();
        z(p, c) = map.t + std::exp(l) * x(p, c);
        return l;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cuda& cuda, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  for_each_number(cuda, "the affine map's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const detail::ScaleAndShift<T> map(raw, at, p, c);
    x(p, c) = (z(p, c) - map.t) * std::exp(-map.log_scale());
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the affine map's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const detail::ScaleAndShift<T> map(raw, at, p, c);
    const T u = std::tanh(T(0.5) * map.s), d = dz(p, c), through = d * std::exp(T(2) * u);
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    detail::put(write_draw, draw(p, at.scale_first + c * at.step), (through * x(p, c) + g) * (T(1) - u * u));
    detail::put(write_draw, draw(p, at.shift_first + c * at.step), d);
    if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
  });
}

}  // namespace densenf::kernels
