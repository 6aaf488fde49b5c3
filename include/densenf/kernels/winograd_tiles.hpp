#pragma once

#include "densenf/core/shape.hpp"

// When the CPU computes a 3x3 convolution by Winograd's algorithm, and what that saves: known without the
// kernels, for who counts operations.
namespace densenf::kernels::winograd {

/// Tiles of side x side pixels that cover an image.
constexpr Index tiles_of(Index side, Index h, Index w) {
  return ((h + side - 1) / side) * ((w + side - 1) / side);
}

/// The side of the tiles for images of this size, 0 where the direct algorithm is faster. It depends on the
/// image alone, so that an image comes out the same in any batch.
constexpr int tile_side(Index h, Index w) {
  // Products of a channel with a packet of columns, times what everything around them costs; and, as if it
  // were for one image, the transform of the weights.
  const Index direct = 10 * (3 * h - 2) * (3 * w - 2);
  const Index two = 12 * 16 * tiles_of(2, h, w) + 300, four = 14 * 36 * tiles_of(4, h, w) + 600;
  if (direct <= two && direct <= four) return 0;
  return two < four ? 2 : 4;
}
static_assert(tile_side(16, 16) == 4 && tile_side(8, 8) == 4 && tile_side(6, 6) == 2 && tile_side(4, 4) == 0);

/// The products of a convolution that are computed, as a share of those of its definition: a tile takes one
/// in each of its (side + 2)^2 planes, in the place of 9 for each pixel.
constexpr double share_of_products(int kernel, Index h, Index w) {
  const Index side = kernel == 3 ? tile_side(h, w) : 0;
  if (side == 0) return 1;
  return static_cast<double>(tiles_of(side, h, w) * (side + 2) * (side + 2)) / static_cast<double>(9 * h * w);
}
static_assert(share_of_products(3, 8, 8) == 0.25 && share_of_products(3, 4, 4) == 1 &&
              share_of_products(1, 8, 8) == 1);

}  // namespace densenf::kernels::winograd
