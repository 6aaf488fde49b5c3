#pragma once

#include <cmath>
#include <numbers>

#include "densenf/kernels/cpu/pixels.hpp"

// Normal densities with one mean and one log-scale per channel. Null pointers mean 0: the standard normal.
namespace densenf::kernels {

inline const double log_sqrt_two_pi = 0.5 * std::log(2 * std::numbers::pi);

/// log_prob[n] += factor * log N(x; loc, exp(log_scale))
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                     double* log_prob) {
  double constant = log_sqrt_two_pi * static_cast<double>(x.c);
  if (log_scale != nullptr) constant += vector(log_scale, x.c).template cast<double>().sum();
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double squares = 0;
    for (Index p = first; p < last; ++p) {
      if (loc == nullptr) {
        squares += static_cast<double>(row(x, p).square().sum());
      } else {
        squares += static_cast<double>(
            ((row(x, p) - vector(loc, x.c)) * (-vector(log_scale, x.c)).exp()).square().sum());
      }
    }
    log_prob[n] -= factor * (0.5 * squares + constant * static_cast<double>(x.h * x.w));
  });
}

/// dx += adjoint of normal_log_prob by x. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                              double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(factor * dlog_prob[p / per_image]);
    if (loc == nullptr) {
      row(dx, p) -= g * row(x, p);
    } else {
      row(dx, p) -= g * (row(x, p) - vector(loc, x.c)) * (T(-2) * vector(log_scale, x.c)).exp();
    }
  });
}

/// dloc +=, dlog_scale += adjoint of normal_log_prob by its parameters.
template <class T>
void normal_log_prob_backward_parameters(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                         double factor, const double* dlog_prob, T* dloc, T* dlog_scale) {
  const Index per_image = x.h * x.w;
  const auto standardised = [&](Index p, Index first, Index count) {
    return (row(x, p).segment(first, count) - vector(loc + first, count)) *
           (-vector(log_scale + first, count)).exp();
  };
  const auto weight = [&](Index p) { return static_cast<T>(factor * dlog_prob[p / per_image]); };
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, Index first, Index count) { return (standardised(p, first, count) * weight(p)).eval(); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          dloc[first + i] += static_cast<T>(sums[i] * std::exp(-static_cast<double>(log_scale[first + i])));
        }
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, Index first, Index count) {
        return ((standardised(p, first, count).square() - T(1)) * weight(p)).eval();
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) dlog_scale[first + i] += static_cast<T>(sums[i]);
      });
}

/// x = loc + exp(log_scale) * temperature * e
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    row(x, p) = vector(loc, x.c) + vector(log_scale, x.c).exp() * temperature * row(e, p);
  });
}

/// dloc +=, dlog_scale += adjoint of normal_from_noise at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale) {
  sum_over_pixels<T>(
      cpu, e.pixels(), e.c,
      [&](Index p, Index first, Index count) { return row(dx, p).segment(first, count); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) dloc[first + i] += static_cast<T>(sums[i]);
      });
  sum_over_pixels<T>(
      cpu, e.pixels(), e.c,
      [&](Index p, Index first, Index count) {
        return (row(dx, p).segment(first, count) * row(e, p).segment(first, count)).eval();
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          dlog_scale[first + i] +=
              static_cast<T>(sums[i] * std::exp(static_cast<double>(log_scale[first + i])));
        }
      });
}

}  // namespace densenf::kernels
