#pragma once

#include <cmath>
#include <numbers>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Normal densities with one mean and one log-scale per channel, where null pointers mean 0: the standard
// normal; or for each number, from raw numbers of a network, of which a layout says where means (its shifts)
// and log-scales are.
namespace densenf::kernels {

namespace detail {
/// (x - loc) / scale of one channel.
template <class T>
struct Standardize {
  const T* loc;
  const T* log_scale;
  __device__ T operator()(T x, Index c) const {
    return loc == nullptr ? x : (x - loc[c]) * std::exp(-log_scale[c]);
  }
};
}  // namespace detail

/// log_prob[n] += factor * log N(x; loc, exp(log_scale))
template <class T>
void normal_log_prob(const Cuda& cuda, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                     double* log_prob) {
  const detail::Standardize<T> standardize{loc, log_scale};
  sum_each_image(
      cuda, "the normal density", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> double {
        constexpr double half_log_two_pi = 0.91893853320467274178;
        const auto e = static_cast<double>(standardize(x(p, c), c));
        const double log_scale_c = log_scale == nullptr ? 0.0 : static_cast<double>(log_scale[c]);
        return 0.5 * e * e + log_scale_c + half_log_two_pi;
      },
      [=] __device__(Index n, double sum) { log_prob[n] -= factor * sum; });
}

/// dx += adjoint of normal_log_prob by x.
template <class T>
void normal_log_prob_backward(const Cuda& cuda, Tensor<const T> x, const T* loc, const T* log_scale,
                              double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  const detail::Standardize<T> standardize{loc, log_scale};
  for_each_number(cuda, "the normal density's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T g = static_cast<T>(factor * dlog_prob[p / per_image]);
    const T slope = log_scale == nullptr ? T(1) : std::exp(-log_scale[c]);
    dx(p, c) -= g * standardize(x(p, c), c) * slope;
  });
}

template <class T>
Index normal_log_prob_backward_parameters_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<2>(cuda, x.pixels(), x.c);
}

/// dloc +=, dlog_scale += adjoint of normal_log_prob by its parameters.
template <class T>
void normal_log_prob_backward_parameters(const Cuda& cuda, Tensor<const T> x, const T* loc,
                                         const T* log_scale, double factor, const double* dlog_prob, T* dloc,
                                         T* dlog_scale, Scratch scratch) {
  const Index per_image = x.h * x.w;
  const detail::Standardize<T> standardize{loc, log_scale};
  sum_over_pixels<2>(
      cuda, "the normal density's parameters", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 2> {
        const T g = static_cast<T>(factor * dlog_prob[p / per_image]), e = standardize(x(p, c), c);
        return {e * g, (e * e - T(1)) * g};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        dloc[c] += static_cast<T>(sums[0] * std::exp(-static_cast<double>(log_scale[c])));
        dlog_scale[c] += static_cast<T>(sums[1]);
      },
      scratch);
}

/// x = loc + exp(log_scale) * temperature * e
template <class T>
void normal_from_noise(const Cuda& cuda, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  for_each_number(cuda, "the normal draws", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    x(p, c) = loc[c] + std::exp(log_scale[c]) * temperature * e(p, c);
  });
}

template <class T>
Index normal_from_noise_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> e) {
  return sum_over_pixels_scratch_bytes<2>(cuda, e.pixels(), e.c);
}

/// dloc +=, dlog_scale += adjoint of normal_from_noise at temperature 1.
template <class T>
void normal_from_noise_backward(const Cuda& cuda, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale, Scratch scratch) {
  sum_over_pixels<2>(
      cuda, "the normal draws' parameters", e.pixels(), e.c,
      [=] __device__(Index p, Index c) -> std::array<T, 2> {
        return {dx(p, c), dx(p, c) * e(p, c)};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        dloc[c] += static_cast<T>(sums[0]);
        dlog_scale[c] += static_cast<T>(sums[1] * std::exp(static_cast<double>(log_scale[c])));
      },
      scratch);
}

/// log_prob[n] += factor * log N(x; mean, exp(log_scale)). raw has 2 x.c channels.
template <class T>
void normal_log_prob(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob) {
  sum_each_image(
      cuda, "the normal density", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> double {
        constexpr double half_log_two_pi = 0.91893853320467274178;
        const T s = raw(p, at.scale_first + c * at.step), m = raw(p, at.shift_first + c * at.step);
        const auto e = static_cast<double>((x(p, c) - m) * std::exp(-s));
        return 0.5 * e * e + static_cast<double>(s) + half_log_two_pi;
      },
      [=] __device__(Index n, double sum) { log_prob[n] -= factor * sum; });
}

/// dx +=, draw = or += adjoint of the normal_log_prob with raw numbers. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the normal density's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T g = static_cast<T>(factor * dlog_prob[p / per_image]);
    const Index scale_at = at.scale_first + c * at.step, mean_at = at.shift_first + c * at.step;
    const T scale = std::exp(-raw(p, scale_at)), e = (x(p, c) - raw(p, mean_at)) * scale;
    detail::put(write, draw(p, scale_at), g * (e * e - T(1)));
    detail::put(write, draw(p, mean_at), g * e * scale);
    if (dx.data != nullptr) dx(p, c) -= g * e * scale;
  });
}

/// x = mean + exp(log_scale) * temperature * e. raw has 2 x.c channels.
template <class T>
void normal_from_noise(const Cuda& cuda, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                       T temperature, Tensor<T> x) {
  for_each_number(cuda, "the normal draws", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    x(p, c) = raw(p, at.shift_first + c * at.step) +
              std::exp(raw(p, at.scale_first + c * at.step)) * temperature * e(p, c);
  });
}

/// draw = or += adjoint of the normal_from_noise with raw numbers, at temperature 1.
template <class T>
void normal_from_noise_backward(const Cuda& cuda, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write) {
  for_each_number(cuda, "the normal draws' adjoint", e.pixels(), e.c, [=] __device__(Index p, Index c) {
    const Index scale_at = at.scale_first + c * at.step, mean_at = at.shift_first + c * at.step;
    const T ds = dx(p, c) * std::exp(raw(p, scale_at)) * e(p, c);
    detail::put(write, draw(p, scale_at), ds);
    detail::put(write, draw(p, mean_at), dx(p, c));
  });
}

}  // namespace densenf::kernels
