#pragma once

#include <cstdint>

namespace densenf {

/// Names one sequence of random numbers. Equal keys give equal numbers, on every device and for every
/// number of threads; with the same seed, keys that differ never share a block of numbers.
struct NoiseKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  ///< what the numbers are for: training, evaluation, sampling, ...
  std::uint64_t step = 0;    ///< which step, or which batch
  std::uint32_t draw = 0;    ///< which request within the step, in the model's order of draws

  /// The key of a later step: further by a number that is there, or by none.
  constexpr NoiseKey shifted(const std::uint64_t* by) const {
    NoiseKey later = *this;
    if (by != nullptr) later.step += *by;
    return later;
  }

  constexpr bool operator==(const NoiseKey&) const = default;
};

}  // namespace densenf
