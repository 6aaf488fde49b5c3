#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels::nystrom {

/// Runs of pixels whose means stand for all of an image.
inline constexpr Index landmarks = 4;

/// Iterations of the pseudo-inverse of the landmarks' attention to each other.
inline constexpr int pseudo_inverse_steps = 6;

}  // namespace densenf::kernels::nystrom
