#pragma once

#include <cstddef>

#include <cmath>

#include "densenf/core/shape.hpp"
#include "densenf/kernels/write.hpp"

// The monotone rational-quadratic spline of "Neural Spline Flows" (NeurIPS 2019), for one number, written
// once for every device.
namespace densenf::kernels {

/// a where the condition holds, else b: of numbers here, of packets where these are declared.
template <class T>
constexpr T select(bool condition, T a, T b) {
  return condition ? a : b;
}

/// A bin of a spline: where it begins, how wide and high it is, and the slopes at its ends.
///
/// With xi = (x - x0) / w, q = xi (1 - xi), s = h / w, g = d0 + d1 - 2 s:
///   y = y0 + h N / D,  N = s xi^2 + d0 q,  D = s + g q
///   log dy/dx = log(s^2 M / D^2),  M = d1 xi^2 + 2 s q + d0 (1 - xi)^2
template <class T>
struct SplineBin {
  T x0, y0, w, h, d0, d1;

  /// y from x, and the slope there.
  constexpr T forward(T x, T& slope) const {
    const T s = h / w, g = d0 + d1 - T(2) * s;
    const T xi = (x - x0) / w, eta = T(1) - xi, q = xi * eta;
    const T over = T(1) / (s + g * q), ratio = s * over;
    slope = ratio * ratio * (d1 * xi * xi + T(2) * s * q + d0 * eta * eta);
    return y0 + h * (s * xi * xi + d0 * q) * over;
  }

  /// x from y.
  constexpr T inverse(T y) const {
    const T s = h / w, g = d0 + d1 - T(2) * s, r = y - y0;
    const T a = h * (s - d0) + r * g, b = h * d0 - r * g, c = -s * r;
    const T square = b * b - T(4) * a * c;
    using std::sqrt;
    const T root = sqrt(select(square > T(0), square, T(0)));  // below 0 by rounding alone
    // Of the two forms of the one solution the one whose terms have the same sign.
    const T above = select(b >= T(0), T(2) * c, root - b), below = select(b >= T(0), -b - root, T(2) * a);
    return x0 + w * (above / below);
  }

  /// What a gradient dy of y and dl of the logarithm of the slope make of x, of the bin's extents and of its
  /// slopes. That of x0 is -x, that of y0 is dy.
  struct Gradients {
    T x, w, h, d0, d1;
  };
  constexpr Gradients backward(T x, T dy, T dl) const {
    const T s = h / w, g = d0 + d1 - T(2) * s, over_w = T(1) / w;
    const T xi = (x - x0) * over_w, eta = T(1) - xi, q = xi * eta, tilt = eta - xi;
    const T over_d = T(1) / (s + g * q);
    const T m = d1 * xi * xi + T(2) * s * q + d0 * eta * eta;
    const T ratio = (s * xi * xi + d0 * q) * over_d;
    const T dn = dy * h * over_d;
    const T dd = -(dy * h * ratio + T(2) * dl) * over_d;
    const T dm = dl / m;
    const T dxi =
        dn * (T(2) * s * xi + d0 * tilt) + dd * g * tilt + dm * T(2) * (d1 * xi + s * tilt - d0 * eta);
    const T ds = dn * xi * xi + dd * (T(1) - T(2) * q) + dm * T(2) * q + T(2) * dl / s;
    return {dxi * over_w, -(ds * s + dxi * xi) * over_w, dy * ratio + ds * over_w,
            dn * q + dd * q + dm * eta * eta, dd * q + dm * xi * xi};
  }
};

/// A monotone map of [-bound, bound] onto itself, piecewise a quotient of quadratic functions on `Bins` bins;
/// elsewhere the identity, with which it has value and slope in common at both ends.
///
/// It is given by raw numbers: Bins for the widths of the bins, Bins for their heights, Bins - 1 for the
/// slopes at the inner knots.
template <int Bins>
struct RationalQuadratic {
  static_assert(Bins >= 1, "A spline has at least one bin.");
  static constexpr int bins = Bins;
  static constexpr Index parameters = 3 * Bins - 1;
  /// The least share of a bin, before shares are multiplied by 2 bound, and the least slope.
  static constexpr double least = 1e-3;
  static_assert(Bins * least < 1, "So many bins leave no room for widths.");

  double bound;      ///< half the length of the interval
  double raw_scale;  ///< times the raw widths and heights
  double raw_shift;  ///< plus the raw slopes

  /// The raw_shift with which raw numbers of 0 make the identity.
  static constexpr double identity_shift = 0.539742417236952;  // log(exp(1 - least) - 1)

  /// y from x, and log dy/dx.
  template <class T>
  constexpr T forward(const T* raw, T x, T& log_slope) const {
    log_slope = T(0);
    if (outside(x)) return x;
    T slope = T(0);
    const T y = find_bin(raw, x, true).bin.forward(x, slope);
    log_slope = std::log(slope);
    return y;
  }

  /// x from y.
  template <class T>
  constexpr T inverse(const T* raw, T y) const {
    return outside(y) ? y : find_bin(raw, y, false).bin.inverse(y);
  }

  /// The adjoint: dx from the gradients dy of y and dl of log dy/dx; draw = or += those of the raw numbers.
  template <class T>
  constexpr T backward(const T* raw, T x, T dy, T dl, Write write, T* draw) const {
    if (outside(x)) return identity_backward(dy, write, draw);
    const Found<T> found = find_bin(raw, x, true);
    const auto d = found.bin.backward(x, dy, dl);
    put(raw, found, d, dy, T(1), write, draw);
    return d.x;
  }

