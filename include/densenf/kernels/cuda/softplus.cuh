#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/maps.hpp"
#include "densenf/kernels/write.hpp"

// Softplus, log(1 + exp(x)), and its derivative 1 / (1 + exp(-x)).
namespace densenf::kernels {

/// y = softplus(x)
template <class T>
void softplus_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "softplus", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = maps::Softplus::value(x(p, c)); });
}

/// dx = or += adjoint of softplus_forward
template <class T>
void softplus_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "softplus' adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, dx(p, c), dy(p, c) * maps::Softplus::derivative(x(p, c)));
  });
}

/// y = 1 / (1 + exp(-x)), which far from 0 is 0 and 1.
template <class T>
void logistic_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "logistic function", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = T(1) / (T(1) + std::exp(-x(p, c))); });
}

/// dx = or += adjoint of logistic_forward, from its value y
template <class T>
void logistic_backward(const Cuda& cuda, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "logistic function's adjoint", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const T s = y(p, c);
    detail::put(write, dx(p, c), dy(p, c) * s * (T(1) - s));
  });
}

}  // namespace densenf::kernels
