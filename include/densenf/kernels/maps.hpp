#pragma once

#include <cmath>
#include <limits>

#include "densenf/kernels/unit_interval.hpp"

// Functions of one number for ops::map, written once for every device: `value`, and its derivative.
namespace densenf::kernels::maps {

struct Exp {
  template <class T>
  static constexpr T value(T x) {
    return std::exp(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return std::exp(x);
  }
  static constexpr auto slope() { return Exp{}; }
};

/// exp(factor x)
struct ExpOf {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    return std::exp(static_cast<T>(factor) * x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return static_cast<T>(factor) * value(x);
  }
};

/// max(factor x, 0)
struct ReluOf {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    const T scaled = static_cast<T>(factor) * x;
    return scaled > T(0) ? scaled : T(0);
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T slope = static_cast<T>(factor);
    return slope * x > T(0) ? slope : T(0);
  }
  constexpr auto slope() const;
};

/// The derivative of ReluOf, whose own is 0 wherever it exists.
struct ReluOfSlope {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    return ReluOf{factor}.derivative(x);
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

constexpr auto ReluOf::slope() const { return ReluOfSlope{factor}; }

/// The log-density of the standard logistic distribution, -softplus(x) - softplus(-x).
struct LogisticLogDensity {
  template <class T>
  static constexpr T value(T x) {
    const T far = std::abs(x);
    return -far - T(2) * std::log1p(std::exp(-far));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return -std::tanh(T(0.5) * x);
  }
};

struct Log {
  template <class T>
  static constexpr T value(T x) {
    return std::log(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return T(1) / x;
  }
};

/// 1 - tanh(x)^2
struct TanhSlope {
  template <class T>
  static constexpr T value(T x) {
    const T y = std::tanh(x);
    return (T(1) - y) * (T(1) + y);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return T(-2) * std::tanh(x) * value(x);
  }
};

struct Tanh {
  template <class T>
  static constexpr T value(T x) {
    return std::tanh(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T y = std::tanh(x);
    return (T(1) - y) * (T(1) + y);
  }
  static constexpr auto slope() { return TanhSlope{}; }
};

/// 1 / (1 + exp(-x)), in (0, 1)
struct Sigmoid {
  template <class T>
  static constexpr T value(T x) {
    const T e = std::exp(-std::abs(x)), inverse = T(1) / (T(1) + e);
    return UnitInterval<T>::nearest(x >= 0 ? inverse : e * inverse);
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T e = std::exp(-std::abs(x)), inverse = T(1) / (T(1) + e);
    return e * inverse * inverse;
  }
  static constexpr auto slope();
};

/// The derivative of Sigmoid.
struct SigmoidSlope {
  template <class T>
  static constexpr T value(T x) {
    return Sigmoid::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return -std::tanh(T(0.5) * x) * value(x);
  }
};

constexpr auto Sigmoid::slope() { return SigmoidSlope{}; }

/// log(1 + exp(x))
struct Softplus {
  template <class T>
  static constexpr T value(T x) {
    return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return Sigmoid::value(x);
  }
  static constexpr auto slope() { return Sigmoid{}; }
};

/// 1 above 0, else 0: the derivative of a relu, whose own is 0 wherever it exists.
struct Step {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : T(0);
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

/// 1 above 0, exp(x) below: the derivative of an exponential linear unit.
struct EluSlope {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : std::exp(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(0) : std::exp(x);
  }
};

/// max(x, 0); a NaN stays one.
struct Relu {
  template <class T>
  static constexpr T value(T x) {
    return x < T(0) ? T(0) : x;
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(1) : T(0);
  }
  static constexpr auto slope() { return Step{}; }
};

/// x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh(u)) / 2: the Gaussian error
/// linear unit x P(N(0, 1) < x) in the approximation by tanh, which differs from it by up to 5e-4.
struct GeluTanh {
  static constexpr double twice_root = 1.5957691216057307;  ///< 2 sqrt(2 / pi)
  static constexpr double cubic = 0.044715;

  template <class T>
  static constexpr T value(T x) {
    return x * Sigmoid::value(twice_u(x));
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T v = twice_u(x), slope = static_cast<T>(twice_root) * (T(1) + static_cast<T>(3 * cubic) * x * x);
    return Sigmoid::value(v) + Sigmoid::derivative(v) * x * slope;
  }
  template <class T>
  static constexpr T second_derivative(T x) {
    const T v = twice_u(x), slope = static_cast<T>(twice_root) * (T(1) + static_cast<T>(3 * cubic) * x * x);
    const T s = Sigmoid::value(v), d = Sigmoid::derivative(v);
    // (x s(v))'' = 2 s'(v) v' + x (s''(v) v'^2 + s'(v) v'')
    return T(2) * d * slope +
           x * d * ((T(1) - T(2) * s) * slope * slope + static_cast<T>(6 * cubic * twice_root) * x);
  }

private:
  template <class T>
  static constexpr T twice_u(T x) {
    return static_cast<T>(twice_root) * (x + static_cast<T>(cubic) * x * x * x);
  }
};

/// The derivative of GeluTanh.
struct GeluTanhSlope {
  template <class T>
  static constexpr T value(T x) {
    return GeluTanh::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return GeluTanh::second_derivative(x);
  }
};

/// x P(N(0, 1) < x): the Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415) as it is
/// defined.
struct Gelu {
  static constexpr double root_half = 0.70710678118654752440;            ///< sqrt(1 / 2)
  static constexpr double normal_density_at_0 = 0.39894228040143267794;  ///< 1 / sqrt(2 pi)

