#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Per-channel affine maps that scale first, and starts relative to what a layer makes of a batch.
namespace densenf::kernels {

template <class T>
Index channel_affine_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dlog_scale +=, dbias += adjoint of y = x exp(log_scale) + bias, to log_prob of which H W sum
/// of log_scale is added. (The map itself is actnorm_inverse, and back actnorm_forward.) dx.data may be null.
template <class T>
void channel_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                             const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                             Scratch) {
  if (dx.data != nullptr) {
    for_each_pixel_with<T>(
        cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(), [write](auto from, auto s, auto to) { detail::put(write, to, from * s); },
              dy.pixel(p) + first, scale.data(), dx.pixel(p) + first);
        });
  }
  double from_log_det = 0;
  for (Index n = 0; n < x.n; ++n) from_log_det += dlog_prob[n];
  from_log_det *= static_cast<double>(x.h * x.w);
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          dlog_scale[first + i] += static_cast<T>(
              sum_dy_x[i] * std::exp(static_cast<double>(log_scale[first + i])) + from_log_det);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) { return channels(dy, p) * channels(x, p); });
}

/// Unless the flag says that it has been: scale and bias of a layer, whose output over a batch of so many
/// pixels had this mean and (biased) variance, become those that make it mean 0 and unbiased standard
/// deviation `spread`, but for `floor`, which is added to the deviation. `logarithmic`: the scale is given by
/// its logarithm. Does not set the flag.
template <class T>
void start_scale_and_bias(const Cpu&, const T* mean, const T* variance, Index pixels, Index channels,
                          T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started) {
  if (*started != T(0)) return;
  const T unbiased = static_cast<T>(pixels) / static_cast<T>(pixels - 1);
  for (Index c = 0; c < channels; ++c) {
    const T deviation = std::sqrt(variance[c] * unbiased) + floor, factor = spread / deviation;
    if (logarithmic)
      scale[c] -= std::log(deviation);
    else
      scale[c] *= factor;
    bias[c] = (bias[c] - mean[c]) * factor;
  }
}

}  // namespace densenf::kernels
