#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/kernels/optimizer_rules.hpp"

// Optimizers over a model's flat buffers, with PyTorch's formulas and defaults. A step
//   - multiplies the gradients by `gradient_scale` (1, or less when they are clipped),
//   - updates parameters and moments, and
//   - sets the gradients to zero.
// Moments are one buffer of `moments` times as many numbers as there are parameters, zero before the first
// step. `t` counts the steps from 1. The learning rate comes with each step: see schedule.hpp.
namespace densenf {

namespace detail {
inline void require_beta(const char* name, double beta) {
  if (!(beta >= 0 && beta < 1)) throw ArgumentError("{} must lie in [0, 1), not {}.", name, beta);
}
inline void require_weight_decay(double decay) {
  if (!(decay >= 0 && std::isfinite(decay))) {
    throw ArgumentError("The weight decay must be 0 or more, not {}.", decay);
  }
}
inline void require_max_norm(double max_norm) {
  // Numbers below have lost digits.
  if (!(max_norm >= std::numeric_limits<double>::min()))
    throw ArgumentError("The largest gradient norm must be positive, not {}.", max_norm);
}
/// Unlike PyTorch, 0 is refused: a parameter whose gradient is always 0 would be divided by 0.
inline void require_epsilon(double epsilon) {
  if (!(epsilon > 0 && std::isfinite(epsilon))) {
    throw ArgumentError("Epsilon must be positive, not {}.", epsilon);
  }
}

template <class T>
void require_buffers(Index moments, std::span<T> parameters, std::span<T> gradients,
                     std::span<T> moment_storage) {
  const std::size_t n = parameters.size();
  if (gradients.size() != n) {
    throw ShapeError("An optimizer step on {} parameters needs as many gradients, but got {}.", n,
                     gradients.size());
  }
  if (moment_storage.size() != static_cast<std::size_t>(moments) * n) {
    throw ShapeError("An optimizer step on {} parameters needs {} numbers for its moments, but got {}.", n,
                     static_cast<std::size_t>(moments) * n, moment_storage.size());
  }
}

inline void require_step(double lr, double gradient_scale, Index t) {
  if (!(lr >= 0 && std::isfinite(lr)))
    throw ArgumentError("The learning rate must be 0 or more, not {}.", lr);
  if (!(gradient_scale > 0 && std::isfinite(gradient_scale))) {
    throw ArgumentError("The factor on the gradients must be positive and finite, not {}.", gradient_scale);
  }
  if (t < 1) throw ArgumentError("Optimizer steps are counted from 1, but got step {}.", t);
}

/// 1 - beta^t: how much of a moment that started at zero is data.
inline double bias_correction(double beta, Index t) { return 1 - std::pow(beta, static_cast<double>(t)); }

template <class T>
kernels::AdamRule<T> adam_rule(double beta1, double beta2, double epsilon, double coupled_decay,
                               double shrink, double lr, double gradient_scale, Index t) {
  return {.gradient_scale = static_cast<T>(gradient_scale),
          .weight_decay = static_cast<T>(coupled_decay),
          .shrink = static_cast<T>(shrink),
          .one_minus_beta1 = static_cast<T>(1 - beta1),
          .beta2 = static_cast<T>(beta2),
          .one_minus_beta2 = static_cast<T>(1 - beta2),
          .epsilon = static_cast<T>(epsilon),
          .step_size = static_cast<T>(lr / bias_correction(beta1, t)),
          .root_scale = static_cast<T>(1 / std::sqrt(bias_correction(beta2, t)))};
}
}  // namespace detail

/// Adam with the infinity norm (Kingma and Ba 2015); what DenseFlow was trained with.
struct Adamax {
  static constexpr std::string_view name = "adamax";
  static constexpr Index moments = 2;  ///< mean of the gradient, decaying largest magnitude
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("Adamax's beta1", beta1);
    detail::require_beta("Adamax's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws ArgumentError for a setting or an argument out of range.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return kernels::AdamaxRule<T>{.gradient_scale = static_cast<T>(gradient_scale),
                                  .weight_decay = static_cast<T>(weight_decay),
                                  .one_minus_beta1 = static_cast<T>(1 - beta1),
                                  .beta2 = static_cast<T>(beta2),
                                  .epsilon = static_cast<T>(epsilon),
                                  .step_size = static_cast<T>(lr / detail::bias_correction(beta1, t))};
  }
};

/// Adam (Kingma and Ba 2015).
struct Adam {
  static constexpr std::string_view name = "adam";
  static constexpr Index moments = 2;  ///< mean of the gradient, mean of its square
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("Adam's beta1", beta1);
    detail::require_beta("Adam's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return detail::adam_rule<T>(beta1, beta2, epsilon, weight_decay, /*shrink=*/1, lr, gradient_scale, t);
  }
};

/// Adam whose weight decay does not pass through the moments (Loshchilov and Hutter 2019).
struct AdamW {
  static constexpr std::string_view name = "adamw";
  static constexpr Index moments = 2;  ///< mean of the gradient, mean of its square
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;  ///< times the learning rate: the part of the parameter that each step removes

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("AdamW's beta1", beta1);
    detail::require_beta("AdamW's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return detail::adam_rule<T>(beta1, beta2, epsilon, /*coupled_decay=*/0, 1 - lr * weight_decay, lr,
                                gradient_scale, t);
  }
};

/// Stochastic gradient descent with momentum. Unlike PyTorch, momentum is on by default.
struct Sgd {
  static constexpr std::string_view name = "sgd";
  static constexpr Index moments = 1;  ///< the velocity
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range, and for Nesterov's step without momentum.
  void validate() const {
    detail::require_beta("Sgd's momentum", momentum);
    if (nesterov && momentum == 0) throw ArgumentError("Nesterov's step needs a momentum above 0.");
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return kernels::SgdRule<T>{.gradient_scale = static_cast<T>(gradient_scale),
                               .weight_decay = static_cast<T>(weight_decay),
                               .momentum = static_cast<T>(momentum),
                               .gradient_step = static_cast<T>(nesterov ? lr : 0),
                               .momentum_step = static_cast<T>(nesterov ? lr * momentum : lr)};
  }
};

/// An optimizer chosen at run time.
using Optimizer = std::variant<Adamax, Adam, AdamW, Sgd>;

inline std::string_view optimizer_name(const Optimizer& optimizer) {
  return std::visit([](const auto& o) { return o.name; }, optimizer);
}

/// How many numbers per parameter the optimizer keeps.
inline Index moment_count(const Optimizer& optimizer) {
  return std::visit([](const auto& o) { return o.moments; }, optimizer);
}

/// One step of whichever optimizer it is; see the top of this file. Throws as the optimizer's rule does, and
/// ShapeError for buffers whose sizes do not fit.
template <class T, class Device>
void optimizer_step(const Optimizer& optimizer, const Device& device, std::span<T> parameters,
                    std::span<T> gradients, std::span<T> moment_storage, double lr, double gradient_scale,
                    Index t) {
  detail::require_buffers(moment_count(optimizer), parameters, gradients, moment_storage);
  std::visit(
      [&](const auto& o) {
        optimizer_pass(device, o.template rule<T>(lr, gradient_scale, t), parameters.data(), gradients.data(),
                       moment_storage.data(), static_cast<Index>(parameters.size()));
      },
      optimizer);
}

/// The optimizer of that name ("adamax", "adam", "adamw", "sgd") with its default settings. Throws
/// ArgumentError for any other name.
Optimizer make_optimizer(std::string_view name);

}  // namespace densenf

#ifndef DENSENF_USE_COMPILED
#include "densenf/train/optimizer_members.hpp"
#endif
