#pragma once

#include <array>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Normalization over the channels of each pixel.
namespace densenf::kernels {

/// y = (x - mean) / sqrt(variance + eps) * gain + bias, with mean and variance of each pixel's channels.
/// statistics: 2 numbers for each pixel, which are what the adjoint needs.
template <class T>
void layer_norm_forward(const Cuda& cuda, Tensor<const T> x, const T* gain, const T* bias, T eps,
                        T* statistics, Tensor<T> y) {
  for_each_index(cuda, "layer normalization", x.pixels(), [=] __device__(Index p) {
    T mean = 0, variance = 0;
    for (Index c = 0; c < x.c; ++c) mean += x(p, c);
    mean /= static_cast<T>(x.c);
    for (Index c = 0; c < x.c; ++c) variance += (x(p, c) - mean) * (x(p, c) - mean);
    statistics[2 * p] = mean;
    statistics[2 * p + 1] = T(1) / std::sqrt(variance / static_cast<T>(x.c) + eps);
  });
  for_each_number(cuda, "layer normalization", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    y(p, c) = (x(p, c) - statistics[2 * p]) * statistics[2 * p + 1] * gain[c] + bias[c];
  });
}

template <class T>
Index layer_norm_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.pixels()) + sum_over_pixels_scratch_bytes<2>(cuda, x.pixels(), x.c);
}

/// dx = or +=, dgain +=, dbias += adjoint of layer_norm_forward. dx.data may be null.
template <class T>
void layer_norm_backward(const Cuda& cuda, Tensor<const T> x, const T* statistics, const T* gain,
                         Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias, Scratch scratch) {
  T* const of_pixel = scratch.take<T>(2 * x.pixels());
  if (dx.data != nullptr) {
    for_each_index(cuda, "layer normalization's adjoint", x.pixels(), [=] __device__(Index p) {
      const T mean = statistics[2 * p], r = statistics[2 * p + 1];
      T offset = 0, slope = 0;
      for (Index c = 0; c < x.c; ++c) {
        const T d = dy(p, c) * gain[c];
        offset += d;
        slope += d * (x(p, c) - mean) * r;
      }
      of_pixel[2 * p] = offset / static_cast<T>(x.c);
      of_pixel[2 * p + 1] = slope / static_cast<T>(x.c);
    });
    for_each_number(cuda, "layer normalization's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
      const T r = statistics[2 * p + 1], normal = (x(p, c) - statistics[2 * p]) * r;
      detail::put(write, dx(p, c), r * (dy(p, c) * gain[c] - of_pixel[2 * p] - normal * of_pixel[2 * p + 1]));
    });
  }
  sum_over_pixels<2>(
      cuda, "layer normalization's adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 2> {
        const T d = dy(p, c);
        return {d, d * (x(p, c) - statistics[2 * p]) * statistics[2 * p + 1]};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        dbias[c] += static_cast<T>(sums[0]);
        dgain[c] += static_cast<T>(sums[1]);
      },
      scratch);
}

}  // namespace densenf::kernels
