#pragma once

#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Elementwise functions that are given as objects (see ops/map.hpp). Tensors have the same extents.
namespace densenf::kernels {

/// y = f.value(x)
template <class T, class F>
void map_forward(const Cuda& cuda, const F& f, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "an elementwise function", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = f.value(x(p, c)); });
}

/// dx = or += adjoint of map_forward
template <class T, class F>
void map_backward(const Cuda& cuda, const F& f, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx,
                  Write write) {
  for_each_number(
      cuda, "an elementwise function's adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) { detail::put(write, dx(p, c), dy(p, c) * f.derivative(x(p, c))); });
}

/// y = f.value(x), and log_prob[n] += sum of f.log_derivative(x)
template <class T, class F>
void map_forward(const Cuda& cuda, const F& f, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  sum_each_image(
      cuda, "an elementwise function", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const T v = x(p, c);
        y(p, c) = f.value(v);
        return f.log_derivative(v);
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// dx = or += adjoint of the map_forward with log_prob; dlog_prob[n] is the gradient of the loss by
/// log_prob[n].
template <class T, class F>
void map_backward(const Cuda& cuda, const F& f, Tensor<const T> x, Tensor<const T> dy,
                  const double* dlog_prob, Tensor<T> dx, Write write) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "an elementwise function's adjoint", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) {
                    const T v = x(p, c), g = static_cast<T>(dlog_prob[p / per_image]);
                    detail::put(write, dx(p, c), dy(p, c) * f.derivative(v) + g * f.log_derivative_slope(v));
                  });
}

}  // namespace densenf::kernels
