#pragma once

#include "densenf/autodiff/var.hpp"

namespace densenf {

/// In which order the pixels of an image are known: row by row, or the other way around.
enum class PixelOrder { forwards, backwards };

/// Pixel `place`, counted row by row, of each image of a value whose gradient is not wanted, as images of one
/// pixel.
template <class T>
Var<T> pixel_at(const Var<T>& x, Index place) {
  const Tensor<T>& t = x.value;
  return {{t.data + place * t.stride, t.n, 1, 1, t.c, t.h * t.w * t.stride}};
}

}  // namespace densenf
