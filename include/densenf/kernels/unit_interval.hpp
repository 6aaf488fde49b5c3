#pragma once

#include <cmath>
#include <limits>

// Numbers in (0, 1), and the way from there to all numbers: z = log(y / (1 - y)). Written once, for every
// device.
namespace densenf::kernels {

/// What T can say of the open interval (0, 1).
template <class T>
struct UnitInterval {
  /// The ends of it: the smallest number that is not taken for 0 anywhere, and the largest that is not 1.
  static constexpr T lowest = std::numeric_limits<T>::min();
  static constexpr T highest = T(1) - std::numeric_limits<T>::epsilon() / T(2);

  /// y, or the end beyond which it was rounded. A NaN stays one.
  static constexpr T nearest(T y) { return y < lowest ? lowest : y > highest ? highest : y; }
};

/// A value, and the logarithm of its derivative.
template <class T>
struct ValueAndLogDerivative {
  T value, log_derivative;
};

/// 1 / (1 + exp(-x)), in (0, 1) for every x.
template <class T>
constexpr ValueAndLogDerivative<T> sigmoid_of(T x) {
  const T size = std::abs(x), e = std::exp(-size), inverse = T(1) / (T(1) + e);
  // log sigmoid'(x) = -|x| - 2 log(1 + exp(-|x|))
  return {UnitInterval<T>::nearest(x >= 0 ? inverse : e * inverse), -size - T(2) * std::log1p(e)};
}

/// The x that sigmoid_of maps to y; infinite where y is an end of the interval, which stands for all that is
/// beyond it.
template <class T>
constexpr T inverse_sigmoid_of(T y) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  if (y <= UnitInterval<T>::lowest) return -infinity;
  if (y >= UnitInterval<T>::highest) return infinity;
  return std::log(y) - std::log1p(-y);
}

/// log(x / (1 - x)). No density is outside of (0, 1): the logarithm of the derivative is minus infinity
/// there, and the value that of a number close to 0 or 1, so that what comes after has a finite number to
/// work on.
template <class T>
constexpr ValueAndLogDerivative<T> logit_of(T x) {
  const bool outside = x <= T(0) || x >= T(1);
  const T inside = x <= T(0) ? T(1) - UnitInterval<T>::highest : x >= T(1) ? UnitInterval<T>::highest : x;
  const T a = std::log(inside), b = std::log1p(-inside);
  return {a - b, outside ? -std::numeric_limits<T>::infinity() : -a - b};
}

/// The derivative by x of dy logit(x) + g log logit'(x); 0 outside of (0, 1).
template <class T>
constexpr T logit_adjoint_of(T x, T dy, T g) {
  return x <= T(0) || x >= T(1) ? T(0) : (dy + g * (T(2) * x - T(1))) / (x * (T(1) - x));
}

/// y = (x + u) / levels for a gray level x in 0 ... levels - 1 and u in (0, 1), by its distances from both
/// ends of (0, 1). A float next to 1 cannot hold how far it is from there; the distances keep all their
/// digits.
template <class T>
struct Dequantized {
  T from_0, from_1;

  constexpr Dequantized(T x, T u, T levels)
      : from_0((x + u) / levels), from_1(((levels - T(1) - x) + (T(1) - u)) / levels) {}

  constexpr ValueAndLogDerivative<T> logit() const {
    const T a = std::log(from_0), b = std::log(from_1);
    return {a - b, -a - b};
  }
  /// The derivative by y of dz logit(y) + g log logit'(y).
  constexpr T logit_adjoint(T dz, T g) const { return (dz + g * (from_0 - from_1)) / (from_0 * from_1); }
};

}  // namespace densenf::kernels
