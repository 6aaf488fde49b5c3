#pragma once

#include <cmath>

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
};

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
};

/// 1 / (1 + exp(-x)), in (0, 1)
struct Sigmoid {
  template <class T>
  static constexpr T value(T x) {
    return sigmoid_of(x).value;
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T e = std::exp(-std::abs(x)), inverse = T(1) / (T(1) + e);
    return e * inverse * inverse;
  }
};

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
};

}  // namespace densenf::kernels::maps
