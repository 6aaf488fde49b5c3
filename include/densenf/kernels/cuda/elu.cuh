#pragma once

#include <cmath>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// The exponential linear unit: x above 0, exp(x) - 1 below. Its derivative is known from its value.
namespace densenf::kernels {

/// y = elu(x); y may be x.
template <class T>
void elu_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "elu", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T v = x(p, c);
    y(p, c) = v > T(0) ? v : std::expm1(v);
  });
}

/// dx = or += the adjoint of elu_forward, from its value y.
template <class T>
void elu_backward(const Cuda& cuda, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "elu's adjoint", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const T v = y(p, c);
    detail::put(write, dx(p, c), v > T(0) ? dy(p, c) : dy(p, c) * (v + T(1)));
  });
}

}  // namespace densenf::kernels
