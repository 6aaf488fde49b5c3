#pragma once

#include <span>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/kernels/optimizer_rules.hpp"

namespace densenf {

/// An exponential average of weights: average = decay * average + (1 - decay) * weights after each step.
/// It begins with the first step, as a copy of the weights that the step starts from (data-dependent starts
/// done). The state (BatchNorm's running statistics) is averaged with the same decay, because statistics of
/// newer weights would not fit averaged ones.
struct WeightAverage {
  double decay = 0.999;  ///< in [0, 1)

  /// Throws ArgumentError when decay is out of range.
  void validate() const {
    if (!(decay >= 0 && decay < 1)) {
      throw ArgumentError("The decay of a weight average must lie in [0, 1), not {}.", decay);
    }
  }

  /// What a step does to an average. Throws as validate does.
  template <class T>
  kernels::AverageRule<T> rule() const {
    validate();
    return {static_cast<T>(1 - decay)};
  }

  /// Throws ShapeError when the sizes differ, ArgumentError when decay is out of range.
  template <class T, class Device>
  void update(const Device& device, std::span<T> average, std::span<const T> weights) const {
    if (average.size() != weights.size()) {
      throw ShapeError("An average of {} weights cannot follow {} weights.", average.size(), weights.size());
    }
    average_pass(device, rule<T>(), average.data(), weights.data(), static_cast<Index>(average.size()));
  }
};

}  // namespace densenf
