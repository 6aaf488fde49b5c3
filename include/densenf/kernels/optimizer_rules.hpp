#pragma once

#include <cmath>
#include <type_traits>

#include "densenf/core/shape.hpp"

// What an optimizer does to one parameter: p the parameter, g its gradient, then the moments it keeps. The
// rules are written once, for a number or for an Eigen array of neighbors. They may leave anything in g:
// the pass around them sets it to zero.
namespace densenf::kernels {

namespace detail {
template <class T>
constexpr T larger(T a, T b) {
  return a > b ? a : b;
}
template <class A, class B>
auto larger(const A& a, const B& b) -> decltype(a.max(b)) {
  return a.max(b);
}
}  // namespace detail

/// The factor that brings gradients with this squared norm down to `max_norm` at most, as PyTorch's
/// clip_grad_norm_ computes it.
template <class T>
constexpr T clip_factor(T squared_norm, T max_norm) {
  const T factor = max_norm / (std::sqrt(squared_norm) + T(1e-6));
  return factor < T(1) ? factor : T(1);
}

/// What is known of a step, on the device, when it comes to the optimizer. A step whose loss or gradient is
/// not finite changes nothing but gradients, which are zero after it.
struct StepFacts {
  const double* loss;
  const double* squared_norm;
  double max_norm;  ///< gradients with a larger norm are scaled down to it; 0: they are not
};

namespace detail {
/// Whether the step of these facts is taken. A template, as what it calls is not constexpr everywhere.
template <class Facts>
constexpr bool is_taken(const Facts& facts) {
  return std::isfinite(*facts.loss) && std::isfinite(*facts.squared_norm);
}

/// The rule for the step of these facts, which clips its gradients.
template <class Rule, class Facts>
constexpr Rule clipped(const Rule& rule, const Facts& facts) {
  Rule scaled = rule;
  if (facts.max_norm != 0) {
    using Factor = decltype(rule.gradient_scale);
    scaled.gradient_scale = rule.gradient_scale * static_cast<std::remove_const_t<Factor>>(
                                                      clip_factor(*facts.squared_norm, facts.max_norm));
  }
  return scaled;
}
}  // namespace detail

template <class T>
struct AdamaxRule {
  static constexpr Index moments = 2;
  T gradient_scale, weight_decay;
  T one_minus_beta1, beta2, epsilon;
  T step_size;  ///< lr / (1 - beta1^t)

  template <class P, class G, class M, class U>
  constexpr void operator()(P& p, G& g, M& mean, U& largest) const {
    using std::abs;
    g = gradient_scale * g + weight_decay * p;
    mean += one_minus_beta1 * (g - mean);
    largest = detail::larger(beta2 * largest, abs(g) + epsilon);
    p -= step_size * mean / largest;
  }
};

/// Adam, and AdamW by `shrink`.
template <class T>
struct AdamRule {
  static constexpr Index moments = 2;
  T gradient_scale, weight_decay;
  T shrink;  ///< factor on the parameter itself, 1 for none
  T one_minus_beta1, beta2, one_minus_beta2, epsilon;
  T step_size;   ///< lr / (1 - beta1^t)
  T root_scale;  ///< 1 / sqrt(1 - beta2^t)

  template <class P, class G, class M, class V>
  constexpr void operator()(P& p, G& g, M& mean, V& square) const {
    using std::sqrt;
    g = gradient_scale * g + weight_decay * p;
    mean += one_minus_beta1 * (g - mean);
    square = beta2 * square + one_minus_beta2 * (g * g);
    p = shrink * p - step_size * mean / (root_scale * sqrt(square) + epsilon);
  }
};

template <class T>
struct SgdRule {
  static constexpr Index moments = 1;
  T gradient_scale, weight_decay, momentum;
  T gradient_step, momentum_step;  ///< how far along the gradient, and along the momentum

  template <class P, class G, class M>
  constexpr void operator()(P& p, G& g, M& velocity) const {
    g = gradient_scale * g + weight_decay * p;
    velocity = momentum * velocity + g;
    p -= gradient_step * g + momentum_step * velocity;
  }
};

/// An exponential average that follows `value`.
template <class T>
struct AverageRule {
  T one_minus_decay;

  template <class A, class V>
  constexpr void operator()(A& average, const V& value) const {
    average += one_minus_decay * (value - average);
  }
};

}  // namespace densenf::kernels
