#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/unit_interval.hpp"
#include "densenf/kernels/write.hpp"

// Copies, sums and scalar maps of batches. x and y have the same extents unless said otherwise.
namespace densenf::kernels {

template <class T>
void fill_zero(const Cuda& cuda, Tensor<T> x) {
  for_each_number(cuda, "filling with zeros", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { x(p, c) = T(0); });
}

/// Sets all bits of some memory, which makes any floating-point number in it a NaN.
inline void set_all_bits(const Cuda& cuda, void* memory, std::size_t bytes) {
  if (bytes == 0) return;
  cuda.make_current();
  densenf::detail::check_cuda(cudaMemsetAsync(memory, 0xff, bytes, cuda.stream()), "setting all bits");
}

/// values[i] = value for i in [0, n)
inline void set_each(const Cuda& cuda, double value, Index n, double* values) {
  for_each_index(cuda, "setting numbers", n, [=] __device__(Index i) { values[i] = value; });
}

/// result = factor * (the sum of n numbers)
inline void scaled_sum(const Cuda& cuda, double factor, const double* values, Index n, double* result) {
  for_each_index(cuda, "adding up numbers", 1, [=] __device__(Index) {
    double total = 0;
    for (Index i = 0; i < n; ++i) total += factor * values[i];
    *result = total;
  });
}

/// y = or += x
template <class T>
void copy(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_number(cuda, "copying", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { detail::put(write, y(p, c), x(p, c)); });
}

/// y += factor * x
template <class T>
void accumulate_scaled(const Cuda& cuda, Tensor<const T> x, T factor, Tensor<T> y) {
  for_each_number(cuda, "accumulating", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) += factor * x(p, c); });
}

/// z = x + y
template <class T>
void add(const Cuda& cuda, Tensor<const T> x, Tensor<const T> y, Tensor<T> z) {
  for_each_number(cuda, "adding", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { z(p, c) = x(p, c) + y(p, c); });
}

/// y = scale * x + shift
template <class T>
void scale_shift(const Cuda& cuda, Tensor<const T> x, T scale, T shift, Tensor<T> y) {
  for_each_number(cuda, "scaling", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = x(p, c) * scale + shift; });
}

namespace detail {
template <class T>
__device__ inline T logistic(T v) {
  const T e = std::exp(-std::abs(v)), inverse = T(1) / (T(1) + e);
  return v >= 0 ? inverse : e * inverse;
}
}  // namespace detail

/// Gated unit: abc holds three groups of y.c channels; y = a + b * sigmoid(c).
template <class T>
void gate_forward(const Cuda& cuda, Tensor<const T> abc, Tensor<T> y) {
  const Index m = y.c;
  for_each_number(cuda, "the gated unit", y.pixels(), m, [=] __device__(Index p, Index c) {
    y(p, c) = abc(p, c) + abc(p, m + c) * detail::logistic(abc(p, 2 * m + c));
  });
}

/// dabc = or += adjoint of gate_forward
template <class T>
void gate_backward(const Cuda& cuda, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write) {
  const Index m = dy.c;
  for_each_number(cuda, "the gated unit's adjoint", dy.pixels(), m, [=] __device__(Index p, Index c) {
    const T d = dy(p, c), s = detail::logistic(abc(p, 2 * m + c));
    detail::put(write, dabc(p, c), d);
    detail::put(write, dabc(p, m + c), d * s);
    detail::put(write, dabc(p, 2 * m + c), d * s * abc(p, m + c) * (T(1) - s));
  });
}

/// y = sigmoid(x), in (0, 1), and log_prob[n] += sum of log dy/dx.
template <class T>
void sigmoid_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  sum_each_image(
      cuda, "the sigmoid", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const auto s = sigmoid_of(x(p, c));
        y(p, c) = s.value;
        return s.log_derivative;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// dx += adjoint of sigmoid_forward; dlog_prob[n] is the gradient of the loss by log_prob[n].
template <class T>
void sigmoid_backward(const Cuda& cuda, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                      Tensor<T> dx) {
  const Index per_image = y.h * y.w;
  for_each_number(cuda, "the sigmoid's adjoint", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const T s = y(p, c), g = static_cast<T>(dlog_prob[p / per_image]);
    dx(p, c) += dy(p, c) * s * (T(1) - s) + g * (T(1) - T(2) * s);
  });
}

