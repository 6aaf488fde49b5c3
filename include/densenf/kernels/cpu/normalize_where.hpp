#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Batch normalization as a step of a flow, at some of the pixels: y = (x - mean) / sqrt(variance + eps) where
// it is to normalize, y = x elsewhere.
namespace densenf::kernels {

namespace detail {
/// The numbers where they count, else zeros. (What is infinite or no number is not made 0 by multiplying.)
template <class T>
simd::Pack<T> zero_unless(bool counts, const simd::Pack<T>& numbers) {
  return counts ? numbers : simd::Pack<T>(T(0));
}
}  // namespace detail

template <class T>
Index statistics_where_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch,
/// those outside of `where` counted as zeros.
template <class T, class Where>
void statistics_where(const Cpu& cpu, Where where, Tensor<const T> x, T* mean, T* variance, Scratch) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return detail::zero_unless(where(p), channels(x, p)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) {
        return squared(detail::zero_unless(where(p), channels(x, p)) - channels(mean));
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) variance[first + i] = static_cast<T>(sums[i] / count);
      });
}

/// y from x; log_prob[n] -= 1/2 the sum of log(variance + eps) for each of `per_image` pixels, which are
/// those of an image that are normalized.
template <class T, class Where>
void normalize_where(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean, const T* variance, T eps,
                     Index per_image, Tensor<T> y, double* log_prob) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return T(1) / sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const from = x.pixel(p) + first;
        T* const to = y.pixel(p) + first;
        if (!where(p)) return put_numbers(Write::assign, scale.size(), from, to);
        for_each_packet(
            scale.size(), [](auto number, auto m, auto s, auto result) { result = (number - m) * s; }, from,
            mean + first, scale.data(), to);
      });
  double sum = 0;
  for (Index c = 0; c < x.c; ++c)
    sum += std::log(static_cast<double>(variance[c]) + static_cast<double>(eps));
  for (Index n = 0; n < x.n; ++n) log_prob[n] -= 0.5 * static_cast<double>(per_image) * sum;
}

/// x from y.
template <class T, class Where>
void normalize_where_inverse(const Cpu& cpu, Where where, Tensor<const T> y, const T* mean, const T* variance,
                             T eps, Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, y.pixels(), y.c, [&](const auto& channels) { return sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const from = y.pixel(p) + first;
        T* const to = x.pixel(p) + first;
        if (!where(p)) return put_numbers(Write::assign, scale.size(), from, to);
        for_each_packet(
            scale.size(), [](auto number, auto m, auto s, auto result) { result = number * s + m; }, from,
            mean + first, scale.data(), to);
      });
}

template <class T>
Index normalize_where_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.c);
}

/// dx = or += adjoint of normalize_where. `from_batch`: mean and variance were those of statistics_where and
/// carry gradients too.
template <class T, class Where>
void normalize_where_backward(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean,
                              const T* variance, T eps, Index per_image, bool from_batch, Tensor<const T> dy,
                              const double* dlog_prob, Tensor<T> dx, Write write, Scratch scratch) {
  // With r = 1 / sqrt(variance + eps), N pixels of the batch and the sums over those that are normalized:
  //   dx = r (dy - offset - (x - mean) slope)
  //   offset = sum(dy) / N, slope = (r r sum(dy (x - mean)) + r per_image sum(dlog_prob)) / N
  T* const offset = scratch.take<T>(2 * x.c);
  T* const slope = offset + x.c;
  if (from_batch) {
    double from_log_det = 0;
    for (Index n = 0; n < x.n; ++n) from_log_det += dlog_prob[n];
    from_log_det *= static_cast<double>(per_image);
    const double share = 1 / static_cast<double>(x.pixels());
    sums_over_pixels<T>(
        cpu, x.pixels(), x.c,
        [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
          for (Index i = 0; i < sum_dy.size(); ++i) {
            const double r =
                1 / std::sqrt(static_cast<double>(variance[first + i]) + static_cast<double>(eps));
            offset[first + i] = static_cast<T>(sum_dy[i] * share);
            slope[first + i] = static_cast<T>((r * r * sum_dy_x[i] + r * from_log_det) * share);
          }
        },
        [&](Index p, const auto& channels) { return detail::zero_unless(where(p), channels(dy, p)); },
        [&](Index p, const auto& channels) {
          return detail::zero_unless(where(p), channels(dy, p) * (channels(x, p) - channels(mean)));
        });
  } else {
    std::fill_n(offset, 2 * x.c, T(0));
  }
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return T(1) / sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const d = dy.pixel(p) + first;
        T* const to = dx.pixel(p) + first;
        if (!where(p)) return put_numbers(write, scale.size(), d, to);
        for_each_packet(
            scale.size(),
            [write](auto gradient, auto from, auto m, auto o, auto l, auto s, auto result) {
              detail::put(write, result, s * (gradient - o - (from - m) * l));
            },
            d, x.pixel(p) + first, mean + first, static_cast<const T*>(offset + first),
            static_cast<const T*>(slope + first), scale.data(), to);
      });
}

}  // namespace densenf::kernels

#ifdef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/in_library.hpp"
#endif
