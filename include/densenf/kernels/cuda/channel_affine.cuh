#pragma once

#include <array>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Per-channel affine maps that scale first, and starts relative to what a layer makes of a batch.
namespace densenf::kernels {

template <class T>
Index channel_affine_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<2>(cuda, x.pixels(), x.c);
}

/// dx = or +=, dlog_scale +=, dbias += adjoint of y = x exp(log_scale) + bias, to log_prob of which H W sum
/// of log_scale is added. dx.data may be null.
template <class T>
void channel_affine_backward(const Cuda& cuda, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                             const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                             Scratch scratch) {
  if (x.n == 0) return;
  const std::uint32_t per_image = detail::narrow(x.h * x.w);
  sum_over_pixels<2>(
      cuda, "a channel affine map's adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        const T through = dy(p, c) * std::exp(log_scale[c]);
        const double dot = static_cast<double>(through * x(p, c));
        const double d = static_cast<double>(dy(p, c));
        if (dx.data != nullptr) detail::put(write, dx(p, c), through);
        // Every pixel brings its image's gradient: log_prob[n] holds H W times log_scale.
        return std::array<double, 2>{d, dot + dlog_prob[static_cast<std::uint32_t>(p) / per_image]};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        dbias[c] += static_cast<T>(sums[0]);
        dlog_scale[c] += static_cast<T>(sums[1]);
      },
      scratch);
}

/// Unless the flag says that it has been: scale and bias of a layer, whose output over a batch of so many
/// pixels had this mean and (biased) variance, become those that make it mean 0 and unbiased standard
/// deviation `spread`, but for `floor`, which is added to the deviation. `logarithmic`: the scale is given by
/// its logarithm. Does not set the flag.
template <class T>
void start_scale_and_bias(const Cuda& cuda, const T* mean, const T* variance, Index pixels, Index channels,
                          T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started) {
  const T unbiased = static_cast<T>(pixels) / static_cast<T>(pixels - 1);
  for_each_index(cuda, "a start from data", channels, [=] __device__(Index c) {
    if (*started != T(0)) return;
    const T deviation = std::sqrt(variance[c] * unbiased) + floor, factor = spread / deviation;
    scale[c] = logarithmic ? scale[c] - std::log(deviation) : scale[c] * factor;
    bias[c] = (bias[c] - mean[c]) * factor;
  });
}

}  // namespace densenf::kernels