/// x = the inverse of sigmoid_forward; infinite where y does not tell what x was.
template <class T>
void sigmoid_inverse(const Cuda& cuda, Tensor<const T> y, Tensor<T> x) {
  for_each_number(cuda, "the sigmoid's inverse", y.pixels(), y.c,
                  [=] __device__(Index p, Index c) { x(p, c) = inverse_sigmoid_of(y(p, c)); });
}

/// y = log(x / (1 - x)) for x in (0, 1), and log_prob[n] += sum of log dy/dx; minus infinity where a number
/// of image n is not in (0, 1), with a finite y.
template <class T>
void logit_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  sum_each_image(
      cuda, "the logit", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const auto logit = logit_of(x(p, c));
        y(p, c) = logit.value;
        return logit.log_derivative;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// dx += adjoint of logit_forward; nothing outside of (0, 1)
template <class T>
void logit_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                    Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the logit's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    dx(p, c) += logit_adjoint_of(x(p, c), dy(p, c), static_cast<T>(dlog_prob[p / per_image]));
  });
}

/// y = (x + u) / levels, in (0, 1) for gray levels x in 0 ... levels - 1 and u in (0, 1)
template <class T>
void dequantize(const Cuda& cuda, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y) {
  const T scale = T(1) / levels;
  for_each_number(cuda, "the dequantization", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    y(p, c) = UnitInterval<T>::nearest((x(p, c) + u(p, c)) * scale);
  });
}

/// z = logit(y) of the y of dequantize before it is rounded, and log_prob[n] += sum of log dz/dy.
template <class T>
void dequantized_logit_forward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> z,
                               double* log_prob) {
  sum_each_image(
      cuda, "the logit of gray levels", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const auto logit = Dequantized<T>(x(p, c), u(p, c), levels).logit();
        z(p, c) = logit.value;
        return logit.log_derivative;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// du += adjoint of dequantized_logit_forward
template <class T>
void dequantized_logit_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> u, T levels,
                                Tensor<const T> dz, const double* dlog_prob, Tensor<T> du) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the adjoint of gray levels' logit", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) {
                    const T g = static_cast<T>(dlog_prob[p / per_image]);
                    du(p, c) += Dequantized<T>(x(p, c), u(p, c), levels).logit_adjoint(dz(p, c), g) / levels;
                  });
}

/// y(p, c) = 1 where x(p, 0) is c, else 0; where x(p, 0) is below 0 they all are 1 / C.
template <class T>
void fill_one_hot(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "one-hot vectors", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const T other = x(p, 0) < T(0) ? T(1) / static_cast<T>(y.c) : T(0);
    y(p, c) = x(p, 0) == static_cast<T>(c) ? T(1) : other;
  });
}

template <class T>
Index all_finite_scratch_bytes(const Cuda&, Tensor<const T>) {
  return Scratch::bytes_for<std::int32_t>(1);
}

/// Whether every number is finite. Waits for the GPU.
template <class T>
bool all_finite(const Cuda& cuda, Tensor<const T> x, Scratch scratch) {
  auto* const flag = scratch.take<std::int32_t>(1);
  cuda.make_current();
  densenf::detail::check_cuda(cudaMemsetAsync(flag, 0, sizeof *flag, cuda.stream()), "setting a flag");
  for_each_number(cuda, "looking for numbers that are not finite", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) {
                    if (!(std::abs(x(p, c)) <= std::numeric_limits<T>::max())) *flag = 1;
                  });
  return to_host(cuda, flag, 1).front() == 0;
}

}  // namespace densenf::kernels
