#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/maps.hpp"
#include "densenf/kernels/write.hpp"

// The Gaussian error linear unit, as it is defined (maps::Gelu) and in its approximation by tanh
// (maps::GeluTanh).
namespace densenf::kernels {

/// y = gelu(x) by tanh
template <class T>
void gelu_tanh_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "gelu", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = maps::GeluTanh::value(x(p, c)); });
}

/// dx = or += adjoint of gelu_tanh_forward
template <class T>
void gelu_tanh_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "gelu's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, dx(p, c), dy(p, c) * maps::GeluTanh::derivative(x(p, c)));
  });
}

/// y = gelu(x)
template <class T>
void gelu_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "gelu", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = maps::Gelu::value(x(p, c)); });
}

/// dx = or += adjoint of gelu_forward
template <class T>
void gelu_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "gelu's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, dx(p, c), dy(p, c) * maps::Gelu::derivative(x(p, c)));
  });
}

}  // namespace densenf::kernels
