#pragma once

#include <algorithm>
#include <cstddef>

#include "densenf/kernels/cpu/pack.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels::detail {

/// Some splines side by side, as many as a packet has numbers, each with a number of its own:
/// RationalQuadratic, with packets in the place of numbers.
template <class T, int Bins>
class SplineBlock {
  using Spline = RationalQuadratic<Bins>;
  using Pack = simd::Pack<T>;
  using Bin = SplineBin<Pack>;
  static constexpr auto bins = static_cast<std::size_t>(Bins);

public:
  static constexpr int width = static_cast<int>(simd::lanes<T>);

  alignas(64) T at[std::size_t{width}];  ///< the numbers: x, or y for the inverse

  explicit SplineBlock(const Spline& spline) : spline_(spline) {}

  /// Takes the raw numbers of the first `count` splines, of which those of spline e begin at raw[e]; the
  /// others, where the block is not full, become any ones.
  void take(const T* const* raw, int count) {
    if (by_squares(count)) {
      for_each_square([&](Index e, Index i) {
        simd::transpose_square<T>([=](Index k) { return raw[e + k] + i; },
                                  [=, this](Index k) { return raw_[i + k] + e; });
      });
      return;
    }
    for (int e = 0; e < width; ++e) {
      for (int i = 0; i < Spline::parameters; ++i) raw_[i][e] = e < count ? raw[e][i] : T(0);
      if (e >= count) at[e] = T(0);
    }
  }

  /// Numbers outside of the bounds come back as they are, with slope 1.
  void forward(T* y, T* log_slope) const {
    const Found found = find(0);
    Pack slope;
    const Pack value = found.bin.forward(found.inside, slope);
    select(found.is_inside, value, Pack::load(at)).store(y);
    log(select(found.is_inside, slope, Pack(T(1)))).store(log_slope);
  }

  void inverse(T* x) const {
    const Found found = find(1);
    select(found.is_inside, found.bin.inverse(found.inside), Pack::load(at)).store(x);
  }

  /// dx from dy and dl, the gradients of y and of log dy/dx. The raw numbers become their gradients.
  void backward(const T* dy, const T* dl, T* dx) {
    const Found found = find(0);
    const Pack given = Pack::load(dy);
    const auto d = found.bin.backward(found.inside, given, Pack::load(dl));
    select(found.is_inside, d.x, given).store(dx);
    differentiate(found, d, given, select(found.is_inside, Pack(T(1)), Pack(T(0))));
  }

  /// The adjoint of `inverse`, which gave the numbers: dy from dx.
  void inverse_backward(const T* dx, T* dy) {
    const Found found = find(0);
    const Pack given = Pack::load(dx);
    const auto d = found.bin.backward(found.inside, Pack(T(1)), Pack(T(0)));
    const Pack through = select(found.is_inside, given / d.x, given);
    through.store(dy);
    differentiate(found, d, Pack(T(1)), select(found.is_inside, -through, Pack(T(0))));
  }

  /// Puts the gradients of the raw numbers of the first `count` splines, those of spline e from draw[e] on.
  void put(Write write, T* const* draw, int count) const {
    if (by_squares(count) && write == Write::assign) {
      for_each_square([&](Index e, Index i) {
        simd::transpose_square<T>([=, this](Index k) { return raw_[i + k] + e; },
                                  [=](Index k) { return draw[e + k] + i; });
      });
      return;
    }
    for (int e = 0; e < count; ++e)
      for (int i = 0; i < Spline::parameters; ++i) detail::put(write, draw[e][i], raw_[i][e]);
  }

private:
  /// Whether raw numbers of so many splines are moved in squares, and not one by one.
  static constexpr bool by_squares(int count) {
    return count == width && Spline::parameters >= simd::square<T>;
  }
  /// Calls f(e, i) for squares of splines from e and raw numbers from i on; the last ones overlap.
  template <class F>
  static void for_each_square(const F& f) {
    for (Index i = 0; i < Spline::parameters; i += simd::square<T>) {
      for (Index e = 0; e < width; e += simd::square<T>)
        f(e, std::min<Index>(i, Spline::parameters - simd::square<T>));
    }
  }

  struct Found {
    simd::PackMask<T> is_inside;
    Pack inside;          ///< the numbers; 0 where they are outside
    Pack number;          ///< of the bin
    Pack share[2][bins];  ///< softmax of the raw widths and heights
    Pack derivative[2];   ///< of the bin's slopes by their raw numbers
    Bin bin;
  };

  Pack raw(int i) const { return Pack::load(raw_[i]); }