  /// The adjoint of `inverse`, where x is what it gave and dx its gradient: returns that of y.
  template <class T>
  constexpr T inverse_backward(const T* raw, T x, T dx, Write write, T* draw) const {
    if (outside(x)) return identity_backward(dx, write, draw);
    const Found<T> found = find_bin(raw, x, true);
    const auto d = found.bin.backward(x, T(1), T(0));
    const T dy = dx / d.x;
    put(raw, found, d, T(1), -dy, write, draw);
    return dy;
  }

  template <class T>
  constexpr bool outside(T v) const {
    const T b = static_cast<T>(bound);
    return !(v >= -b && v <= b);
  }

private:
  /// One axis of the raw numbers.
  template <class T>
  struct Axis {
    T share[static_cast<std::size_t>(Bins)];     ///< softmax of the raw numbers
    T knot[static_cast<std::size_t>(Bins) + 1];  ///< from -bound to bound
  };

  template <class T>
  struct Found {
    Axis<T> x, y;
    int k = 0;  ///< number of the bin
    SplineBin<T> bin{};
  };

  template <class T>
  constexpr void find_axis(const T* raw, Axis<T>& axis) const {
    const T scale = static_cast<T>(raw_scale), b = static_cast<T>(bound);
    T top = raw[0], total = 0;
    for (int i = 1; i < Bins; ++i) top = raw[i] > top ? raw[i] : top;
    for (int i = 0; i < Bins; ++i) total += axis.share[i] = std::exp((raw[i] - top) * scale);
    for (int i = 0; i < Bins; ++i) axis.share[i] /= total;
    constexpr T room = static_cast<T>(1 - Bins * least);
    T sum = 0;
    axis.knot[0] = -b;
    for (int i = 1; i < Bins; ++i) {
      sum += static_cast<T>(least) + room * axis.share[i - 1];
      axis.knot[i] = T(2) * b * sum - b;
    }
    axis.knot[Bins] = b;  // however the sum is rounded
  }

  /// The bin of a number on one of the axes. A knot belongs to the bin that it begins.
  template <class T>
  constexpr Found<T> find_bin(const T* raw, T at, bool on_x) const {
    Found<T> found;
    find_axis(raw, found.x);
    find_axis(raw + Bins, found.y);
    const Axis<T>& axis = on_x ? found.x : found.y;
    int k = 0;
    for (int i = 1; i < Bins; ++i) k += axis.knot[i] <= at ? 1 : 0;
    found.k = k;
    found.bin = {found.x.knot[k],
                 found.y.knot[k],
                 found.x.knot[k + 1] - found.x.knot[k],
                 found.y.knot[k + 1] - found.y.knot[k],
                 slope(raw, k - 1),
                 slope(raw, k)};
    return found;
  }

  /// The slope at inner knot i, counted from 0, that is at the end of bin i; 1 at the ends of the interval.
  template <class T>
  constexpr T slope(const T* raw, int i) const {
    if (i < 0 || i + 1 >= Bins) return T(1);
    const T r = raw[2 * Bins + i] + static_cast<T>(raw_shift);
    return static_cast<T>(least) + (r > 0 ? r : T(0)) + std::log1p(std::exp(-std::abs(r)));
  }
  template <class T>
  constexpr T slope_derivative(const T* raw, int i) const {
    const T r = raw[2 * Bins + i] + static_cast<T>(raw_shift), e = std::exp(-std::abs(r));
    return (r >= 0 ? T(1) : e) / (T(1) + e);
  }

  template <class T>
  static constexpr T identity_backward(T dy, Write write, T* draw) {
    for (int i = 0; write == Write::assign && i < parameters; ++i) draw[i] = T(0);
    return dy;
  }

  /// draw = or += what the gradients of a bin make of the raw numbers, `times` as much.
  template <class T>
  constexpr void put(const T* raw, const Found<T>& found, const typename SplineBin<T>::Gradients& d, T dy,
                     T times, Write write, T* draw) const {
    const int k = found.k;
    put_axis(found.x, k, -d.x, d.w, times, write, draw);
    put_axis(found.y, k, dy, d.h, times, write, draw + Bins);
    for (int i = 0; i + 1 < Bins; ++i) {
      const T own = i + 1 == k ? d.d0 : i == k ? d.d1 : T(0);
      if (write == Write::accumulate && own == T(0)) continue;
      detail::put(write, draw[2 * Bins + i], own == T(0) ? T(0) : times * own * slope_derivative(raw, i));
    }
  }

  /// The adjoint of find_axis: `start` and `size` are the gradients of those of bin k.
  template <class T>
  constexpr void put_axis(const Axis<T>& axis, int k, T start, T size, T times, Write write, T* draw) const {
    // The inner knots that begin and end the bin; the ends of the interval stay where they are.
    const T end = k + 1 < Bins ? size : T(0);
    const T before = start - size + end;
    T mean = end * axis.share[k];
    for (int i = 0; i < k; ++i) mean += before * axis.share[i];
    const T factor = times * static_cast<T>(2 * bound * (1 - Bins * least) * raw_scale);
    for (int i = 0; i < Bins; ++i) {
      const T own = i < k ? before : i == k ? end : T(0);
      detail::put(write, draw[i], factor * axis.share[i] * (own - mean));
    }
  }
};

}  // namespace densenf::kernels
