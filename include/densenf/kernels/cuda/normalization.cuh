#pragma once

#include <array>
#include <cmath>

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/cuda/linalg.cuh"
#include "densenf/kernels/write.hpp"

// Per-channel affine maps whose parameters come from, or are started from, statistics of the batch.
namespace densenf::kernels {

template <class T>
Index channel_statistics_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<2>(cuda, x.pixels(), x.c);
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch.
template <class T>
void channel_statistics(const Cuda& cuda, Tensor<const T> x, T* mean, T* variance, Scratch scratch) {
  const double count = static_cast<double>(x.pixels());
  // Of deviations from the first pixel, both sums can be had in one pass: the channel's mean, however large,
  // takes no digits away from them.
  sum_over_pixels<2>(
      cuda, "mean and variance of channels", x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        const double deviation = static_cast<double>(x(p, c)) - static_cast<double>(x(0, c));
        return std::array<double, 2>{deviation, deviation * deviation};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        const double first = count > 0 ? static_cast<double>(x(0, c)) : 0.0;
        const double from_first = sums[0] / count, spread = sums[1] / count - from_first * from_first;
        mean[c] = static_cast<T>(first + from_first);
        variance[c] = static_cast<T>(spread < 0 ? 0 : spread);  // NaN stays
      },
      scratch);
}

namespace detail {
/// One block for all channels: a model starts once.
template <class T>
__global__ void __launch_bounds__(sum_lanes* sum_rows)
    actnorm_start_kernel(Tensor<const T> x, T* shift, T* log_scale, T* started, double shift_factor,
                         double log_factor, bool unbiased, double floor) {
  __shared__ double room[sum_rows][sum_lanes];
  if (*started != T(0)) return;
  const Index pixels = x.pixels();
  const auto count = static_cast<double>(pixels);
  const auto total = [&](double part) {
    room[threadIdx.y][threadIdx.x] = part;
    __syncthreads();
    double sum = 0;
    for (int row = 0; row < sum_rows; ++row) sum += room[row][threadIdx.x];
    __syncthreads();
    return sum;
  };
  for (Index first = 0; first < x.c; first += sum_lanes) {
    const Index c = first + threadIdx.x;
    const bool mine = c < x.c;
    double part = 0;
    for (Index p = threadIdx.y; mine && p < pixels; p += sum_rows) part += static_cast<double>(x(p, c));
    const double mean = total(part) / count;
    part = 0;
    for (Index p = threadIdx.y; mine && p < pixels; p += sum_rows) {
      const double deviation = static_cast<double>(x(p, c)) - mean;
      part += deviation * deviation;
    }
    const double variance = total(part) / (unbiased ? count - 1 : count);
    if (mine && threadIdx.y == 0) {
      shift[c] = static_cast<T>(shift_factor * mean);
      const double deviation = std::sqrt(variance) + floor;
      log_scale[c] = deviation == 0 ? T(0) : static_cast<T>(log_factor * std::log(deviation));
    }
  }
  __syncthreads();  // every thread has read the flag
  if (threadIdx.x == 0 && threadIdx.y == 0) *started = T(1);
}
}  // namespace detail

/// Whether a flag is not set. Waits for the GPU.
template <class T>
bool is_zero(const Cuda& cuda, const T* flag) {
  return to_host(cuda, flag, 1).front() == T(0);
}

/// The data-dependent start of ActNorm, unless the flag says that it has been: shift = shift_factor mean,
/// log_scale = log_factor log(std + floor), 0 where that is log 0; sets the flag. Needs at least two pixels,
/// or one where the standard deviation is not unbiased.
template <class T>
void actnorm_start(const Cuda& cuda, Tensor<const T> x, T* shift, T* log_scale, T* started,
                   T shift_factor = T(1), T log_factor = T(1), bool unbiased = true, T floor = T(1e-6)) {
  detail::launch(cuda, "ActNorm's start", 1u, dim3(detail::sum_lanes, detail::sum_rows),
                 detail::actnorm_start_kernel<T>, x, shift, log_scale, started,
                 static_cast<double>(shift_factor), static_cast<double>(log_factor), unbiased,
                 static_cast<double>(floor));
}

/// z = (x - shift) * exp(-log_scale); log_prob[n] -= H W sum of log_scale.
template <class T>
void actnorm_forward(const Cuda& cuda, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob) {
  for_each_number(cuda, "ActNorm", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    z(p, c) = (x(p, c) - shift[c]) * std::exp(-log_scale[c]);
  });
  add_sum_to_each(cuda, -static_cast<double>(x.h * x.w), log_scale, x.c, x.n, log_prob);
}

/// x = shift + z * exp(log_scale)
template <class T>
void actnorm_inverse(const Cuda& cuda, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x) {
  for_each_number(cuda, "ActNorm's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    x(p, c) = shift[c] + z(p, c) * std::exp(log_scale[c]);
  });
}

