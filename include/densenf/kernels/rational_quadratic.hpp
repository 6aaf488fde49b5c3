#pragma once

#include <cmath>

#include "densenf/core/shape.hpp"
#include "densenf/kernels/write.hpp"

// The monotone rational-quadratic spline of "Neural Spline Flows" (NeurIPS 2019), for one number, written
// once for every device.
namespace densenf::kernels {

/// A monotone map of [-bound, bound] onto itself, piecewise a quotient of quadratic functions on `Bins` bins;
/// elsewhere the identity, with which it has value and slope in common at both ends.
///
/// It is given by raw numbers: Bins for the widths of the bins, Bins for their heights, Bins - 1 for the
/// slopes at the inner knots. `Exponentials` says how a device computes several of exp at once:
/// Exponentials::of<count>(T* numbers).
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

  /// One axis of the raw numbers.
  template <class T>
  struct Axis {
    T share[Bins];     ///< softmax of the raw numbers
    T knot[Bins + 1];  ///< from -bound to bound

    constexpr T start(int bin) const { return knot[bin]; }
    constexpr T size(int bin) const { return knot[bin + 1] - knot[bin]; }
    /// The bin of a number within the bounds; a knot belongs to the bin that it begins.
    constexpr int bin_of(T v) const {
      int bin = 0;
      for (int i = 1; i < Bins; ++i) bin += knot[i] <= v ? 1 : 0;
      return bin;
    }
  };

  template <class Exponentials, class T>
  constexpr void find_axis(const T* raw, Axis<T>& axis) const {
    const T scale = static_cast<T>(raw_scale), b = static_cast<T>(bound);
    T top = raw[0];
    for (int i = 1; i < Bins; ++i) top = raw[i] > top ? raw[i] : top;
    for (int i = 0; i < Bins; ++i) axis.share[i] = (raw[i] - top) * scale;
    Exponentials::template of<Bins>(axis.share);
    T total = 0;
    for (int i = 0; i < Bins; ++i) total += axis.share[i];
    const T over = T(1) / total;
    for (int i = 0; i < Bins; ++i) axis.share[i] *= over;
    constexpr T room = static_cast<T>(1 - Bins * least);
    T sum = 0;
    axis.knot[0] = -b;
    for (int i = 1; i < Bins; ++i) {
      sum += static_cast<T>(least) + room * axis.share[i - 1];
      axis.knot[i] = T(2) * b * sum - b;
    }
    axis.knot[Bins] = b;  // however the sum is rounded
  }

