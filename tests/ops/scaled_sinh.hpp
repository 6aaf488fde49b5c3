#pragma once

#include <cmath>

namespace op_list {

/// A function for ops::map with a member.
struct ScaledSinh {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    return static_cast<T>(factor) * std::sinh(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return static_cast<T>(factor) * std::cosh(x);
  }
  template <class T>
  constexpr T log_derivative(T x) const {
    return std::log(static_cast<T>(factor) * std::cosh(x));
  }
  template <class T>
  constexpr T log_derivative_slope(T x) const {
    return std::tanh(x);
  }
};

}  // namespace op_list
