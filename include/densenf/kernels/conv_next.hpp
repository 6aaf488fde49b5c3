#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// The convolution that meets images of the same extents after another one, so that its weights may be asked
/// for early. A hint: it changes no result.
template <class T>
struct NextConv {
  const T* weight = nullptr;  ///< null: unknown
  int kernel = 1;
  Index in = 0, out = 0;
};

}  // namespace densenf::kernels
