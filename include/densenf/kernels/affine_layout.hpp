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
};

}  // namespace densenf::kernels
