#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels::nystrom {

/// Runs of pixels whose means stand for all of an image.
inline constexpr Index landmarks = 4;

/// That images can be cut into such runs. In a constant expression an error of the compiler, else ShapeError.
constexpr void require(const Shape& s) {
  if (s.pixels() % landmarks != 0)
    shape_mismatch("Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them.", s);
}

/// Iterations of the pseudo-inverse of the landmarks' attention to each other.
inline constexpr int pseudo_inverse_steps = 6;

}  // namespace densenf::kernels::nystrom
