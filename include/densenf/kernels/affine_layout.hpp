#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// Where a network's raw output holds s and t of channel i.
struct AffineLayout {
  Index scale_first, shift_first, step;
  /// s0 t0 s1 t1 ..., as couplings have it.
  static constexpr AffineLayout interleaved() { return {0, 1, 2}; }
  /// t0 t1 ... s0 s1 ..., as the cross-unit noise has it.
  static constexpr AffineLayout shifts_first(Index channels) { return {channels, 0, 1}; }

  /// Whether s and t of so many channels lie within twice as many.
  constexpr bool fits(Index channels) const {
    const Index beyond = step * (channels - 1);
    return scale_first >= 0 && shift_first >= 0 && scale_first + beyond < 2 * channels &&
           shift_first + beyond < 2 * channels;
  }
};

}  // namespace densenf::kernels
