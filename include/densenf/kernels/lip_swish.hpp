#pragma once

#include "densenf/kernels/maps.hpp"

namespace densenf::kernels {

/// LipSwish of "Residual Flows for Invertible Generative Modeling" (NeurIPS 2019): f(x) = x sigmoid(beta x) /
/// 1.1, with beta = softplus(b) > 0 for a number b that is learned. Its slope is at most 0.99985 for every
/// beta. Derivatives by the formula of each member, for single numbers.
template <class T>
struct LipSwishOf {
  T x, beta, s;  ///< s = sigmoid(beta x)

  static constexpr double over = 1.1;
  constexpr LipSwishOf(T number, T steepness)
      : x(number), beta(steepness), s(maps::Sigmoid::value(steepness * number)) {}

  constexpr T value() const { return x * s / T(over); }
  constexpr T by_x() const { return s * (T(1) + beta * x * (T(1) - s)) / T(over); }
  constexpr T by_beta() const { return x * x * s * (T(1) - s) / T(over); }
  constexpr T by_x_x() const { return beta * curve(); }
  constexpr T by_x_beta() const { return x * curve(); }

private:
  constexpr T curve() const { return s * (T(1) - s) * (T(2) + beta * x * (T(1) - T(2) * s)) / T(over); }
};

}  // namespace densenf::kernels
