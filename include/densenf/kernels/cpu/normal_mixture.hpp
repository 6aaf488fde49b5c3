#pragma once

#include <cmath>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/normal_mixture.hpp"

// Mixtures of normals over whole images: how the densities of their components are mixed, and draws.
namespace densenf::kernels {

/// log_prob[i] += factor * log of the sum over the `count` components k of softmax(logits)[k] times the
/// density whose logarithm is densities[k n + i], for n images i.
template <class T>
void mix_log_densities(const Cpu& cpu, const double* densities, const T* logits, Index count, Index n,
                       double factor, double* log_prob) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_pixel(cpu, n, 2 * cost_of_exp * count, [&](Index i) { log_prob[i] += factor * mixture.value(i); });
}

/// ddensities = the adjoint of mix_log_densities by the densities, dlogits += that by the logits.
template <class T>
void mix_log_densities_backward(const Cpu& cpu, const double* densities, const T* logits, Index count,
                                Index n, double factor, const double* dlog_prob, double* ddensities,
                                T* dlogits) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_pixel(cpu, n, 2 * cost_of_exp * count,
                 [&](Index i) { mixture.differentiate(i, factor * dlog_prob[i], ddensities); });
  double g = 0;
  for (Index i = 0; i < n; ++i) g += factor * dlog_prob[i];
  for_each_pixel(cpu, count, n + cost_of_exp * count,
                 [&](Index k) { dlogits[k] += static_cast<T>(mixture.by_logit(k, g, ddensities)); });
}

/// x = loc + exp(log_scale) * temperature * e, of which loc and log_scale are those of the component that u
/// (a number in (0, 1) for each image) chooses: the numbers of one component after the other, each in C, H, W
/// order.
template <class T>
void normal_mixture_from_noise(const Cpu& cpu, Tensor<const T> u, Tensor<const T> e, Index count,
                               const T* logits, const T* loc, const T* log_scale, T temperature,
                               Tensor<T> x) {
  const Index pixels = x.h * x.w;
  for_each_image(cpu, x.n, pixels, [&](Index i, Index first, Index last) {
    const Index of_component = chosen_component(logits, count, u(i, 0)) * x.c * pixels;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < x.c; ++c) {
        const Index at = of_component + c * pixels + (p - first);
        x(p, c) = loc[at] + std::exp(log_scale[at]) * temperature * e(p, c);
      }
    }
  });
}

}  // namespace densenf::kernels
