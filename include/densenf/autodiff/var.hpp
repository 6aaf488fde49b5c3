#pragma once

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf {

/// The gradient of the loss with respect to one tensor. Its memory is taken when the backward pass first
/// asks for it, so that gradients live only as long as the part of the model that is being differentiated.
template <class T>
struct Gradient {
  Tensor<T> tensor;
  bool written = false;  ///< whether the memory holds a gradient, if only zeros
};

/// Where an adjoint puts a gradient, and whether it is the first to do so.
template <class T>
struct GradientTarget {
  Tensor<T> tensor;
  kernels::Write write = kernels::Write::accumulate;
};

/// A value in a computation, and the place where its gradient will be. Copies refer to the same value.
/// Without a gradient (nothing is recorded, or the value is data) it is a constant.
template <class T>
struct Var {
  Tensor<T> value;
  Gradient<T>* gradient = nullptr;
  Index first_channel = 0;  ///< where `value` begins among the channels of the gradient's tensor

  constexpr Index n() const { return value.n; }
  constexpr Index c() const { return value.c; }
  constexpr Shape shape() const { return value.shape(); }

  /// A range of channels; its gradient is the same range of this one's gradient.
  constexpr Var channels(Index first, Index count) const {
    return {value.channels(first, count), gradient, first_channel + first};
  }
};

/// Per-image log-probabilities (natural logarithm) that the pieces of a flow add to, in double for every
/// scalar type, because a flow sums thousands of terms.
struct LogProb {
  double* value = nullptr;           ///< N numbers, added to
  const double* gradient = nullptr;  ///< N numbers: d loss / d value, when recording

  /// Those of the images from `first` on.
  constexpr LogProb from(Index first) const {
    return {value == nullptr ? nullptr : value + first, gradient == nullptr ? nullptr : gradient + first};
  }
};

}  // namespace densenf
