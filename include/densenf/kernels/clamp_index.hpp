#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// The index below `count` (at least 1) that a number stands for which came from outside, latents or a file:
/// the nearest one, and 0 for what is no number. A kernel never reads or writes beyond because of a number.
template <class T>
constexpr Index clamp_index(T number, Index count) {
  if (!(number > T(0))) return 0;
  return number < static_cast<T>(count - 1) ? static_cast<Index>(number) : count - 1;
}

}  // namespace densenf::kernels
