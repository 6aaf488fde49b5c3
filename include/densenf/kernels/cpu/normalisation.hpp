#pragma once

#include <cmath>

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/pixels.hpp"

// Per-channel affine maps whose parameters come from, or are started from, statistics of the batch.
namespace densenf::kernels {

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch.
template <class T>
void channel_statistics(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c, [&](Index p, Index first, Index k) { return row(x, p).segment(first, k); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, Index first, Index k) {
        return (row(x, p).segment(first, k) - vector(mean + first, k)).square().eval();
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) variance[first + i] = static_cast<T>(sums[i] / count);
      });
}

/// Whether a flag is not set.
template <class T>
bool is_zero(const Cpu&, const T* flag) {
  return *flag == T(0);
}

/// The data-dependent start of ActNorm: shift = mean, log_scale = log(std + 1e-6), std unbiased; sets the
/// flag. Needs at least two pixels.
template <class T>
void actnorm_start(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started) {
  channel_statistics(cpu, x, shift, log_scale);
  const T unbiased = static_cast<T>(x.pixels()) / static_cast<T>(x.pixels() - 1);
  for (Index i = 0; i < x.c; ++i) log_scale[i] = std::log(std::sqrt(log_scale[i] * unbiased) + T(1e-6));
  *started = T(1);
}

/// z = (x - shift) * exp(-log_scale); log_prob[n] -= H W sum of log_scale.
template <class T>
void actnorm_forward(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    row(z, p) = (row(x, p) - vector(shift, x.c)) * (-vector(log_scale, x.c)).exp();
  });
  const double term = vector(log_scale, x.c).template cast<double>().sum() * static_cast<double>(x.h * x.w);
  for (Index n = 0; n < x.n; ++n) log_prob[n] -= term;
}

/// x = shift + z * exp(log_scale)
template <class T>
void actnorm_inverse(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), x.c,
                 [&](Index p) { row(x, p) = vector(shift, x.c) + row(z, p) * vector(log_scale, x.c).exp(); });
}

/// dx +=, dshift +=, dlog_scale += adjoint of actnorm_forward. dx.data may be null when x is data.
template <class T>
void actnorm_backward(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, T* dshift, T* dlog_scale) {
  if (dx.data != nullptr) {
    for_each_pixel(cpu, z.pixels(), z.c,
                   [&](Index p) { row(dx, p) += row(dz, p) * (-vector(log_scale, z.c)).exp(); });
  }
  double from_log_det = 0;
  for (Index n = 0; n < z.n; ++n) from_log_det += dlog_prob[n];
  from_log_det *= static_cast<double>(z.h * z.w);
  sum_over_pixels<T>(
      cpu, z.pixels(), z.c, [&](Index p, Index first, Index k) { return row(dz, p).segment(first, k); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          dshift[first + i] -= static_cast<T>(sums[i] * std::exp(-static_cast<double>(log_scale[first + i])));
        }
      });
  sum_over_pixels<T>(
      cpu, z.pixels(), z.c,
      [&](Index p, Index first, Index k) {
        return (row(dz, p).segment(first, k) * row(z, p).segment(first, k)).eval();
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          dlog_scale[first + i] -= static_cast<T>(sums[i] + from_log_det);
        }
      });
}

/// y = act((x - mean) / sqrt(variance + eps) * weight + bias)
template <class T>
void batch_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const auto value =
        (row(x, p) - vector(mean, x.c)) * (vector(variance, x.c) + eps).rsqrt() * vector(weight, x.c) +
        vector(bias, x.c);
    if (activation == Activation::relu) {
      row(y, p) = value.max(T(0));
    } else {
      row(y, p) = value;
    }
  });
}

/// running = (1 - momentum) * running + momentum * batch statistics; the variance unbiased. Needs at least
/// two pixels.
template <class T>
void batch_norm_update(const Cpu&, Index channels, Index pixels, T momentum, const T* mean, const T* variance,
                       T* running_mean, T* running_variance) {
  const T unbiased = static_cast<T>(pixels) / static_cast<T>(pixels - 1);
  auto m = mutable_vector(running_mean, channels);
  auto v = mutable_vector(running_variance, channels);
  m = (T(1) - momentum) * m + momentum * vector(mean, channels);
  v = (T(1) - momentum) * v + momentum * unbiased * vector(variance, channels);
}

/// dx +=, dweight +=, dbias += adjoint of batch_norm_forward without activation (the caller has applied the
/// activation's adjoint to dy). `from_batch`: mean and variance were x's own and carry gradients too.
/// sums: scratch for 2 x.c numbers.
template <class T>
void batch_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, T* sums, Tensor<T> dx,
                         T* dweight, T* dbias) {
  const Index c = x.c;
  T* sum_dy = sums;
  T* sum_dy_xhat = sums + c;
  sum_over_pixels<T>(
      cpu, x.pixels(), c, [&](Index p, Index first, Index k) { return row(dy, p).segment(first, k); },
      [&](Index first, const auto& s) {
        for (Index i = 0; i < s.size(); ++i) {
          sum_dy[first + i] = static_cast<T>(s[i]);
          dbias[first + i] += static_cast<T>(s[i]);
        }
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), c,
      [&](Index p, Index first, Index k) {
        return (row(dy, p).segment(first, k) * (row(x, p).segment(first, k) - vector(mean + first, k)) *
                (vector(variance + first, k) + eps).rsqrt())
            .eval();
      },
      [&](Index first, const auto& s) {
        for (Index i = 0; i < s.size(); ++i) {
          sum_dy_xhat[first + i] = static_cast<T>(s[i]);
          dweight[first + i] += static_cast<T>(s[i]);
        }
      });
  const T inverse_count = from_batch ? T(1) / static_cast<T>(x.pixels()) : T(0);
  for_each_pixel(cpu, x.pixels(), c, [&](Index p) {
    const auto inverse_std = (vector(variance, c) + eps).rsqrt();
    const auto xhat = (row(x, p) - vector(mean, c)) * inverse_std;
    row(dx, p) += vector(weight, c) * inverse_std *
                  (row(dy, p) - inverse_count * (vector(sum_dy, c) + xhat * vector(sum_dy_xhat, c)));
  });
}

}  // namespace densenf::kernels
