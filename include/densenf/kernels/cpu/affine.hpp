#pragma once

#include <algorithm>

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/at_hand.hpp"
#include "densenf/kernels/cpu/pack.hpp"
#include "densenf/kernels/cpu/pixel_runs.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// The affine maps of couplings and of the cross-unit noise, see affine_maps.hpp; where they are not to map, z
// = x.
namespace densenf::kernels {

namespace detail {
/// A run's s, where there are scales, and t in the raw output, or in its gradient.
template <class T, bool scales>
struct RunOfRaw {
  AffineLayout at;
  RunNumbers<T> s_numbers = {}, t_numbers = {};  // without scales s is 0

  Index s_first(const PixelRun& run) const { return at.scale_first + run.first * at.step; }
  Index t_first(const PixelRun& run) const { return at.shift_first + run.first * at.step; }

  const T* s(const Tensor<const T>& raw, const PixelRun& run) {
    return scales ? s_numbers.read(raw, run, s_first(run), at.step) : s_numbers.room();
  }
  const T* t(const Tensor<const T>& raw, const PixelRun& run) {
    return t_numbers.read(raw, run, t_first(run), at.step);
  }
  T* prepare_s(Write write, const Tensor<T>& raw, const PixelRun& run) {
    return scales ? s_numbers.prepare(write, raw, run, s_first(run), at.step) : s_numbers.room();
  }
  T* prepare_t(Write write, const Tensor<T>& raw, const PixelRun& run) {
    return t_numbers.prepare(write, raw, run, t_first(run), at.step);
  }
  void write(Write write, const Tensor<T>& raw, const PixelRun& run) const {
    if constexpr (scales) s_numbers.write(write, raw, run, s_first(run), at.step);
    t_numbers.write(write, raw, run, t_first(run), at.step);
  }
};
}  // namespace detail

/// z from x; log_prob[n] += sum of l. raw has Map::parameters * x.c channels.
template <class T, class Map, class Where>
void affine_forward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> z, double* log_prob) {
  using Pack = simd::Pack<T>;
  if (x.size() == 0) return;
  const Index per_image = x.h * x.w;
  const Index images = std::max<Index>(1, task_size / (cost_of_exp * x.c * per_image));
  cpu.parallel_ranges(x.n, images, [&](Index first_image, Index last_image) {
    detail::RunOfRaw<T, Map::scales> part{at};
    detail::RunNumbers<T> x_numbers, z_numbers, l_numbers;
    T* const l = l_numbers.room();
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = x_numbers.read(x, run);
      T* const to = z_numbers.prepare(Write::assign, z, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        Pack l_pack;
        Map::template forward<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i), l_pack)
            .store(to + i);
        if constexpr (Map::scales) l_pack.store(l + i);
      }
      z_numbers.write(Write::assign, z, run);
      if constexpr (Map::scales) {
        detail::for_each_image_of(run, per_image, [&](Index n, Index first, Index count) {
          log_prob[n] += detail::sum_of_numbers(l + first, count);
        });
      }
    };
    detail::for_each_run<T>(where, per_image, first_image * per_image, last_image * per_image, x.c, on_run,
                            [&](Index p) { put_channels(Write::assign, x, p, z, p); });
  });
}

/// x from z.
template <class T, class Map, class Where>
void affine_inverse(const Cpu& cpu, Map, Where where, Tensor<const T> z, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> x) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, Map::scales> part{at};
    detail::RunNumbers<T> z_numbers, x_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = z_numbers.read(z, run);
      T* const to = x_numbers.prepare(Write::assign, x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>)
        Map::template inverse<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i))
            .store(to + i);
      x_numbers.write(Write::assign, x, run);
    };
    detail::for_each_run<T>(where, x.h * x.w, first, last, x.c, on_run,
                            [&](Index p) { put_channels(Write::assign, z, p, x, p); });
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T, class Map, class Where>
void affine_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                     AffineLayout at, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  using Pack = simd::Pack<T>;
  const Index per_image = x.h * x.w;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, Map::scales> part{at}, dpart{at};
    detail::RunNumbers<T> x_numbers, dz_numbers, dl_numbers, dx_numbers;
    T* const dl = dl_numbers.room();
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = x_numbers.read(x, run),
                     *const d = dz_numbers.read(dz, run);
      T *const to_s = dpart.prepare_s(write_draw, draw, run), *const to_t =
                                                                  dpart.prepare_t(write_draw, draw, run);
      T* const to = dx.data != nullptr ? dx_numbers.prepare(write_dx, dx, run) : dx_numbers.room();
      if constexpr (Map::scales) {
        detail::for_each_image_of(run, per_image, [&](Index n, Index begin, Index count) {
          std::fill_n(dl + begin, count, static_cast<T>(dlog_prob[n]));
        });
      }
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        Pack dx_pack, ds, dt;
        Map::template backward<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i),
                                        Pack::load(d + i), Pack::load(dl + i), dx_pack, ds, dt);
        dx_pack.store(to + i);
        if constexpr (Map::scales) ds.store(to_s + i);
        dt.store(to_t + i);
      }
      dpart.write(write_draw, draw, run);
      if (dx.data != nullptr) dx_numbers.write(write_dx, dx, run);
    };
    detail::for_each_run<T>(where, per_image, first, last, x.c, on_run, [&](Index p) {
      if (write_draw == Write::assign) zero_channels(draw, p);
      if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
    });
  });
}

/// dz +=, draw += adjoint of affine_inverse, which made x.
template <class T, class Map, class Where>
void affine_inverse_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                             AffineLayout at, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    if (!where(p)) {
      put_channels(Write::accumulate, dx, p, dz, p);
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
      put_channels(write, x, p, y, p);
    else if (write == Write::assign)
      zero_channels(y, p);
  });
}

/// So that operations over types of the program's own find these definitions beside densenf::compiled.
template <class Map>
struct AffineDefinitions {};

}  // namespace densenf::kernels

#ifdef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/in_library.hpp"
#endif
