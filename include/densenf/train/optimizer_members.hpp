#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "densenf/train/optimizer.hpp"

namespace densenf {

DENSENF_INLINE Optimizer make_optimizer(std::string_view name) {
  return [&]<std::size_t... I>(std::index_sequence<I...>)->Optimizer {
    Optimizer found;
    std::string names;
    const auto matches = [&]<class O>(O candidate) {
      if (!names.empty()) names += ", ";
      names += O::name;
      if (O::name == name) found = candidate;
      return O::name == name;
    };
    if ((matches(std::variant_alternative_t<I, Optimizer>{}) || ...)) return found;
    throw ArgumentError("There is no optimizer '{}': choose one of {}.", name, names);
  }
  (std::make_index_sequence<std::variant_size_v<Optimizer>>{});
}

/// The factor that brings gradients with this squared norm down to `max_norm` at most, as PyTorch's
/// clip_grad_norm_ computes it. Throws NonFiniteError when the norm is not finite: such a step must not be
/// taken.
DENSENF_INLINE double clip_factor(double squared_norm, double max_norm) {
  detail::require_max_norm(max_norm);
  if (!std::isfinite(squared_norm)) {
    throw NonFiniteError(
        "The norm of the gradients is not finite: lower the learning rate, or see which "
        "piece of the model overflows.");
  }
  return kernels::clip_factor(squared_norm, max_norm);
}

}  // namespace densenf
