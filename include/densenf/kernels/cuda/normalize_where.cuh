#pragma once

#include <array>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Batch normalization as a step of a flow, at some of the pixels: y = (x - mean) / sqrt(variance + eps) where
// it is to normalize, y = x elsewhere.
namespace densenf::kernels {

template <class T>
Index statistics_where_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch,
/// those outside of `where` counted as zeros.
template <class T, class Where>
void statistics_where(const Cuda& cuda, Where where, Tensor<const T> x, T* mean, T* variance,
                      Scratch scratch) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<1>(
      cuda, "means of channels", x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        return std::array<double, 1>{where(p) ? static_cast<double>(x(p, c)) : 0.0};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) {
        mean[c] = static_cast<T>(sums[0] / count);
      },
      scratch);
  sum_over_pixels<1>(
      cuda, "variances of channels", x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        const double deviation =
            (where(p) ? static_cast<double>(x(p, c)) : 0.0) - static_cast<double>(mean[c]);
        return std::array<double, 1>{deviation * deviation};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) {
        variance[c] = static_cast<T>(sums[0] / count);
      },
      scratch);
}

/// y from x; log_prob[n] -= 1/2 the sum of log(variance + eps) for each of `per_image` pixels, which are
/// those of an image that are normalized.
template <class T, class Where>
void normalize_where(const Cuda& cuda, Where where, Tensor<const T> x, const T* mean, const T* variance,
                     T eps, Index per_image, Tensor<T> y, double* log_prob) {
  const Index pixels = x.h * x.w;
  const double share = static_cast<double>(per_image) / static_cast<double>(pixels);
  sum_each_image(
      cuda, "normalizing", x.n, pixels, x.c,
      [=] __device__(Index p, Index c) -> double {
        y(p, c) = where(p) ? (x(p, c) - mean[c]) / std::sqrt(variance[c] + eps) : x(p, c);
        return std::log(static_cast<double>(variance[c]) + static_cast<double>(eps));
      },
      [=] __device__(Index n, double sum) { log_prob[n] -= 0.5 * share * sum; });
}

/// x from y.
template <class T, class Where>
void normalize_where_inverse(const Cuda& cuda, Where where, Tensor<const T> y, const T* mean,
                             const T* variance, T eps, Tensor<T> x) {
  for_each_number(cuda, "normalizing, inverse", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    x(p, c) = where(p) ? y(p, c) * std::sqrt(variance[c] + eps) + mean[c] : y(p, c);
  });
}

template <class T>
Index normalize_where_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.c) + sum_over_pixels_scratch_bytes<3>(cuda, x.pixels(), x.c);
}

/// dx = or += adjoint of normalize_where. `from_batch`: mean and variance were those of statistics_where and
/// carry gradients too.
template <class T, class Where>
void normalize_where_backward(const Cuda& cuda, Where where, Tensor<const T> x, const T* mean,
                              const T* variance, T eps, Index per_image, bool from_batch, Tensor<const T> dy,
                              const double* dlog_prob, Tensor<T> dx, Write write, Scratch scratch) {
  // With r = 1 / sqrt(variance + eps), N pixels of the batch and the sums over those that are normalized:
  //   dx = r (dy - offset - (x - mean) slope)
  //   offset = sum(dy) / N, slope = (r r sum(dy (x - mean)) + r per_image sum(dlog_prob)) / N
  if (x.n == 0) return;
  T* const offset = scratch.take<T>(2 * x.c);
  T* const slope = offset + x.c;
  const Index pixels = x.h * x.w;
  if (from_batch) {
    const double share = 1 / static_cast<double>(x.pixels());
    const double of_pixel = static_cast<double>(per_image) / static_cast<double>(pixels);
    sum_over_pixels<3>(
        cuda, "normalizing, adjoint", x.pixels(), x.c,
        [=] __device__(Index p, Index c) {
          const double from_log_det = of_pixel * dlog_prob[p / pixels];
          if (!where(p)) return std::array<double, 3>{0, 0, from_log_det};
          const auto d = static_cast<double>(dy(p, c));
          return std::array<double, 3>{d, d * static_cast<double>(x(p, c) - mean[c]), from_log_det};
        },
        [=] __device__(Index c, const std::array<double, 3>& sums) {
          const double r = 1 / std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(eps));
          offset[c] = static_cast<T>(sums[0] * share);
          slope[c] = static_cast<T>((r * r * sums[1] + r * sums[2]) * share);
        },
        scratch);
  }
  for_each_number(cuda, "normalizing, adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    T d = dy(p, c);
    if (where(p)) {
      if (from_batch) d -= offset[c] + (x(p, c) - mean[c]) * slope[c];
      d /= std::sqrt(variance[c] + eps);
    }
    detail::put(write, dx(p, c), d);
  });
}

}  // namespace densenf::kernels
