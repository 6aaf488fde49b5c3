#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "densenf/core/shape.hpp"
#include "densenf/data/draws.hpp"

namespace densenf {

/// Random changes of an image that leave it an image. DenseFlow trains on CIFAR-10 with {true, 0.04}.
struct Augmentation {
  bool flip = false;     ///< left and right change places, with probability one half
  double max_shift = 0;  ///< shift each way by up to this fraction of the size, rounded up to whole pixels

  bool nothing() const { return !flip && max_shift == 0; }
};

/// How one image is changed: first flipped, then moved `right` and `down` by whole pixels.
struct Placement {
  bool flip = false;
  Index right = 0;
  Index down = 0;
};

/// Throws ArgumentError unless max_shift lies in [0, 1).
inline void check(const Augmentation& a) {
  if (!(a.max_shift >= 0 && a.max_shift < 1)) {
    throw ArgumentError("Images can be shifted by a fraction from 0 to below 1 of their size, not by {}.",
                        a.max_shift);
  }
}

/// The largest shift along an extent of `size` pixels.
inline Index shift_limit(double max_shift, Index size) {
  // 0.07 * 100 comes out above 7 in floating point, and must not become 8.
  return static_cast<Index>(std::ceil(max_shift * static_cast<double>(size) - 1e-9));
}

/// The placement of the image in place `slot` of the batch at `step`: a function of its arguments alone, with
/// flips and all shifts equally likely. Throws ArgumentError when max_shift is not in [0, 1), ShapeError when
/// an extent is not at least 1.
inline Placement random_placement(const Augmentation& a, const Shape& shape, std::uint64_t seed, Index step,
                                  Index slot) {
  check(a);
  require_positive(shape);
  const NoiseSequence sequence = detail::data_sequence(seed, detail::DataStream::augmentation, step);
  const philox4x32_ctr_t words = words_of_block(sequence, static_cast<std::uint64_t>(slot));
  const Index x = shift_limit(a.max_shift, shape.w);
  const Index y = shift_limit(a.max_shift, shape.h);
  // The top bit of the first word decides the flip, and its other bits make the second word longer.
  return {a.flip && (words.v[0] >> 31) != 0, detail::below(2 * x + 1, words.v[1], words.v[0] << 1) - x,
          detail::below(2 * y + 1, words.v[2], words.v[3]) - y};
}

/// Writes `from`, C x H x W, to `to` as placed; pixels that come from outside repeat the nearest edge. The
/// two must not overlap. Throws ShapeError when either is not one image of `shape`.
inline void place(std::span<const std::uint8_t> from, std::span<std::uint8_t> to, const Shape& shape,
                  const Placement& placement) {
  const Index size = value_count("An image", 1, shape);
  if (std::ssize(from) != size || std::ssize(to) != size) {
    throw ShapeError("An image of {} has {} values, but memory of {} and {} was given.", to_string(shape),
                     size, from.size(), to.size());
  }
  std::uint8_t* out = to.data();
  for (Index c = 0; c < shape.c; ++c) {
    for (Index y = 0; y < shape.h; ++y) {
      const Index source_y = std::clamp<Index>(y - placement.down, 0, shape.h - 1);
      const std::uint8_t* row = from.data() + (c * shape.h + source_y) * shape.w;
      for (Index x = 0; x < shape.w; ++x) {
        const Index source_x = std::clamp<Index>(x - placement.right, 0, shape.w - 1);
        *out++ = row[placement.flip ? shape.w - 1 - source_x : source_x];
      }
    }
  }
}

}  // namespace densenf
