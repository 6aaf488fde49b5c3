#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "densenf/autodiff/policy.hpp"
#include "densenf/train/ema.hpp"
#include "densenf/train/optimizer.hpp"
#include "densenf/train/schedule.hpp"

namespace densenf {

/// The parameters with offsets in [first, end).
struct ParameterRange {
  Index first = 0, end = 0;
  bool operator==(const ParameterRange&) const = default;
};

/// What is outside of some ranges of `size` parameters, in order. Throws ArgumentError for a range that is
/// not among them.
std::vector<ParameterRange> outside_of(std::vector<ParameterRange> ranges, Index size);

struct TrainOptions {
  Optimizer optimizer = Adamax{};
  Schedule schedule = {};
  std::optional<double> max_gradient_norm = {};  ///< gradients with a larger norm are scaled down to it
  std::optional<WeightAverage> average = {};     ///< keep an average of the weights beside them
  MemoryPolicy policy = MemoryPolicy::store;
  /// How many images couplings treat at once, to save memory (see Flow::loss_and_gradient); 0: all.
  Index slice = 0;
  std::uint64_t seed = 0;  ///< of the noise of training
  /// Steps leave these parameters as they are: train/freeze.hpp finds them by their names.
  std::vector<ParameterRange> frozen = {};

  /// Throws ArgumentError for the first setting that is out of range.
  void validate() const {
    std::visit([](const auto& o) { o.validate(); }, optimizer);
    schedule.validate();
    if (max_gradient_norm) detail::require_max_norm(*max_gradient_norm);
    if (average) average->validate();
    if (slice < 0)
      throw ArgumentError(
          "The slice of a batch that networks treat at once must be 0 (all) or more images, not {}.", slice);
  }
};

}  // namespace densenf

#ifndef DENSENF_USE_COMPILED
#include "densenf/train/options_members.hpp"
#endif
