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
  Index images_at_once =
      0;                   ///< in work in coupling networks, to save memory (see Flow::differentiate); 0: all
  std::uint64_t seed = 0;  ///< of the noise of training
};

}  // namespace densenf
