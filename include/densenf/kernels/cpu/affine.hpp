#pragma once

#include <algorithm>
#include <array>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/at_hand.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// The affine maps of couplings and of the cross-unit noise, see affine_maps.hpp; where they are not to map, z
// = x.
namespace densenf::kernels {

namespace detail {
/// Some numbers of a pixel's s and t, side by side as packets need them. Without scales all s are 0.
template <class T, bool scales = true>
struct ScalesAndShifts {
  static constexpr Index most = 64;
  alignas(64) T s[most];
  alignas(64) T t[most];

  ScalesAndShifts() {
    if constexpr (!scales) std::fill(s, s + most, T(0));
  }

  /// Takes channels [first, first + count) out of the raw output at one pixel.
  void take(const T* raw, AffineLayout at, Index first, Index count) {
    [[maybe_unused]] const T* from_s = raw + at.scale_first + first * at.step;
    const T* from_t = raw + at.shift_first + first * at.step;
    for (Index i = 0; i < count; ++i) {
      if constexpr (scales) s[i] = from_s[i * at.step];
      t[i] = from_t[i * at.step];
    }
  }
  /// Puts them to these channels of the raw output's gradient.
  void put(Write write, T* raw, AffineLayout at, Index first, Index count) const {
    [[maybe_unused]] T* to_s = raw + at.scale_first + first * at.step;
    T* to_t = raw + at.shift_first + first * at.step;
    for (Index i = 0; i < count; ++i) {
      if constexpr (scales) detail::put(write, to_s[i * at.step], s[i]);
      detail::put(write, to_t[i * at.step], t[i]);
    }
  }
};

/// As many as a part has.
template <class T>
inline constexpr auto ones = [] {
  std::array<T, ScalesAndShifts<T>::most> all{};
  all.fill(T(1));
  return all;
}();

/// Calls f(part, first, count) for all channels of a pixel, with their s and t in `part`.
template <bool scales, class T, class F>
void for_each_part(const T* raw, AffineLayout at, Index c, const F& f) {
  ScalesAndShifts<T, scales> part;
  for (Index first = 0; first < c; first += part.most) {
    const Index count = std::min(part.most, c - first);
    part.take(raw, at, first, count);
    f(part, first, count);
  }
}
}  // namespace detail

/// z from x; log_prob[n] += sum of l. raw has Map::parameters * x.c channels.
template <class T, class Map, class Where>
void affine_forward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> z, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first_pixel, Index last_pixel) {
    Eigen::Array<double, 1, simd::lanes<T>> total;
    total.setZero();
    const auto map = [&](auto s, auto t, auto from, auto to, auto... counts) {
      Lanes<T> l;
      to = Map::template forward<T, Lanes<T>>(s, t, from, l);
      // A short group is filled up with zeros: there l is 0, or does not count.
      if constexpr (Map::scales) total += (l * ... * counts).template cast<double>();
    };
    for (Index p = first_pixel; p < last_pixel; ++p) {
      if (!where(p)) {
        row(z, p) = row(x, p);
        continue;
      }
      detail::for_each_part<Map::scales>(
          raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
            const T* const s = part.s;
            const T* const t = part.t;
            const T* const from = x.pixel(p) + first;
            T* const to = z.pixel(p) + first;
            if constexpr (Map::zero_at_zero)
              for_each_packet(count, map, s, t, from, to);
            else
              for_each_packet(count, map, s, t, from, to, detail::ones<T>.data());
          });
    }
    log_prob[n] += total.sum();
  });
}

/// x from z.
template <class T, class Map, class Where>
void affine_inverse(const Cpu& cpu, Map, Where where, Tensor<const T> z, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> x) {
  const auto map = [](auto s, auto t, auto from, auto to) {
    to = Map::template inverse<T, Lanes<T>>(s, t, from);
  };
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    if (!where(p)) {
      row(x, p) = row(z, p);
      return;
    }
    detail::for_each_part<Map::scales>(
        raw.pixel(p), at, x.c, [&](const auto& part, Index first, Index count) {
          for_each_packet(count, map, part.s, part.t, z.pixel(p) + first, x.pixel(p) + first);
        });
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T, class Map, class Where>
void affine_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                     AffineLayout at, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    if (!where(p)) {
      if (write_draw == Write::assign) row(draw, p).setZero();
      if (dx.data != nullptr) detail::put(write_dx, row(dx, p), row(dz, p));
      return;
    }
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    detail::for_each_part<Map::scales>(raw.pixel(p), at, x.c, [&](auto& part, Index first, Index count) {
      alignas(64) T dx_part[detail::ScalesAndShifts<T>::most];
      const auto adjoint = [&](auto s, auto t, auto from, auto d, auto dfrom) {
        Lanes<T> dx_lanes, ds = s, dt;
        Map::template backward<T, Lanes<T>>(s, t, from, d, g, dx_lanes, ds, dt);
        dfrom = dx_lanes;
        s = ds;
        t = dt;
      };
      for_each_packet(count, adjoint, part.s, part.t, x.pixel(p) + first, dz.pixel(p) + first, dx_part);
      part.put(write_draw, draw.pixel(p), at, first, count);
      if (dx.data != nullptr)
        detail::put(write_dx, mutable_vector(dx.pixel(p) + first, count), vector(dx_part, count));
    });
  });
}

/// dz +=, draw += adjoint of affine_inverse, which made x.
template <class T, class Map, class Where>
void affine_inverse_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                             AffineLayout at, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    if (!where(p)) {
      row(dz, p) += row(dx, p);
      return;
    }
    for (Index c = 0; c < x.c; ++c) {
      const Index at_s = at.scale_first + c * at.step, at_t = at.shift_first + c * at.step;
      T s = T(0), slope, ds, dt;
      if constexpr (Map::scales) s = raw(p, at_s);
      Map::template backward<T, T>(s, raw(p, at_t), x(p, c), T(1), T(0), slope, ds, dt);
      const T through = dx(p, c) / slope;
      dz(p, c) += through;
      draw(p, at_t) -= through * dt;
      if constexpr (Map::scales) draw(p, at_s) -= through * ds;
    }
  });
}

/// y = or += x outside of `where`; 0 there.
template <class T, class Where>
void hide(const Cpu& cpu, Where where, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    if (!where(p))
      detail::put(write, row(y, p), row(x, p));
    else if (write == Write::assign)
      row(y, p).setZero();
  });
}

/// So that operations over types of the program's own find these definitions beside densenf::compiled.
template <class Map>
struct AffineDefinitions {};

}  // namespace densenf::kernels

#ifdef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/in_library.hpp"
#endif
