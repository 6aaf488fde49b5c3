#pragma once

#include <limits>
#include <numbers>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Softplus, log(1 + exp(x)), and its derivative 1 / (1 + exp(-x)), by vector instructions.
namespace densenf::kernels {

/// y = softplus(x)
template <class T>
void softplus_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, 2 * cost_of_exp,
      // A difference, because a maximum may lose a NaN.
      [](auto from, auto to) {
        const auto above = max(from, T(0)), far = from - above - above;
        // Packets have no exponential below the smallest normal number, and give another instead.
        constexpr T lowest = static_cast<T>((std::numeric_limits<T>::min_exponent - 1) * std::numbers::ln2);
        to = above + log1p(select(far < lowest, T(0), exp(far)));
      },
      x, y);
}

/// dx = or += adjoint of softplus_forward
template <class T>
void softplus_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp, [write](auto from, auto d, auto to) { detail::put(write, to, d * logistic(from)); },
      x, dy, dx);
}

/// y = 1 / (1 + exp(-x)), which far from 0 is 0 and 1.
template <class T>
void logistic_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto from, auto to) { to = logistic(from); }, x, y);
}

/// dx = or += adjoint of logistic_forward, from its value y
template <class T>
void logistic_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 1, [write](auto s, auto d, auto to) { detail::put(write, to, d * s * (T(1) - s)); }, y, dy, dx);
}

}  // namespace densenf::kernels