  /// The bins of the numbers, which are on the axis of x (0) or of y (1).
  Found find(int axis) const {
    const Pack bound(static_cast<T>(spline_.bound)), given = Pack::load(at);
    Found f;
    f.is_inside = (given >= -bound) & (given <= bound);
    f.inside = select(f.is_inside, given, Pack(T(0)));
    Pack knot[2][bins + 1];
    for (int a = 0; a < 2; ++a) find_knots(a, bound, f.share[a], knot[a]);
    Pack x1 = knot[0][1], y1 = knot[1][1], r0(T(0)), r1(T(0));
    f.number = Pack(T(0));
    f.bin.x0 = f.bin.y0 = -bound;
    if constexpr (Bins > 1) r1 = raw(2 * Bins);
    for (int i = 1; i < Bins; ++i) {
      const auto past = knot[axis][i] <= f.inside;
      f.number = select(past, Pack(static_cast<T>(i)), f.number);
      f.bin.x0 = select(past, knot[0][i], f.bin.x0);
      f.bin.y0 = select(past, knot[1][i], f.bin.y0);
      x1 = select(past, knot[0][i + 1], x1);
      y1 = select(past, knot[1][i + 1], y1);
      r0 = select(past, raw(2 * Bins + i - 1), r0);
      if (i + 1 < Bins) r1 = select(past, raw(2 * Bins + i), r1);
    }
    f.bin.w = x1 - f.bin.x0;
    f.bin.h = y1 - f.bin.y0;
    f.bin.d0 = slope(r0, f.number == Pack(T(0)), f.derivative[0]);
    f.bin.d1 = slope(r1, f.number == Pack(static_cast<T>(Bins - 1)), f.derivative[1]);
    return f;
  }

  void find_knots(int a, Pack bound, Pack (&share)[bins], Pack (&knot)[bins + 1]) const {
    const Pack scale(static_cast<T>(spline_.raw_scale));
    Pack top = raw(a * Bins), total(T(0));
    for (int i = 1; i < Bins; ++i) {
      const Pack r = raw(a * Bins + i);
      top = select(r > top, r, top);
    }
    for (int i = 0; i < Bins; ++i) {
      share[i] = exp((raw(a * Bins + i) - top) * scale);
      total += share[i];
    }
    const Pack over = Pack(T(1)) / total, room(static_cast<T>(1 - Bins * Spline::least));
    const Pack least(static_cast<T>(Spline::least)), twice = bound + bound;
    Pack sum(T(0));
    knot[0] = -bound;
    for (int i = 0; i < Bins; ++i) {
      share[i] *= over;
      sum += least + room * share[i];
      // The last knot is the bound itself, however the sum is rounded.
      knot[i + 1] = i + 1 < Bins ? twice * sum - bound : bound;
    }
  }

  /// The slope that a raw number makes, and its derivative; 1 at an end of the interval.
  Pack slope(Pack r, const simd::PackMask<T>& is_end, Pack& derivative) const {
    const Pack one(T(1)), zero(T(0)), v = r + Pack(static_cast<T>(spline_.raw_shift)), e = exp(-abs(v));
    derivative = select(is_end, zero, select(v >= zero, one, e) / (one + e));
    return select(is_end, one, Pack(static_cast<T>(Spline::least)) + select(v > zero, v, zero) + log1p(e));
  }

  /// The raw numbers become their gradients, `times` as much.
  void differentiate(const Found& f, const typename Bin::Gradients& d, Pack dy, Pack times) {
    const Pack zero(T(0)), last(static_cast<T>(Bins - 1));
    const Pack factor =
        times * Pack(static_cast<T>(2 * spline_.bound * (1 - Bins * Spline::least) * spline_.raw_scale));
    const Pack start[2] = {-d.x, dy}, size[2] = {d.w, d.h};
    for (int a = 0; a < 2; ++a) {
      // The inner knots that begin and end the bin; the ends of the interval stay where they are.
      const Pack end = select(f.number == last, zero, size[a]), before = start[a] - size[a] + end;
      Pack own[bins], mean(zero);
      for (int i = 0; i < Bins; ++i) {
        const Pack number(static_cast<T>(i));
        own[i] = select(number < f.number, before, select(number == f.number, end, zero));
        mean += own[i] * f.share[a][i];
      }
      for (int i = 0; i < Bins; ++i) (factor * f.share[a][i] * (own[i] - mean)).store(raw_[a * Bins + i]);
    }
    const Pack begins = times * d.d0 * f.derivative[0], ends = times * d.d1 * f.derivative[1];
    for (int i = 0; i + 1 < Bins; ++i) {
      const Pack number(static_cast<T>(i)), next(static_cast<T>(i + 1));
      select(number == f.number, ends, select(next == f.number, begins, zero)).store(raw_[2 * Bins + i]);
    }
  }

  Spline spline_;
  alignas(64) T raw_[static_cast<std::size_t>(Spline::parameters)]
                    [std::size_t{width}];  ///< raw numbers, or their gradients
};

}  // namespace densenf::kernels::detail