  /// The adjoint of find_axis: `start` and `size` are the gradients of those of the bin.
  template <class T>
  constexpr void put_axis(const Axis<T>& axis, int bin, T start, T size, T times, Write write,
                          T* draw) const {
    // The inner knots that begin and end the bin; the ends of the interval stay where they are.
    const T end = bin + 1 < Bins ? size : T(0);
    const T before = start - size + end;
    T mean = end * axis.share[bin];
    for (int i = 0; i < bin; ++i) mean += before * axis.share[i];
    const T factor = times * static_cast<T>(2 * bound * (1 - Bins * least) * raw_scale);
    for (int i = 0; i < Bins; ++i) {
      const T own = i < bin ? before : i == bin ? end : T(0);
      detail::put(write, draw[i], factor * axis.share[i] * (own - mean));
    }
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

  /// What is known of the bin that a number is in.
  template <class T>
  struct Bin {
    Axis<T> x, y;
    int k;
    T x0, y0, w, h;  ///< where it begins, and how wide and high it is
    T d0, d1;        ///< slopes at its ends
    T s;             ///< slope of its diagonal
    T g;             ///< d0 + d1 - 2 s
  };

  template <class T>
  constexpr bool outside(T v) const {
    const T b = static_cast<T>(bound);
    return !(v >= -b && v <= b);
  }

  /// y from x, and log dy/dx.
  template <class Exponentials, class T>
  constexpr T forward(const T* raw, T x, T& log_slope) const {
    log_slope = T(0);
    if (outside(x)) return x;
    Bin<T> bin;
    find_bin<Exponentials>(raw, x, true, bin);
    const T xi = (x - bin.x0) / bin.w, eta = T(1) - xi, q = xi * eta;
    const T low = bin.s + bin.g * q;
    const T over = T(1) / low;
    const T high = bin.d1 * xi * xi + T(2) * bin.s * q + bin.d0 * eta * eta;
    const T ratio = bin.s * over;
    log_slope = std::log(ratio * ratio * high);
    return bin.y0 + bin.h * (bin.s * xi * xi + bin.d0 * q) * over;
  }

  /// x from y.
  template <class Exponentials, class T>
  constexpr T inverse(const T* raw, T y) const {
    if (outside(y)) return y;
    Bin<T> bin;
    find_bin<Exponentials>(raw, y, false, bin);
    const T r = y - bin.y0;
    const T a = bin.h * (bin.s - bin.d0) + r * bin.g;
    const T b = bin.h * bin.d0 - r * bin.g;
    const T c = -bin.s * r;
    const T square = b * b - T(4) * a * c;
    const T root = std::sqrt(square > 0 ? square : T(0));  // below 0 by rounding alone
    // Of the two forms of the one solution the one whose terms have the same sign.
    const T xi = b >= 0 ? T(2) * c / (-b - root) : (root - b) / (T(2) * a);
    return bin.x0 + bin.w * xi;
  }

  /// The adjoint: dx from the gradients dy of y and dl of log dy/dx; draw = or += those of the raw numbers,
  /// which are `times` as large.
  template <class Exponentials, class T>
  constexpr T backward(const T* raw, T x, T dy, T dl, T times, Write write, T* draw) const {
    if (outside(x)) {
      if (write == Write::assign) {
        for (int i = 0; i < parameters; ++i) draw[i] = T(0);
      }
      return dy;
    }
    const Parts<T> p = parts<Exponentials>(raw, x, dy, dl);
    put_parts(raw, p, times, write, draw);
    return p.dx;
  }

  /// The adjoint of `inverse`, where x is what it gave and dx its gradient: returns that of y.
  template <class Exponentials, class T>
  constexpr T inverse_backward(const T* raw, T x, T dx, Write write, T* draw) const {
    if (outside(x)) return backward<Exponentials>(raw, x, dx, T(0), T(1), write, draw);
    const Parts<T> p = parts<Exponentials>(raw, x, T(1), T(0));
    const T dy = dx / p.dx;
    put_parts(raw, p, -dy, write, draw);
    return dy;
  }

private:
  /// The gradients of x and of what a bin is made of.
  template <class T>
  struct Parts {
    Bin<T> bin;
    T dx, dx_start, dx_size, dy_start, dy_size, d0, d1;
  };

  /// The bin of a number on one of the axes.
  template <class Exponentials, class T>
  constexpr void find_bin(const T* raw, T at, bool on_x, Bin<T>& bin) const {
    find_axis<Exponentials>(raw, bin.x);
    find_axis<Exponentials>(raw + Bins, bin.y);
    const int k = bin.k = on_x ? bin.x.bin_of(at) : bin.y.bin_of(at);
    bin.x0 = bin.x.start(k);
    bin.y0 = bin.y.start(k);
    bin.w = bin.x.size(k);
    bin.h = bin.y.size(k);
    bin.d0 = slope(raw, k - 1);
    bin.d1 = slope(raw, k);
    bin.s = bin.h / bin.w;
    bin.g = bin.d0 + bin.d1 - T(2) * bin.s;
  }

  // With xi = (x - x0) / w, q = xi (1 - xi), s = h / w:
  //   y = y0 + h N / D,  N = s xi^2 + d0 q,  D = s + g q
  //   log dy/dx = 2 log s + log M - 2 log D,  M = d1 xi^2 + 2 s q + d0 (1 - xi)^2
  template <class Exponentials, class T>
  constexpr Parts<T> parts(const T* raw, T x, T dy, T dl) const {
    Parts<T> p;
    find_bin<Exponentials>(raw, x, true, p.bin);
    const Bin<T>& bin = p.bin;
    const T over_w = T(1) / bin.w;
    const T xi = (x - bin.x0) * over_w, eta = T(1) - xi, q = xi * eta, tilt = eta - xi;
    const T over_d = T(1) / (bin.s + bin.g * q);
    const T m = bin.d1 * xi * xi + T(2) * bin.s * q + bin.d0 * eta * eta;
    const T ratio = (bin.s * xi * xi + bin.d0 * q) * over_d;
    const T dn = dy * bin.h * over_d;
    const T dd = -(dy * bin.h * ratio + T(2) * dl) * over_d;
    const T dm = dl / m;
    const T dxi = dn * (T(2) * bin.s * xi + bin.d0 * tilt) + dd * bin.g * tilt +
                  dm * T(2) * (bin.d1 * xi + bin.s * tilt - bin.d0 * eta);
    const T ds = dn * xi * xi + dd * (T(1) - T(2) * q) + dm * T(2) * q + T(2) * dl / bin.s;
    p.d0 = dn * q + dd * q + dm * eta * eta;
    p.d1 = dd * q + dm * xi * xi;
    p.dy_start = dy;
    p.dy_size = dy * ratio + ds * over_w;
    p.dx_size = -(ds * bin.s + dxi * xi) * over_w;
    p.dx = dxi * over_w;
    p.dx_start = -p.dx;
    return p;
  }

  template <class T>
  constexpr void put_parts(const T* raw, const Parts<T>& p, T times, Write write, T* draw) const {
    put_axis(p.bin.x, p.bin.k, p.dx_start, p.dx_size, times, write, draw);
    put_axis(p.bin.y, p.bin.k, p.dy_start, p.dy_size, times, write, draw + Bins);
    const int k = p.bin.k;
    if (write == Write::assign) {
      for (int i = 0; i + 1 < Bins; ++i) draw[2 * Bins + i] = T(0);
    }
    if (k > 0) draw[2 * Bins + k - 1] += times * p.d0 * slope_derivative(raw, k - 1);
    if (k + 1 < Bins) draw[2 * Bins + k] += times * p.d1 * slope_derivative(raw, k);
  }
};

}  // namespace densenf::kernels
