#pragma once

#include <cmath>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/normal_mixture.hpp"

// Mixtures of normals over whole images: how the densities of their components are mixed, and draws.
namespace densenf::kernels {

/// log_prob[i] += factor * log of the sum over the `count` components k of softmax(logits)[k] times the
/// density whose logarithm is densities[k n + i], for n images i.
template <class T>
void mix_log_densities(const Cuda& cuda, const double* densities, const T* logits, Index count, Index n,
                       double factor, double* log_prob) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_index(cuda, "the mixture's density", n,
                 [=] __device__(Index i) { log_prob[i] += factor * mixture.value(i); });
}

/// ddensities = the adjoint of mix_log_densities by the densities, dlogits += that by the logits.
template <class T>
void mix_log_densities_backward(const Cuda& cuda, const double* densities, const T* logits, Index count,
                                Index n, double factor, const double* dlog_prob, double* ddensities,
                                T* dlogits) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_index(cuda, "the mixture's adjoint", n,
                 [=] __device__(Index i) { mixture.differentiate(i, factor * dlog_prob[i], ddensities); });
  for_each_index(cuda, "the mixture's adjoint", count, [=] __device__(Index k) {
    double g = 0;
    for (Index i = 0; i < n; ++i) g += factor * dlog_prob[i];
    dlogits[k] += static_cast<T>(mixture.by_logit(k, g, ddensities));
  });
}

/// x = loc + exp(log_scale) * temperature * e, of which loc and log_scale are those of the component that u
/// (a number in (0, 1) for each image) chooses: the numbers of one component after the other, each in C, H, W
/// order.
template <class T>
void normal_mixture_from_noise(const Cuda& cuda, Tensor<const T> u, Tensor<const T> e, Index count,
                               const T* logits, const T* loc, const T* log_scale, T temperature,
                               Tensor<T> x) {
  const Index pixels = x.h * x.w;
  for_each_number(cuda, "the mixture's draws", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const Index k = chosen_component(logits, count, u(p / pixels, 0));
    const Index at = (k * x.c + c) * pixels + p % pixels;
    x(p, c) = loc[at] + std::exp(log_scale[at]) * temperature * e(p, c);
  });
}

}  // namespace densenf::kernels
