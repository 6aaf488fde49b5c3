#pragma once

#include "densenf/core/error.hpp"
#include "densenf/core/tensor.hpp"

namespace densenf::kernels::detail {

/// Throws ArgumentError for a kernel that no convolution has.
inline void check_kernel(int kernel) {
  if (kernel != 1 && kernel != 3) {
    throw ArgumentError("A convolution's kernel must be 1 or 3 pixels wide, not {}.", kernel);
  }
}

/// Throws ArgumentError or ShapeError unless y may be the output of a convolution of x.
template <class T, class U>
void check_conv(const Tensor<T>& x, const Tensor<U>& y, int kernel) {
  check_kernel(kernel);
  if (x.n != y.n || x.h != y.h || x.w != y.w) {
    throw ShapeError(
        "A convolution's input and output must have the same images, height and width, not {}x{}x{} and "
        "{}x{}x{}.",
        x.n, x.h, x.w, y.n, y.h, y.w);
  }
}

/// Throws ShapeError unless y may be a relu's output and dy its gradient.
template <class T, class U>
void check_relu(const Tensor<T>& y, const Tensor<U>& dy) {
  if (y.shape() != dy.shape() || y.n != dy.n) {
    throw ShapeError("A relu's output and its gradient must have the same shape, not {} x {} and {} x {}.",
                     y.n, to_string(y.shape()), dy.n, to_string(dy.shape()));
  }
}

}  // namespace densenf::kernels::detail
