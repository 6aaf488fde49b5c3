#pragma once

#include <cmath>

#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Splines whose raw numbers lie in a batch beside that of their arguments: those of channel c at c *
// Spline::parameters and behind. Where they are not to map, z = x.
namespace densenf::kernels {

/// z from x; log_prob[n] += sum of log dz/dx.
template <class T, int Bins, class Where>
void spline_forward(const Cuda& cuda, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                    Tensor<const T> raw, Tensor<T> z, double* log_prob) {
  sum_each_image(
      cuda, "the spline", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        if (!where(p)) {
          z(p, c) = x(p, c);
          return T(0);
        }
        T log_slope;
        z(p, c) = spline.forward(raw.pixel(p) + c * RationalQuadratic<Bins>::parameters, x(p, c), log_slope);
        return log_slope;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// x from z.
template <class T, int Bins, class Where>
void spline_inverse(const Cuda& cuda, RationalQuadratic<Bins> spline, Where where, Tensor<const T> z,
                    Tensor<const T> raw, Tensor<T> x) {
  for_each_number(cuda, "the spline's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    x(p, c) =
        where(p) ? spline.inverse(raw.pixel(p) + c * RationalQuadratic<Bins>::parameters, z(p, c)) : z(p, c);
  });
}

/// dx = or +=, draw = or += adjoint of spline_forward. dx.data may be null when x is data.
template <class T, int Bins, class Where>
void spline_backward(const Cuda& cuda, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the spline's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    constexpr Index each = RationalQuadratic<Bins>::parameters;
    T* const dr = draw.pixel(p) + c * each;
    T through = dz(p, c);
    if (where(p)) {
      through = spline.backward(raw.pixel(p) + c * each, x(p, c), dz(p, c),
                                static_cast<T>(dlog_prob[p / per_image]), write_draw, dr);
    } else if (write_draw == Write::assign) {
      for (Index i = 0; i < each; ++i) dr[i] = T(0);
    }
    if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
  });
}

/// dz +=, draw += adjoint of spline_inverse, which made x.
template <class T, int Bins, class Where>
void spline_inverse_backward(const Cuda& cuda, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                             Tensor<const T> raw, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  for_each_number(
      cuda, "the adjoint of a spline's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
        constexpr Index each = RationalQuadratic<Bins>::parameters;
        dz(p, c) += where(p) ? spline.inverse_backward(raw.pixel(p) + c * each, x(p, c), dx(p, c),
                                                       Write::accumulate, draw.pixel(p) + c * each)
                             : dx(p, c);
      });
}

}  // namespace densenf::kernels
