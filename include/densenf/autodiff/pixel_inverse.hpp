#pragma once

#include <cmath>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"

// How images are drawn by pieces of which a pixel depends on the pixels before it (PixelAutoregressive).
namespace densenf {

/// All pixels at once, again and again, instead of one pixel after the other: x = inverse(z; network(x)),
/// from x = z on, until nothing changes any more. If all pixels up to one are right, then the next round
/// makes the next one right; so as many rounds as there are pixels, less one, always are enough, and the
/// result is that of pixel by pixel. An image is done when a round has moved its numbers by at most
/// `tolerance`, as a Euclidean norm: so it does not depend on the other images.
struct JacobiIteration {
  double tolerance = 0;   ///< 0: until nothing moves
  Index most_rounds = 0;  ///< 0: as many as are always enough

  bool operator==(const JacobiIteration&) const = default;

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    if (!(tolerance >= 0 && std::isfinite(tolerance)))
      throw ArgumentError("The tolerance of an iteration must be finite and 0 or more, not {}.", tolerance);
    if (most_rounds < 0)
      throw ArgumentError("The rounds of an iteration must be 0 (as many as are enough) or more, not {}.",
                          most_rounds);
  }
};

/// Classifier-free guidance of the raw numbers by which pixels change (TarFlow, section 3.5): r + g (r -
/// free), where `free` are those without the condition, and with the scores of attention divided by a
/// temperature. What is drawn so is no draw from the model's density.
struct Guidance {
  double weight = 0;       ///< g; 0: off
  double temperature = 1;  ///< of what is free; without a condition, all that tells it apart
  bool annealed = true;    ///< g grows along the pixels, from 0 at the first to `weight` at the last
  bool scales = true, shifts = true;  ///< which of the raw numbers are guided

  bool on() const { return weight != 0; }
  /// That of pixel number `place` in the order in which they are known, of `pixels`.
  double weight_at(Index place, Index pixels) const {
    if (!annealed) return weight;
    return pixels > 1 ? weight * static_cast<double>(place) / static_cast<double>(pixels - 1) : 0;
  }
  bool operator==(const Guidance&) const = default;

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    if (!std::isfinite(weight))
      throw ArgumentError("The weight of a guidance must be finite, not {}.", weight);
    if (!(temperature > 0 && std::isfinite(temperature)))
      throw ArgumentError("The temperature of a guidance must be finite and above 0, not {}.", temperature);
  }
};

}  // namespace densenf
