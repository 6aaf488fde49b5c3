#pragma once

#include <cmath>
#include <numbers>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Normal densities with one mean and one log-scale per channel, where null pointers mean 0: the standard
// normal; or for each number, from raw numbers of a network, of which a layout says where means (its shifts)
// and log-scales are.
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

template <class T>
Index normal_log_prob_backward_parameters_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dloc +=, dlog_scale += adjoint of normal_log_prob by its parameters.
template <class T>
void normal_log_prob_backward_parameters(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                         double factor, const double* dlog_prob, T* dloc, T* dlog_scale,
                                         Scratch) {
  const Index per_image = x.h * x.w;
  const auto standardized = [&](Index p, Index first, auto k) {
    return (row(x, p).segment(first, k) - vector(loc, x.c).segment(first, k)) *
           (-vector(log_scale, x.c).segment(first, k)).exp();
  };
  const auto weight = [&](Index p) { return static_cast<T>(factor * dlog_prob[p / per_image]); };
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& for_loc, const auto& for_scale) {
        for (Index i = 0; i < for_loc.size(); ++i) {
          dloc[first + i] +=
              static_cast<T>(for_loc[i] * std::exp(-static_cast<double>(log_scale[first + i])));
          dlog_scale[first + i] += static_cast<T>(for_scale[i]);
        }
      },
      [&](Index p, Index first, auto k) { return standardized(p, first, k) * weight(p); },
      [&](Index p, Index first, auto k) { return (standardized(p, first, k).square() - T(1)) * weight(p); });
}

/// x = loc + exp(log_scale) * temperature * e
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, Index count) { return vector(log_scale + first, count).exp() * temperature; },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = m + s * from; }, e.pixel(p) + first,
            loc + first, scale.data(), x.pixel(p) + first);
      });
}

template <class T>
Index normal_from_noise_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dloc +=, dlog_scale += adjoint of normal_from_noise at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale, Scratch) {
  sums_over_pixels<T>(
      cpu, e.pixels(), e.c,
      [&](Index first, const auto& sum_dx, const auto& sum_dx_e) {
        for (Index i = 0; i < sum_dx.size(); ++i) {
          dloc[first + i] += static_cast<T>(sum_dx[i]);
          dlog_scale[first + i] +=
              static_cast<T>(sum_dx_e[i] * std::exp(static_cast<double>(log_scale[first + i])));
        }
      },
      [&](Index p, Index first, auto k) { return row(dx, p).segment(first, k); },
      [&](Index p, Index first, auto k) {
        return row(dx, p).segment(first, k) * row(e, p).segment(first, k);
      });
}

/// log_prob[n] += factor * log N(x; mean, exp(log_scale)). raw has 2 x.c channels.
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first_pixel, Index last_pixel) {
    Eigen::Array<double, 1, simd::lanes<T>> total;
    total.setZero();
    const auto add_terms = [&](auto s, auto m, auto from) {  // 0 where a short group is filled up with zeros
      const Lanes<T> e = (from - m) * (-s).exp();
      total += (T(0.5) * e * e + s).template cast<double>();
    };
    for (Index p = first_pixel; p < last_pixel; ++p) {
      detail::for_each_part<true>(raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
        const T* const s = part.s;
        const T* const m = part.t;
        const T* const from = x.pixel(p) + first;
        for_each_packet(count, add_terms, s, m, from);
      });
    }
    log_prob[n] -= factor * (total.sum() + log_sqrt_two_pi * static_cast<double>(x.shape().size()));
  });
}

/// dx +=, draw = or += adjoint of the normal_log_prob with raw numbers. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const T g = static_cast<T>(factor * dlog_prob[p / per_image]);
    detail::for_each_part<true>(raw.pixel(p), at, x.c, [&](auto& part, Index first, Index count) {
      alignas(64) T dx_part[detail::ScalesAndShifts<T>::most];
      const auto adjoint = [&](auto s, auto m, auto from, auto dfrom) {
        const Lanes<T> scale = (-s).exp(), e = (from - m) * scale, dm = g * e * scale;
        dfrom = -dm;
        s = g * (e * e - T(1));
        m = dm;
      };
      for_each_packet(count, adjoint, part.s, part.t, x.pixel(p) + first, dx_part);
      part.put(write, draw.pixel(p), at, first, count);
      if (dx.data != nullptr)
        mutable_vector(dx.pixel(p) + first, count) += vector(static_cast<const T*>(dx_part), count);
    });
  });
}

/// x = mean + exp(log_scale) * temperature * e. raw has 2 x.c channels.
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at, T temperature,
                       Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    detail::for_each_part<true>(raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
      const T* const s = part.s;
      const T* const m = part.t;
      for_each_packet(
          count,
          [&](auto scale, auto mean, auto from, auto to) { to = mean + scale.exp() * temperature * from; }, s,
          m, e.pixel(p) + first, x.pixel(p) + first);
    });
  });
}

/// draw = or += adjoint of the normal_from_noise with raw numbers, at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write) {
  for_each_pixel(cpu, e.pixels(), cost_of_exp * e.c, [&](Index p) {
    detail::for_each_part<true>(raw.pixel(p), at, e.c, [&](auto& part, Index first, Index count) {
      const auto adjoint = [](auto s, auto m, auto from, auto d) {
        const Lanes<T> ds = d * s.exp() * from;
        s = ds;
        m = d;
      };
      for_each_packet(count, adjoint, part.s, part.t, e.pixel(p) + first, dx.pixel(p) + first);
      part.put(write, draw.pixel(p), at, first, count);
    });
  });
}

}  // namespace densenf::kernels