  template <class T>
  static constexpr T value(T x) {
    return x * probability(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return probability(x) + x * static_cast<T>(normal_density_at_0) * std::exp(T(-0.5) * x * x);
  }

private:
  template <class T>
  static constexpr T probability(T x) {
    return T(0.5) * std::erfc(-static_cast<T>(root_half) * x);
  }
};

/// The derivative of Gelu.
struct GeluSlope {
  template <class T>
  static constexpr T value(T x) {
    return Gelu::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return (T(2) - x * x) * static_cast<T>(Gelu::normal_density_at_0) * std::exp(T(-0.5) * x * x);
  }
};

/// |x|
struct Abs {
  template <class T>
  static constexpr T value(T x) {
    return std::abs(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x >= T(0) ? T(1) : T(-1);
  }
};

/// From a variance of n numbers the logarithm of one over their deviation, with 1e-5 more of variance; only a
/// value, which nothing is differentiated by. `correction` is n / (n - 1), and not used.
struct LogScaleOfMore {
  double correction;
  template <class T>
  constexpr T value(T variance) const {
    return T(-0.5) * std::log(variance + static_cast<T>(1e-5));
  }
};

/// The same of the variance times the correction, but of at least 0.2; likewise.
struct LogScaleOfAtLeast {
  double correction;
  template <class T>
  constexpr T value(T variance) const {
    const T unbiased = static_cast<T>(correction) * variance;
    return T(-0.5) * std::log(unbiased < static_cast<T>(0.2) ? static_cast<T>(0.2) : unbiased);
  }
};

/// 1 for numbers of 0 and above, -1 below; only a value, which nothing is differentiated by.
struct Sign {
  template <class T>
  static constexpr T value(T x) {
    return x >= T(0) ? T(1) : T(-1);
  }
};

/// 1 for numbers above 0, else -1; likewise.
struct SignAbove0 {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : T(-1);
  }
};

/// 1 or -1, equally likely, from a number that is uniform in (0, 1); likewise.
struct SignOfUniform {
  template <class T>
  static constexpr T value(T u) {
    return u < T(0.5) ? T(1) : T(-1);
  }
};

/// One of the numbers 0 ... count - 1, equally likely, from a number that is uniform in (0, 1); likewise.
struct Choice {
  int count;
  template <class T>
  constexpr T value(T u) const {
    const T most = static_cast<T>(count - 1), choice = std::floor(static_cast<T>(count) * u);
    return choice < most ? choice : most;
  }
};

/// log(2 N(x; 0, 1)) for x >= 0, minus infinity below.
struct HalfNormalLogDensity {
  template <class T>
  static constexpr T value(T x) {
    constexpr T at_0 = static_cast<T>(-0.22579135264472743236);  // log(2 / sqrt(2 pi))
    return x < T(0) ? -std::numeric_limits<T>::infinity() : at_0 - T(0.5) * x * x;
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x < T(0) ? T(0) : -x;
  }
};

/// The log-density of the uniform distribution on [0, 1]: 0 there, minus infinity elsewhere.
struct UniformLogDensity {
  template <class T>
  static constexpr T value(T x) {
    return x < T(0) || x > T(1) ? -std::numeric_limits<T>::infinity() : T(0) * x;  // a NaN stays one
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

/// The inverse of softplus, x + log(1 - exp(-x)), with its log-determinant; there is nothing at 0 and below.
struct SoftplusInverse {
  template <class T>
  static constexpr T value(T x) {
    return x + std::log(-std::expm1(-inside(x)));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(-1) / std::expm1(-x) : T(0);
  }
  template <class T>
  static constexpr T log_derivative(T x) {
    return x > T(0) ? -std::log(-std::expm1(-x)) : -std::numeric_limits<T>::infinity();
  }
  template <class T>
  static constexpr T log_derivative_slope(T x) {
    return x > T(0) ? T(-1) / std::expm1(x) : T(0);
  }

private:
  /// x, or a number close to 0 in place of one outside of the domain.
  template <class T>
  static constexpr T inside(T x) {
    return x <= T(0) ? std::numeric_limits<T>::min() : x;
  }
};

/// Of a uniform draw: 1 / keep with probability `keep`, else 0.
struct KeptWithProbability {
  double keep;
  template <class T>
  constexpr T value(T u) const {
    return u < static_cast<T>(keep) ? static_cast<T>(1 / keep) : T(0);
  }
};

}  // namespace densenf::kernels::maps
