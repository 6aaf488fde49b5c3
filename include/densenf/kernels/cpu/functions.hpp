#pragma once

#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/write.hpp"

// Elementwise functions that are given as objects (see ops/map.hpp). Tensors have the same extents.
namespace densenf::kernels {

/// y = f.value(x)
template <class T, class F>
void map_forward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) y(p, c) = f.value(x(p, c));
  });
}

/// dx = or += adjoint of map_forward
template <class T, class F>
void map_backward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx,
                  Write write) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) detail::put(write, dx(p, c), dy(p, c) * f.derivative(x(p, c)));
  });
}

/// y = f.value(x), and log_prob[n] += sum of f.log_derivative(x)
template <class T, class F>
void map_forward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < x.c; ++c) {
        y(p, c) = f.value(x(p, c));
        total += static_cast<double>(f.log_derivative(x(p, c)));
      }
    }
    log_prob[n] += total;
  });
}

/// dx = or += adjoint of the map_forward with log_prob; dlog_prob[n] is the gradient of the loss by
/// log_prob[n].
template <class T, class F>
void map_backward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                  Tensor<T> dx, Write write) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index c = 0; c < x.c; ++c) {
      const T v = x(p, c);
      detail::put(write, dx(p, c), dy(p, c) * f.derivative(v) + g * f.log_derivative_slope(v));
    }
  });
}

}  // namespace densenf::kernels
