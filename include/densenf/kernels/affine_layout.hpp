#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// Where a network's raw output holds s and t of channel i.
struct AffineLayout {
  Index scale_first, shift_first, step;
  /// s0 t0 s1 t1 ..., as DenseFlow's couplings have it.
  static constexpr AffineLayout interleaved() { return {0, 1, 2}; }
  /// t0 s0 t1 s1 ..., as Glow has it.
  static constexpr AffineLayout interleaved_shifts_first() { return {1, 0, 2}; }
  /// s0 s1 ... t0 t1 ...
  static constexpr AffineLayout scales_first(Index channels) { return {0, channels, 1}; }
  /// t0 t1 ... s0 s1 ..., as the cross-unit noise has it.
  static constexpr AffineLayout shifts_first(Index channels) { return {channels, 0, 1}; }
  /// t0 t1 ..., of maps without a scale.
  static constexpr AffineLayout only_shifts() { return {0, 0, 1}; }

  /// Whether what a map reads for so many channels lies within `parameters` times as many.
  constexpr bool fits(Index channels, Index parameters) const {
    const Index beyond = step * (channels - 1);
    return scale_first >= 0 && shift_first >= 0 && scale_first + beyond < parameters * channels &&
           shift_first + beyond < parameters * channels;
  }
};

}  // namespace densenf::kernels
