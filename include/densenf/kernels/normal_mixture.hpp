#pragma once

#include <cmath>
#include <limits>

#include "densenf/core/shape.hpp"

// What a mixture does with the numbers of its components, for every device.
namespace densenf::kernels {

/// log of the sum of exp(v(k)) for k in [0, count), without overflow. Minus infinity where all of them are.
template <class V>
constexpr double log_sum_exp(Index count, const V& v) {
  double most = v(0);
  for (Index k = 1; k < count; ++k) most = v(k) > most ? v(k) : most;
  double sum = 0;
  // Equal ones are not subtracted, because infinite ones are not 0 apart.
  for (Index k = 0; k < count; ++k) sum += v(k) == most ? 1.0 : std::exp(v(k) - most);
  return most + std::log(sum);
}

/// The component that a number u in (0, 1) chooses, each as likely as the softmax of its logit.
template <class T>
constexpr Index chosen_component(const T* logits, Index count, T u) {
  const double total = log_sum_exp(count, [&](Index k) { return static_cast<double>(logits[k]); });
  double left = static_cast<double>(u);
  Index k = 0;
  // The last one also takes what rounding leaves.
  for (; k + 1 < count; ++k) {
    left -= std::exp(static_cast<double>(logits[k]) - total);
    if (left < 0) break;
  }
  return k;
}

/// `count` components are mixed of which the log-densities of image i are densities[k n + i].
template <class T>
struct LogDensityMixture {
  const double* densities;
  const T* logits;
  Index count, n;

  /// The log-density of image i.
  constexpr double value(Index i) const { return log_total(i) - log_total_of_logits(); }
  /// Its derivatives by those of the components, times g, to ddensities; 0 where there is no density.
  constexpr void differentiate(Index i, double g, double* ddensities) const {
    const double total = log_total(i);
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    for (Index k = 0; k < count; ++k)
      ddensities[k * n + i] = total == nothing ? 0.0 : g * std::exp(joint(k, i) - total);
  }
  /// The sum over the images of the derivatives by logit k, where differentiate has been and `g` is the sum
  /// of what it was given.
  constexpr double by_logit(Index k, double g, const double* ddensities) const {
    double sum = -g * std::exp(static_cast<double>(logits[k]) - log_total_of_logits());
    for (Index i = 0; i < n; ++i) sum += ddensities[k * n + i];
    return sum;
  }

private:
  /// The log of component k's probability times its density of image i, but for what all logits have in
  /// common.
  constexpr double joint(Index k, Index i) const {
    return densities[k * n + i] + static_cast<double>(logits[k]);
  }
  constexpr double log_total(Index i) const {
    return log_sum_exp(count, [&](Index k) { return joint(k, i); });
  }
  constexpr double log_total_of_logits() const {
    return log_sum_exp(count, [&](Index k) { return static_cast<double>(logits[k]); });
  }
};

}  // namespace densenf::kernels
