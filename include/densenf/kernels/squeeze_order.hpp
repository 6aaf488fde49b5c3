#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// In which order a squeeze puts the numbers of a cell of 2x2 pixels beside each other. (i, j) is the place
/// in the cell, row and column, and c one of C channels.
enum class SqueezeOrder {
  plain,    ///< channel 4c + 2i + j: the four numbers of a channel stand together
  block,    ///< channel (2i + j) C + c: the four pixels stand one after the other
  diagonal  ///< likewise, but the pixels in the order (0, 0), (1, 1), (0, 1), (1, 0): Real NVP's for
            ///< factoring out
};

/// A channel of an image as it is before a squeeze, and its place in the cell.
struct SqueezedFrom {
  Index i, j, c;
};

/// Where channel `z` of 4C comes from.
constexpr SqueezedFrom squeezed_from(SqueezeOrder order, Index z, Index channels) {
  if (order == SqueezeOrder::plain) return {z / 2 % 2, z % 2, z / 4};
  const Index k = z / channels, c = z % channels;
  if (order == SqueezeOrder::block) return {k / 2, k % 2, c};
  return k < 2 ? SqueezedFrom{k, k, c} : SqueezedFrom{k - 2, 3 - k, c};
}

}  // namespace densenf::kernels
