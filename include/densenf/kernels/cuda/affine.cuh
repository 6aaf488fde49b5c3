#pragma once

#include <array>
#include <cmath>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// The affine maps of couplings and of the cross-unit noise, see affine_maps.hpp; where they are not to map, z
// = x.
namespace densenf::kernels {

namespace detail {
/// s and t of one channel at one pixel. Without scales s is 0.
template <class Map, class T>
struct ScaleAndShift {
  T s = T(0), t;
  __device__ ScaleAndShift(const Tensor<const T>& raw, AffineLayout at, Index p, Index c)
      : t(raw(p, at.shift_first + c * at.step)) {
    if constexpr (Map::scales) s = raw(p, at.scale_first + c * at.step);
  }
};
}  // namespace detail

/// z from x; log_prob[n] += sum of l. raw has Map::parameters * x.c channels.
template <class T, class Map, class Where>
void affine_forward(const Cuda& cuda, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                    AffineLayout at, Tensor<T> z, double* log_prob) {
  sum_each_image(
      cuda, "the affine map", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        if (!where(p)) {
          z(p, c) = x(p, c);
          return T(0);
        }
        const detail::ScaleAndShift<Map, T> at_p(raw, at, p, c);
        T l = T(0);
        z(p, c) = Map::template forward<T, T>(at_p.s, at_p.t, x(p, c), l);
        return l;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// x from z.
template <class T, class Map, class Where>
void affine_inverse(const Cuda& cuda, Map, Where where, Tensor<const T> z, Tensor<const T> raw,
                    AffineLayout at, Tensor<T> x) {
  for_each_number(cuda, "the affine map's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    if (!where(p)) {
      x(p, c) = z(p, c);
      return;
    }
    const detail::ScaleAndShift<Map, T> at_p(raw, at, p, c);
    x(p, c) = Map::template inverse<T, T>(at_p.s, at_p.t, z(p, c));
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T, class Map, class Where>
void affine_backward(const Cuda& cuda, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                     AffineLayout at, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the affine map's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    T through = dz(p, c), ds = T(0), dt = T(0);
    if (where(p)) {
      const detail::ScaleAndShift<Map, T> at_p(raw, at, p, c);
      const T g = static_cast<T>(dlog_prob[p / per_image]);
      Map::template backward<T, T>(at_p.s, at_p.t, x(p, c), dz(p, c), g, through, ds, dt);
    }
    detail::put(write_draw, draw(p, at.shift_first + c * at.step), dt);
    if constexpr (Map::scales) detail::put(write_draw, draw(p, at.scale_first + c * at.step), ds);
    if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
  });
}

/// dz +=, draw += adjoint of affine_inverse, which made x.
template <class T, class Map, class Where>
void affine_inverse_backward(const Cuda& cuda, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                             AffineLayout at, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  for_each_number(cuda, "the adjoint of the affine map's inverse", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) {
                    if (!where(p)) {
                      dz(p, c) += dx(p, c);
                      return;
                    }
                    const detail::ScaleAndShift<Map, T> at_p(raw, at, p, c);
                    T slope, ds = T(0), dt = T(0);
                    Map::template backward<T, T>(at_p.s, at_p.t, x(p, c), T(1), T(0), slope, ds, dt);
                    const T through = dx(p, c) / slope;
                    dz(p, c) += through;
                    draw(p, at.shift_first + c * at.step) -= through * dt;
                    if constexpr (Map::scales) draw(p, at.scale_first + c * at.step) -= through * ds;
                  });
}

/// y = or += x outside of `where`; 0 there.
template <class T, class Where>
void hide(const Cuda& cuda, Where where, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_number(cuda, "hiding pixels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p, c), where(p) ? T(0) : x(p, c));
  });
}

}  // namespace densenf::kernels
