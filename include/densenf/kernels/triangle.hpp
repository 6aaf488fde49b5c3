#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// Where the entries of a strict triangle of a c x c matrix lie in a vector that has them row by row.
struct Triangle {
  Index c;
  bool upper;

  constexpr bool contains(Index row, Index column) const { return upper ? row < column : row > column; }
  constexpr Index place(Index row, Index column) const {
    return upper ? row * c - row * (row + 1) / 2 + column - row - 1 : row * (row - 1) / 2 + column;
  }
};

}  // namespace densenf::kernels
