#pragma once

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// The exponential linear unit: x above 0, exp(x) - 1 below. Its derivative is known from its value.
namespace densenf::kernels {

namespace detail {
/// elu of packets of numbers, see for_each_packet.
template <class T>
struct EluOfPacket {
  void operator()(auto from, auto to) const {
    // A difference, because a minimum may lose a NaN.
    const auto above = max(from, T(0));
    to = above + (exp(from - above) - T(1));
  }
};

/// What a convolution does behind its sum: n numbers become their elu.
template <class T>
void elu_in_place(T* x, Index n) {
  for_each_packet(n, EluOfPacket<T>{}, static_cast<const T*>(x), x);
}
}  // namespace detail

/// y = elu(x); y may be x.
template <class T>
void elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cpu, cost_of_exp, detail::EluOfPacket<T>{}, x, y);
}

/// dx = or += the adjoint of elu_forward, from its value y.
template <class T>
void elu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 1, [write](auto value, auto d, auto to) { detail::put(write, to, d * (min(value, T(0)) + T(1))); },
      y, dy, dx);
}

}  // namespace densenf::kernels
