#pragma once

#include <cmath>

#include "densenf/kernels/cuda/launch.cuh"

// What makes the bijector of leaky.hpp run on a GPU: overloads of its three kernels. In a kernel for a GPU
// a loop's body says what happens to one number; how the numbers are shared among threads is
// for_each_number's business, and in which order terms are added that of the sums. A sum over the pixels of
// all images is one of many blocks, which leave what they have found in scratch memory.
namespace densenf::kernels {

template <class T>
void leaky_forward(const Cuda& cuda, Tensor<const T> x, const T* log_slope, Tensor<T> y, double* log_prob) {
  sum_each_image(
      cuda, "leaky", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        const bool negative = x(p, c) < T(0);
        y(p, c) = negative ? std::exp(log_slope[c]) * x(p, c) : x(p, c);
        return negative ? log_slope[c] : T(0);
      },
      [=] __device__(Index n, double log_det) { log_prob[n] += log_det; });
}

template <class T>
void leaky_inverse(const Cuda& cuda, Tensor<const T> y, const T* log_slope, Tensor<T> x) {
  for_each_number(cuda, "leaky's inverse", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    x(p, c) = y(p, c) < T(0) ? std::exp(-log_slope[c]) * y(p, c) : y(p, c);
  });
}

template <class T>
Index leaky_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

template <class T>
void leaky_backward(const Cuda& cuda, Tensor<const T> x, const T* log_slope, Tensor<const T> dy,
                    const double* dlog_prob, Tensor<T> dx, T* dlog_slope, Scratch scratch) {
  if (dx.data != nullptr) {
    for_each_number(cuda, "leaky's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
      dx(p, c) += x(p, c) < T(0) ? std::exp(log_slope[c]) * dy(p, c) : dy(p, c);
    });
  }
  const Index pixels_per_image = x.h * x.w;
  sum_over_pixels<1>(
      cuda, "leaky's slopes", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 1> {
        const T from_log_det = static_cast<T>(dlog_prob[p / pixels_per_image]);
        return {x(p, c) < T(0) ? dy(p, c) * std::exp(log_slope[c]) * x(p, c) + from_log_det : T(0)};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) {
        dlog_slope[c] += static_cast<T>(sums[0]);
      },
      scratch);
}

}  // namespace densenf::kernels
