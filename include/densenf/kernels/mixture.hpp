#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "densenf/core/shape.hpp"

// Couplings by mixtures of logistics (Flow++, arXiv 1902.00275; VFlow, arXiv 2002.09741), written once for
// every device: a number x goes through the distribution function F of a mixture and back to all numbers, u =
// logit F(x), and then through an affine map, z = t + exp(tanh(s)) u. Everything is computed from log F and
// log (1 - F), each of which is accurate where the other is 0: so no float is too small for a tail.
namespace densenf::kernels {

/// What is done with each number that changes.
struct MixtureMap {
  Index components;       ///< K
  bool squashed = false;  ///< whether u = logit(0.05 + 0.9 F), VFlow's, which stays within 2.945

  /// Components that fit in what kernels keep beside them.
  static constexpr Index most_components = 64;

  /// Raw numbers for each one that is mapped: s, t, then K logits of the weights, K means and K logarithms of
  /// the scales. Those of channel c are channels c * parameters() to (c + 1) * parameters() - 1.
  constexpr Index parameters() const { return 2 + 3 * components; }
};

namespace mixture {

/// What logarithms of scales are cut off at.
inline constexpr double lowest_log_scale = -7;
inline constexpr double squash_low = 0.05, squash_range = 0.9;
/// What a squashed map does not reach comes back as the x where F is this far from 0 or 1.
inline constexpr double squash_edge = 1e-5;

/// The logarithms of F, of 1 - F and of the density f = F'.
template <class T>
struct Logs {
  T below, above, density;
};

/// u and log du/dx.
template <class T>
struct Mapped {
  T value, log_slope;
};

/// The numbers whose logarithms u is the difference of: F and 1 - F, or what a squash makes of them.
template <class T>
constexpr T squashed_part(T log_part) {
  return T(squash_low) + T(squash_range) * std::exp(log_part);
}

template <class T>
constexpr Mapped<T> mapped(const Logs<T>& at, bool squashed) {
  if (!squashed) return {at.below - at.above, at.density - at.below - at.above};
  const T below = std::log(squashed_part(at.below)), above = std::log(squashed_part(at.above));
  return {below - above, at.density + T(std::log(squash_range)) - below - above};
}

/// The gradients by the three logarithms, where du is that of u and g that of log du/dx.
template <class T>
constexpr Logs<T> mapped_adjoint(const Logs<T>& at, bool squashed, T du, T g) {
  Logs<T> d{du - g, -du - g, g};
  if (squashed) {
    d.below *= T(1) - T(squash_low) / squashed_part(at.below);
    d.above *= T(1) - T(squash_low) / squashed_part(at.above);
  }
  return d;
}

/// logit F for a given u.
template <class T>
constexpr T logit_of_cdf(T u, bool squashed) {
  if (!squashed) return u;
  const T e = std::exp(-std::abs(u)), small = e / (T(1) + e), large = T(1) / (T(1) + e);
  const auto unsquashed = [](T part) {
    const T cdf = (part - T(squash_low)) / T(squash_range);
    return cdf < T(squash_edge) ? T(squash_edge) : cdf > T(1 - squash_edge) ? T(1 - squash_edge) : cdf;
  };
  const T rest = std::log(unsquashed(small)) - std::log(unsquashed(large));
  return u < T(0) ? rest : -rest;
}

/// x with logit F(x) = v. It lies in [low, high]: F is a mean of the components' logistic functions, so x is
/// between the numbers that solve it for one component each. `logs(x)` gives a Logs.
///
/// Newton's method from `x`, and the middle of what is left of the bracket where that leads out of it, or
/// does not halve it in three steps. Ends where the equation holds to the rounding errors of its terms.
template <class T, class At>
constexpr T solve(T v, T low, T high, T x, const At& logs) {
  constexpr T epsilon = std::numeric_limits<T>::epsilon();
  constexpr int most_steps = 100;
  T width = high - low;  // three steps ago
  for (int step = 0; step < most_steps; ++step) {
    const Logs<T> at = logs(x);
    const T error = at.below - at.above - v;
    const T newton = x - error * std::exp(at.below + at.above - at.density);
    if (std::abs(error) <= T(2) * epsilon * (T(1) - at.below - at.above))
      return newton >= low && newton <= high ? newton : x;
    if (error < T(0))
      low = x;
    else
      high = x;
    const T middle = low + (high - low) / T(2);
    const bool slow = step % 3 == 2 && high - low > width / T(2);
    if (step % 3 == 2) width = high - low;
    const T next = newton > low && newton < high && !slow ? newton : middle;
    if (!(next > low && next < high)) return next;  // nothing is between them, or something is not a number
    x = next;
  }
  return x;
}

}  // namespace mixture
}  // namespace densenf::kernels
