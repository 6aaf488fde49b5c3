#pragma once

#include <cstddef>
#include <cstdint>

namespace densenf {

/// By how much draws are for another step, and for images further on, than the work that makes them says. A
/// pass that is recorded once and done again reads it from the device's memory.
struct NoiseShift {
  std::uint64_t step = 0;
  std::ptrdiff_t image = 0;
};

/// Names one sequence of random numbers. Equal keys give equal numbers, on every device and for every
/// number of threads; with the same seed, keys that differ never share a block of numbers.
struct NoiseKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  ///< what the numbers are for: training, evaluation, sampling, ...
  std::uint64_t step = 0;    ///< which step, or which batch
  std::uint32_t draw = 0;    ///< which request within the step, in the model's order of draws

  /// The key of another step.
  constexpr NoiseKey later(std::uint64_t steps) const {
    NoiseKey other = *this;
    other.step += steps;
    return other;
  }

  constexpr bool operator==(const NoiseKey&) const = default;
};

}  // namespace densenf
