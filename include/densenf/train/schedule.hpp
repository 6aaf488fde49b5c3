#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "densenf/core/shape.hpp"

namespace densenf {

/// The learning rate of each step: linear warm-up, then a factor per epoch, or half a cosine down to 0, and
/// in the end, where it is wanted, a stage at a rate of its own.
struct Schedule {
  double lr = 1e-3;           ///< the full learning rate
  Index warmup_steps = 0;     ///< 0 for none
  double gamma = 1;           ///< factor per epoch, in (0, 1]
  Index steps_per_epoch = 0;  ///< may be 0 (unknown) only while gamma is 1
  Index cosine_steps = 0;     ///< steps until half a cosine has led from lr to 0; 0: no cosine
  Index last_stage = 0;       ///< the step from which on the rate is last_lr; 0: there is no such stage
  double last_lr = 0;         ///< above 0 if there is one

  /// Throws ArgumentError when a setting is out of range.
  void validate() const {
    if (!(lr > 0 && std::isfinite(lr)))
      throw ArgumentError("The learning rate must be positive, not {}.", lr);
    if (warmup_steps < 0) throw ArgumentError("Warm-up must take 0 steps or more, not {}.", warmup_steps);
    if (!(gamma > 0 && gamma <= 1)) {
      throw ArgumentError("The learning rate's factor per epoch must lie in (0, 1], not {}.", gamma);
    }
    if (steps_per_epoch < 0 || (steps_per_epoch == 0 && gamma != 1)) {
      throw ArgumentError("A decay per epoch needs the number of steps per epoch, at least 1, not {}.",
                          steps_per_epoch);
    }
    if (cosine_steps < 0)
      throw ArgumentError("A cosine must take 0 steps (none) or more, not {}.", cosine_steps);
    if (last_stage < 0)
      throw ArgumentError("The last stage begins at step 0 (there is none) or later, not {}.", last_stage);
    if (last_stage > 0 && !(last_lr > 0 && std::isfinite(last_lr)))
      throw ArgumentError("The learning rate of the last stage must be positive, not {}.", last_lr);
  }

  /// The learning rate of the update after `step` updates were made: lr * min(1, step / warmup_steps) *
  /// gamma^epoch * (1 + cos(pi * min(1, step / cosine_steps))) / 2, and last_lr in the last stage. As with
  /// PyTorch's LambdaLR, the first update of a warm-up (step 0) has the rate 0: it moves the optimizer's
  /// moments and no parameter. Throws ArgumentError when step is negative or a setting is out of range.
  double lr_at(Index step) const {
    validate();
    if (step < 0) throw ArgumentError("Steps are counted from 0, but got step {}.", step);
    if (last_stage > 0 && step >= last_stage) return last_lr;
    const double warm = warmup_steps == 0
                            ? 1.0
                            : std::min(1.0, static_cast<double>(step) / static_cast<double>(warmup_steps));
    const double epoch = steps_per_epoch == 0 ? 0.0 : static_cast<double>(step / steps_per_epoch);
    const double way = cosine_steps == 0
                           ? 0.0
                           : std::min(1.0, static_cast<double>(step) / static_cast<double>(cosine_steps));
    return lr * warm * std::pow(gamma, epoch) * (0.5 + 0.5 * std::cos(std::numbers::pi * way));
  }
};

}  // namespace densenf
