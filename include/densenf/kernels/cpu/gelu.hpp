#pragma once

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/kernels/write.hpp"

// The Gaussian error linear unit of maps::GeluTanh, by vector instructions.
namespace densenf::kernels {

namespace detail {
/// exp(-2 u), bounded so that its products with its own reciprocal are numbers. Far below 0 the unit is 0.
template <class T, class X>
Lanes<T> gelu_exponential(const X& x) {
  constexpr auto factor = static_cast<T>(-maps::GeluTanh::twice_root),
                 cubic = static_cast<T>(maps::GeluTanh::cubic);
  return (factor * x * (T(1) + cubic * x * x)).min(T(80)).exp();
}
}  // namespace detail

/// y = gelu(x)
template <class T>
void gelu_tanh_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto from, auto to) { to = from / (T(1) + detail::gelu_exponential<T>(from)); }, x,
      y);
}

/// dx = or += adjoint of gelu_tanh_forward
template <class T>
void gelu_tanh_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp,
      [write](auto from, auto d, auto to) {
        constexpr auto root = static_cast<T>(maps::GeluTanh::twice_root),
                       cubic = static_cast<T>(3 * maps::GeluTanh::cubic);
        const Lanes<T> e = detail::gelu_exponential<T>(from), part = (T(1) + e).inverse();
        const Lanes<T> slope = part * (T(1) + from * (e * part) * (root * (T(1) + cubic * from * from)));
        detail::put(write, to, d * slope);
      },
      x, dy, dx);
}

}  // namespace densenf::kernels
