#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Splines whose raw numbers lie in a batch beside that of their arguments: those of channel c at c *
// Spline::parameters and behind. Where they are not to map, z = x.
namespace densenf::kernels {

namespace detail {
/// exp of a few numbers, by the vector instructions.
struct SplineExponentials {
  template <int count, class T>
  static void of(T* numbers) {
    Eigen::Map<Eigen::Array<T, count, 1>> all(numbers);
    all = all.exp();
  }
};

/// What a spline costs, in additions, for each number.
template <class Spline>
inline constexpr Index cost_of_spline = cost_of_exp*(Spline::bins + 6);

/// Calls f(n, first pixel, last pixel) for every image, several of small ones in one task.
template <class F>
void for_each_image_of_cost(const Cpu& cpu, Index n, Index pixels_per_image, Index cost, const F& f) {
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, pixels_per_image * cost));
  cpu.parallel_ranges(n, grain, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) f(i, i * pixels_per_image, (i + 1) * pixels_per_image);
  });
}
}  // namespace detail

/// z from x; log_prob[n] += sum of log dz/dx.
template <class T, int Bins, class Where>
void spline_forward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                    Tensor<const T> raw, Tensor<T> z, double* log_prob) {
  using Spline = RationalQuadratic<Bins>;
  detail::for_each_image_of_cost(
      cpu, x.n, x.h * x.w, detail::cost_of_spline<Spline> * x.c, [&](Index n, Index first, Index last) {
        double total = 0;
        for (Index p = first; p < last; ++p) {
          if (!where(p)) {
            row(z, p) = row(x, p);
            continue;
          }
          const T* r = raw.pixel(p);
          for (Index c = 0; c < x.c; ++c, r += Spline::parameters) {
            T log_slope;
            z(p, c) = spline.template forward<detail::SplineExponentials>(r, x(p, c), log_slope);
            total += static_cast<double>(log_slope);
          }
        }
        log_prob[n] += total;
      });
}

/// x from z.
template <class T, int Bins, class Where>
void spline_inverse(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> z,
                    Tensor<const T> raw, Tensor<T> x) {
  using Spline = RationalQuadratic<Bins>;
  for_each_pixel(cpu, x.pixels(), detail::cost_of_spline<Spline> * x.c, [&](Index p) {
    if (!where(p)) {
      row(x, p) = row(z, p);
      return;
    }
    const T* r = raw.pixel(p);
    for (Index c = 0; c < x.c; ++c, r += Spline::parameters)
      x(p, c) = spline.template inverse<detail::SplineExponentials>(r, z(p, c));
  });
}

/// dx = or +=, draw = or += adjoint of spline_forward. dx.data may be null when x is data.
template <class T, int Bins, class Where>
void spline_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  using Spline = RationalQuadratic<Bins>;
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), detail::cost_of_spline<Spline> * x.c, [&](Index p) {
    if (!where(p)) {
      if (write_draw == Write::assign) row(draw, p).setZero();
      if (dx.data != nullptr) detail::put(write_dx, row(dx, p), row(dz, p));
      return;
    }
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    const T* r = raw.pixel(p);
    T* dr = draw.pixel(p);
    for (Index c = 0; c < x.c; ++c, r += Spline::parameters, dr += Spline::parameters) {
      const T through =
          spline.template backward<detail::SplineExponentials>(r, x(p, c), dz(p, c), g, T(1), write_draw, dr);
      if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
    }
  });
}

/// dz +=, draw += adjoint of spline_inverse, which made x.
template <class T, int Bins, class Where>
void spline_inverse_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                             Tensor<const T> raw, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  using Spline = RationalQuadratic<Bins>;
  for_each_pixel(cpu, x.pixels(), detail::cost_of_spline<Spline> * x.c, [&](Index p) {
    if (!where(p)) {
      row(dz, p) += row(dx, p);
      return;
    }
    const T* r = raw.pixel(p);
    T* dr = draw.pixel(p);
    for (Index c = 0; c < x.c; ++c, r += Spline::parameters, dr += Spline::parameters)
      dz(p, c) += spline.template inverse_backward<detail::SplineExponentials>(r, x(p, c), dx(p, c),
                                                                               Write::accumulate, dr);
  });
}

}  // namespace densenf::kernels
