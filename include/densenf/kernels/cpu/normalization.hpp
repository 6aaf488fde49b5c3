#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// Per-channel affine maps whose parameters come from, or are started from, statistics of the batch.
namespace densenf::kernels {

template <class T>
Index channel_statistics_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch.
template <class T>
void channel_statistics(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance, Scratch) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(x, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return squared(channels(x, p) - channels(mean)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) variance[first + i] = static_cast<T>(sums[i] / count);
      });
}

/// Whether a flag is not set.
template <class T>
bool is_zero(const Cpu&, const T* flag) {
  return *flag == T(0);
}

/// The data-dependent start of ActNorm, unless the flag says that it has been: shift = shift_factor mean,
/// log_scale = log_factor log(std + floor), 0 where that is log 0; sets the flag. Needs at least two pixels,
/// or one where the standard deviation is not unbiased.
template <class T>
void actnorm_start(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started,
                   T shift_factor = T(1), T log_factor = T(1), bool unbiased = true, T floor = T(1e-6)) {
  if (*started != T(0)) return;
  channel_statistics(cpu, x, shift, log_scale, {});
  const T correction = unbiased ? static_cast<T>(x.pixels()) / static_cast<T>(x.pixels() - 1) : T(1);
  for (Index i = 0; i < x.c; ++i) {
    shift[i] *= shift_factor;
    const T deviation = std::sqrt(log_scale[i] * correction) + floor;
    log_scale[i] = deviation == T(0) ? T(0) : log_factor * std::log(deviation);
  }
  *started = T(1);
}

/// z = (x - shift) * exp(-log_scale); log_prob[n] -= H W sum of log_scale.
template <class T>
void actnorm_forward(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(-channels(log_scale)); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = (from - m) * s; }, x.pixel(p) + first,
            shift + first, scale.data(), z.pixel(p) + first);
      });
  double term = 0;
  for (Index c = 0; c < x.c; ++c) term += static_cast<double>(log_scale[c]);
  term *= static_cast<double>(x.h * x.w);
  for (Index n = 0; n < x.n; ++n) log_prob[n] -= term;
}

/// x = shift + z * exp(log_scale)
template <class T>
void actnorm_inverse(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = m + from * s; }, z.pixel(p) + first,
            shift + first, scale.data(), x.pixel(p) + first);
      });
}

template <class T>
Index actnorm_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dshift +=, dlog_scale += adjoint of actnorm_forward. dx.data may be null when x is data.
template <class T>
void actnorm_backward(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale, Scratch) {
  if (dx.data != nullptr) {
    for_each_pixel_with<T>(
        cpu, z.pixels(), z.c, [&](const auto& channels) { return exp(-channels(log_scale)); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(), [write](auto from, auto s, auto to) { detail::put(write, to, from * s); },
              dz.pixel(p) + first, scale.data(), dx.pixel(p) + first);
        });
  }
  double from_log_det = 0;
  for (Index n = 0; n < z.n; ++n) from_log_det += dlog_prob[n];
  from_log_det *= static_cast<double>(z.h * z.w);
  sums_over_pixels<T>(
      cpu, z.pixels(), z.c,
      [&](Index first, const auto& sum_dz, const auto& sum_dz_z) {
        for (Index i = 0; i < sum_dz.size(); ++i) {
          dshift[first + i] -=
              static_cast<T>(sum_dz[i] * std::exp(-static_cast<double>(log_scale[first + i])));
          dlog_scale[first + i] -= static_cast<T>(sum_dz_z[i] + from_log_det);
        }
      },
      [&](Index p, const auto& channels) { return channels(dz, p); },
      [&](Index p, const auto& channels) { return channels(dz, p) * channels(z, p); });
}

namespace detail {
/// weight / sqrt(variance + eps) of some channels; a weight of null is 1.
template <class T>
simd::Pack<T> batch_norm_scale(const ChannelPack<T>& channels, const T* variance, T eps, const T* weight) {
  const simd::Pack<T> scale = T(1) / sqrt(channels(variance) + eps);
  return weight != nullptr ? scale * channels(weight) : scale;
}
}  // namespace detail

/// y = act((x - mean) / sqrt(variance + eps) * weight + bias). weight may be null: 1.
template <class T>
void batch_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y) {
  const auto run = [&](const auto& activate) {
    for_each_pixel_with<T>(
        cpu, x.pixels(), x.c,
        [&](const auto& at) { return detail::batch_norm_scale<T>(at, variance, eps, weight); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(),
              [&](auto from, auto m, auto s, auto b, auto to) { to = activate((from - m) * s + b); },
              x.pixel(p) + first, mean + first, scale.data(), bias + first, y.pixel(p) + first);
        });
  };
  if (activation == Activation::relu) {
    run([](const simd::Pack<T>& value) { return max(value, T(0)); });
  } else {
    run([](const simd::Pack<T>& value) { return value; });
  }
}

/// next = (1 - momentum) * running + momentum * batch statistics, where the variance may be made unbiased,
/// which needs at least two pixels.
template <class T>
void batch_norm_update(const Cpu&, Index channels, Index pixels, T momentum, const T* mean, const T* variance,
                       const T* running_mean, const T* running_variance, T* next_mean, T* next_variance,
                       bool make_unbiased = true) {
  const T unbiased = make_unbiased ? static_cast<T>(pixels) / static_cast<T>(pixels - 1) : T(1);
  for (Index c = 0; c < channels; ++c) {
    next_mean[c] = (T(1) - momentum) * running_mean[c] + momentum * mean[c];
    next_variance[c] = (T(1) - momentum) * running_variance[c] + momentum * unbiased * variance[c];
  }
}

template <class T>
Index batch_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.c);
}

/// dx = or +=, dweight +=, dbias += adjoint of batch_norm_forward without activation (the caller has applied
/// the activation's adjoint to dy). `from_batch`: mean and variance were x's own and carry gradients too.
/// weight and dweight may be null.
template <class T>
void batch_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                         T* dweight, T* dbias, Scratch scratch) {
  const Index c = x.c;
  // With r = 1 / sqrt(variance + eps) and xhat = (x - mean) r, and means over the pixels of the batch:
  //   dx = weight r (dy - mean(dy) - xhat mean(dy xhat)) = weight r (dy - offset - (x - mean) slope)
  T* const offset = scratch.take<T>(2 * c);
  T* const slope = offset + c;
  const double share = from_batch ? 1 / static_cast<double>(x.pixels()) : 0;
  sums_over_pixels<T>(
      cpu, x.pixels(), c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          const double r = 1 / std::sqrt(static_cast<double>(variance[first + i]) + static_cast<double>(eps));
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          if (dweight != nullptr) dweight[first + i] += static_cast<T>(sum_dy_x[i] * r);
          offset[first + i] = static_cast<T>(sum_dy[i] * share);
          slope[first + i] = static_cast<T>(sum_dy_x[i] * r * r * share);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) { return channels(dy, p) * (channels(x, p) - channels(mean)); });
  for_each_pixel_with<T>(
      cpu, x.pixels(), c,
      [&](const auto& at) { return detail::batch_norm_scale<T>(at, variance, eps, weight); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(),
            [write](auto d, auto from, auto m, auto o, auto l, auto s, auto to) {
              detail::put(write, to, s * (d - o - (from - m) * l));
            },
            dy.pixel(p) + first, x.pixel(p) + first, mean + first, static_cast<const T*>(offset + first),
            static_cast<const T*>(slope + first), scale.data(), dx.pixel(p) + first);
      });
}

}  // namespace densenf::kernels
