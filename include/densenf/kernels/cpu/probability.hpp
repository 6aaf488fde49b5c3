#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixel_runs.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/where.hpp"
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
  for (Index c = 0; log_scale != nullptr && c < x.c; ++c) constant += static_cast<double>(log_scale[c]);
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
      for_each_packet(
          x.c, [g](auto from, auto to) { to -= g * from; }, x.pixel(p), dx.pixel(p));
    } else {
      for_each_packet(
          x.c, [g](auto from, auto m, auto l, auto to) { to -= g * (from - m) * exp(T(-2) * l); }, x.pixel(p),
          loc, log_scale, dx.pixel(p));
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
  const auto standardized = [&](Index p, const auto& channels) {
    return (channels(x, p) - channels(loc)) * exp(-channels(log_scale));
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
      [&](Index p, const auto& channels) { return standardized(p, channels) * weight(p); },
      [&](Index p, const auto& channels) { return (squared(standardized(p, channels)) - T(1)) * weight(p); });
}

/// x = loc + exp(log_scale) * temperature * e
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)) * temperature; },
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
      [&](Index p, const auto& channels) { return channels(dx, p); },
      [&](Index p, const auto& channels) { return channels(dx, p) * channels(e, p); });
}

/// log_prob[n] += factor * log N(x; mean, exp(log_scale)). raw has 2 x.c channels.
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob) {
  if (x.size() == 0) return;
  using Pack = simd::Pack<T>;
  const Index per_image = x.h * x.w;
  const double constant = log_sqrt_two_pi * static_cast<double>(x.c * per_image);
  const Index images = std::max<Index>(1, task_size / (cost_of_exp * x.c * per_image));
  cpu.parallel_ranges(x.n, images, [&](Index first_image, Index last_image) {
    for (Index n = first_image; n < last_image; ++n) log_prob[n] -= factor * constant;
    detail::RunOfRaw<T, true> part{at};
    detail::RunNumbers<T> x_numbers, terms;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = x_numbers.read(x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto log_scale = Pack::load(s + i);
        const auto e = (Pack::load(from + i) - Pack::load(m + i)) * exp(-log_scale);
        (T(0.5) * e * e + log_scale).store(terms.room() + i);
      }
      detail::for_each_image_of(run, per_image, [&](Index n, Index first, Index count) {
        log_prob[n] -= factor * detail::sum_of_numbers(terms.room() + first, count);
      });
    };
    detail::for_each_run<T>(Everywhere(), per_image, first_image * per_image, last_image * per_image, x.c,
                            on_run, [](Index) {});
  });
}

/// dx +=, draw = or += adjoint of the normal_log_prob with raw numbers. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at}, dpart{at};
    detail::RunNumbers<T> x_numbers, dx_numbers, factors;
    const Index per_image = x.h * x.w;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = x_numbers.read(x, run);
      T *const to_s = dpart.prepare_s(write, draw, run), *const to_m = dpart.prepare_t(write, draw, run);
      detail::for_each_image_of(run, per_image, [&](Index n, Index begin, Index count) {
        std::fill_n(factors.room() + begin, count, static_cast<T>(factor * dlog_prob[n]));
      });
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto g = Pack::load(factors.room() + i), scale = exp(-Pack::load(s + i));
        const auto e = (Pack::load(from + i) - Pack::load(m + i)) * scale, dm = g * e * scale;
        (-dm).store(dx_numbers.room() + i);
        (g * (e * e - T(1))).store(to_s + i);
        dm.store(to_m + i);
      }
      dpart.write(write, draw, run);
      if (dx.data != nullptr) dx_numbers.write(Write::accumulate, dx, run);
    };
    detail::for_each_run<T>(Everywhere(), per_image, first, last, x.c, on_run, [](Index) {});
  });
}

/// x = mean + exp(log_scale) * temperature * e. raw has 2 x.c channels.
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at, T temperature,
                       Tensor<T> x) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at};
    detail::RunNumbers<T> e_numbers, x_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = e_numbers.read(e, run);
      T* const to = x_numbers.prepare(Write::assign, x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        (Pack::load(m + i) + exp(Pack::load(s + i)) * temperature * Pack::load(from + i)).store(to + i);
      }
      x_numbers.write(Write::assign, x, run);
    };
    detail::for_each_run<T>(Everywhere(), x.h * x.w, first, last, x.c, on_run, [](Index) {});
  });
}

/// draw = or += adjoint of the normal_from_noise with raw numbers, at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, e, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at}, dpart{at};
    detail::RunNumbers<T> e_numbers, dx_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const from = e_numbers.read(e, run),
                     *const d = dx_numbers.read(dx, run);
      T *const to_s = dpart.prepare_s(write, draw, run), *const to_m = dpart.prepare_t(write, draw, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto by_x = Pack::load(d + i);
        (by_x * exp(Pack::load(s + i)) * Pack::load(from + i)).store(to_s + i);
        by_x.store(to_m + i);
      }
      dpart.write(write, draw, run);
    };
    detail::for_each_run<T>(Everywhere(), e.h * e.w, first, last, e.c, on_run, [](Index) {});
  });
}

}  // namespace densenf::kernels
