#pragma once

#include <algorithm>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// The affine map of couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s / 2).
namespace densenf::kernels {

namespace detail {
/// Some numbers of a pixel's s and t, side by side as packets need them.
template <class T>
struct ScalesAndShifts {
  static constexpr Index most = 64;
  alignas(64) T s[most];
  alignas(64) T t[most];

  /// Takes channels [first, first + count) out of the raw output at one pixel.
  void take(const T* raw, AffineLayout at, Index first, Index count) {
    const T* from_s = raw + at.scale_first + first * at.step;
    const T* from_t = raw + at.shift_first + first * at.step;
    for (Index i = 0; i < count; ++i) {
      s[i] = from_s[i * at.step];
      t[i] = from_t[i * at.step];
    }
  }
  /// Puts them to these channels of the raw output's gradient.
  void put(Write write, T* raw, AffineLayout at, Index first, Index count) const {
    T* to_s = raw + at.scale_first + first * at.step;
    T* to_t = raw + at.shift_first + first * at.step;
    for (Index i = 0; i < count; ++i) {
      detail::put(write, to_s[i * at.step], s[i]);
      detail::put(write, to_t[i * at.step], t[i]);
    }
  }
};

/// Calls f(part, first, count) for all channels of a pixel, with their s and t in `part`.
template <class T, class F>
void for_each_part(const T* raw, AffineLayout at, Index c, const F& f) {
  ScalesAndShifts<T> part;
  for (Index first = 0; first < c; first += part.most) {
    const Index count = std::min(part.most, c - first);
    part.take(raw, at, first, count);
    f(part, first, count);
  }
}
}  // namespace detail

/// z = t + exp(l) * x; log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first_pixel, Index last_pixel) {
    Eigen::Array<double, 1, simd::lanes<T>> total;
    total.setZero();
    const auto map = [&](auto s, auto t, auto from, auto to) {
      const Lanes<T> l = T(2) * (T(0.5) * s).tanh();
      to = t + l.exp() * from;
      total += l.template cast<double>();  // 0 where a short group is filled up
    };
    for (Index p = first_pixel; p < last_pixel; ++p) {
      detail::for_each_part(raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
        for_each_packet(count, map, part.s, part.t, x.pixel(p) + first, z.pixel(p) + first);
      });
    }
    log_prob[n] += total.sum();
  });
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  const auto map = [](auto s, auto t, auto from, auto to) {
    to = (from - t) * (T(-2) * (T(0.5) * s).tanh()).exp();
  };
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    detail::for_each_part(raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
      for_each_packet(count, map, part.s, part.t, z.pixel(p) + first, x.pixel(p) + first);
    });
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    detail::for_each_part(raw.pixel(p), at, x.c, [&](auto& part, Index first, Index count) {
      alignas(64) T dx_part[detail::ScalesAndShifts<T>::most];
      const auto adjoint = [&](auto s, auto t, auto from, auto d, auto dfrom) {
        const Lanes<T> u = (T(0.5) * s).tanh();
        dfrom = d * (T(2) * u).exp();
        s = (dfrom * from + g) * (T(1) - u * u);
        t = d;
      };
      for_each_packet(count, adjoint, part.s, part.t, x.pixel(p) + first, dz.pixel(p) + first, dx_part);
      part.put(write_draw, draw.pixel(p), at, first, count);
      if (dx.data != nullptr)
        detail::put(write_dx, mutable_vector(dx.pixel(p) + first, count), vector(dx_part, count));
    });
  });
}

}  // namespace densenf::kernels