template <class T>
Index actnorm_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> z) {
  return sum_over_pixels_scratch_bytes<2>(cuda, z.pixels(), z.c);
}

/// dx = or +=, dshift +=, dlog_scale += adjoint of actnorm_forward. dx.data may be null when x is data.
template <class T>
void actnorm_backward(const Cuda& cuda, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale,
                      Scratch scratch) {
  if (z.n == 0) return;
  const std::uint32_t per_image = detail::narrow(z.h * z.w);
  sum_over_pixels<2>(
      cuda, "ActNorm's adjoint", z.pixels(), z.c,
      [=] __device__(Index p, Index c) {
        const T d = dz(p, c);
        if (dx.data != nullptr) detail::put(write, dx(p, c), d * std::exp(-log_scale[c]));
        // Every pixel brings its image's gradient: log_prob[n] holds H W times log_scale.
        const double from_log_det = dlog_prob[static_cast<std::uint32_t>(p) / per_image];
        return std::array<double, 2>{static_cast<double>(d), static_cast<double>(d * z(p, c)) + from_log_det};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        dshift[c] -= static_cast<T>(sums[0] * std::exp(-static_cast<double>(log_scale[c])));
        dlog_scale[c] -= static_cast<T>(sums[1]);
      },
      scratch);
}

namespace detail {
/// What batch normalization multiplies deviations with; a weight of null is 1.
template <class T>
__device__ inline T batch_norm_scale(T variance, T eps, const T* weight, Index c) {
  return (weight != nullptr ? weight[c] : T(1)) / std::sqrt(variance + eps);
}
}  // namespace detail

/// y = act((x - mean) / sqrt(variance + eps) * weight + bias). weight may be null: 1.
template <class T>
void batch_norm_forward(const Cuda& cuda, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y) {
  const bool relu = activation == Activation::relu;
  for_each_number(cuda, "batch normalization", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T scale = detail::batch_norm_scale(variance[c], eps, weight, c);
    const T value = (x(p, c) - mean[c]) * scale + bias[c];
    y(p, c) = relu && value < T(0) ? T(0) : value;
  });
}

/// next = (1 - momentum) * running + momentum * batch statistics, where the variance may be made unbiased,
/// which needs at least two pixels.
template <class T>
void batch_norm_update(const Cuda& cuda, Index channels, Index pixels, T momentum, const T* mean,
                       const T* variance, const T* running_mean, const T* running_variance, T* next_mean,
                       T* next_variance, bool make_unbiased = true) {
  const T unbiased = make_unbiased ? static_cast<T>(pixels) / static_cast<T>(pixels - 1) : T(1);
  for_each_index(cuda, "running statistics", channels, [=] __device__(Index c) {
    next_mean[c] = (T(1) - momentum) * running_mean[c] + momentum * mean[c];
    next_variance[c] = (T(1) - momentum) * running_variance[c] + momentum * unbiased * variance[c];
  });
}

template <class T>
Index batch_norm_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return 2 * Scratch::bytes_for<T>(x.c) + sum_over_pixels_scratch_bytes<2>(cuda, x.pixels(), x.c);
}

/// dx = or +=, dweight +=, dbias += adjoint of batch_norm_forward without activation (the caller has applied
/// the activation's adjoint to dy). `from_batch`: mean and variance were x's own and carry gradients too.
/// weight and dweight may be null.
template <class T>
void batch_norm_backward(const Cuda& cuda, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                         T* dweight, T* dbias, Scratch scratch) {
  if (x.n == 0) return;
  // With r = 1 / sqrt(variance + eps) and xhat = (x - mean) r, and means over the pixels of the batch:
  //   dx = weight r (dy - mean(dy) - xhat mean(dy xhat)) = weight r (dy - offset - (x - mean) slope)
  T* const offset = scratch.take<T>(x.c);
  T* const slope = scratch.take<T>(x.c);
  const double share = from_batch ? 1 / static_cast<double>(x.pixels()) : 0;
  sum_over_pixels<2>(
      cuda, "batch normalization's adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        const T d = dy(p, c);
        return std::array<T, 2>{d, d * (x(p, c) - mean[c])};
      },
      [=] __device__(Index c, const std::array<double, 2>& sums) {
        const double r = 1 / std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(eps));
        dbias[c] += static_cast<T>(sums[0]);
        if (dweight != nullptr) dweight[c] += static_cast<T>(sums[1] * r);
        offset[c] = static_cast<T>(sums[0] * share);
        slope[c] = static_cast<T>(sums[1] * r * r * share);
      },
      scratch);
  for_each_number(cuda, "batch normalization's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T scale = detail::batch_norm_scale(variance[c], eps, weight, c);
    detail::put(write, dx(p, c), scale * (dy(p, c) - offset[c] - (x(p, c) - mean[c]) * slope[c]));
  });
}

}  // namespace densenf::kernels
