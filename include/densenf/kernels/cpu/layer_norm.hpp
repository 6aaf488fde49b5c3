#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Normalization over the channels of each pixel.
namespace densenf::kernels {

/// y = (x - mean) / sqrt(variance + eps) * gain + bias, with mean and variance of each pixel's channels.
/// statistics: 2 numbers for each pixel, which are what the adjoint needs.
template <class T>
void layer_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* gain, const T* bias, T eps, T* statistics,
                        Tensor<T> y) {
  const auto g = vector(gain, x.c), b = vector(bias, x.c);
  for_each_pixel(cpu, x.pixels(), 4 * x.c, [&](Index p) {
    const auto from = row(x, p);
    const T mean = from.mean(), r = T(1) / std::sqrt((from - mean).square().mean() + eps);
    statistics[2 * p] = mean;
    statistics[2 * p + 1] = r;
    row(y, p) = (from - mean) * r * g + b;
  });
}

template <class T>
Index layer_norm_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dgain +=, dbias += adjoint of layer_norm_forward. dx.data may be null.
template <class T>
void layer_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* statistics, const T* gain,
                         Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias, Scratch) {
  const auto g = vector(gain, x.c);
  if (dx.data != nullptr) {
    for_each_pixel(cpu, x.pixels(), 6 * x.c, [&](Index p) {
      const T mean = statistics[2 * p], r = statistics[2 * p + 1];
      const auto normal = (row(x, p) - mean) * r;
      const auto d = row(dy, p) * g;
      const T offset = d.mean(), slope = (d * normal).mean();
      detail::put(write, row(dx, p), r * (d - offset - normal * slope));
    });
  }
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          dgain[first + i] += static_cast<T>(sum_dy_x[i]);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) {
        return channels(dy, p) * (channels(x, p) - statistics[2 * p]) * statistics[2 * p + 1];
      });
}

}  // namespace densenf::kernels
