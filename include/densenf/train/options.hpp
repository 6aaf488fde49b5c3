#pragma once

#include <cstdint>
#include <optional>

#include "densenf/autodiff/policy.hpp"
#include "densenf/train/ema.hpp"
#include "densenf/train/optimizer.hpp"
#include "densenf/train/schedule.hpp"

namespace densenf {

struct TrainOptions {
  Optimizer optimizer = Adamax{};
  Schedule schedule = {};
  std::optional<double> max_gradient_norm = {};  ///< gradients with a larger norm are scaled down to it
  std::optional<WeightAverage> average = {};     ///< keep an average of the weights beside them
  MemoryPolicy policy = MemoryPolicy::store;
  /// How many images coupling networks treat at once, to save memory (see Flow::loss_and_gradient); 0: all.
  Index slice = 0;
  std::uint64_t seed = 0;  ///< of the noise of training

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
