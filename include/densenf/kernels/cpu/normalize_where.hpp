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
template <class Numbers>
typename Numbers::PlainObject zero_unless(bool counts, const Numbers& numbers) {
  if (counts) return numbers;
  return Numbers::PlainObject::Zero(numbers.size());
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
      [&](Index p, Index first, auto k) {
        return detail::zero_unless(where(p), row(x, p).segment(first, k));
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, Index first, auto k) {
        return (detail::zero_unless(where(p), row(x, p).segment(first, k)) -
                vector(mean, x.c).segment(first, k))
            .square()
            .eval();
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
      cpu, x.pixels(), x.c,
      [&](Index first, Index count) { return (vector(variance + first, count) + eps).rsqrt(); },
      [&](Index p, Index first, const auto& scale) {
        const auto from = row(x, p).segment(first, scale.size());
        auto to = row(y, p).segment(first, scale.size());
        if (where(p))
          to = (from - vector(mean + first, scale.size())) * scale;
        else
          to = from;
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
      cpu, y.pixels(), y.c,
      [&](Index first, Index count) { return (vector(variance + first, count) + eps).sqrt(); },
      [&](Index p, Index first, const auto& scale) {
        const auto from = row(y, p).segment(first, scale.size());
        auto to = row(x, p).segment(first, scale.size());
        if (where(p))
          to = from * scale + vector(mean + first, scale.size());
        else
          to = from;
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
        [&](Index p, Index first, auto k) {
          return detail::zero_unless(where(p), row(dy, p).segment(first, k));
        },
        [&](Index p, Index first, auto k) {
          return detail::zero_unless(where(p),
                                     row(dy, p).segment(first, k) *
                                         (row(x, p).segment(first, k) - vector(mean, x.c).segment(first, k)));
        });
  } else {
    mutable_vector(offset, 2 * x.c).setZero();
  }
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, Index count) { return (vector(variance + first, count) + eps).rsqrt(); },
      [&](Index p, Index first, const auto& scale) {
        const Index count = scale.size();
        const auto d = row(dy, p).segment(first, count);
        auto to = row(dx, p).segment(first, count);
        if (where(p)) {
          detail::put(write, to,
                      scale * (d - vector(static_cast<const T*>(offset) + first, count) -
                               (row(x, p).segment(first, count) - vector(mean + first, count)) *
                                   vector(static_cast<const T*>(slope) + first, count)));
        } else {
          detail::put(write, to, d);
        }
      });
}

}  // namespace densenf::kernels

#ifdef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/in_library.hpp"
#endif
