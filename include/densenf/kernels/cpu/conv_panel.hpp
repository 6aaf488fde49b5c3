#pragma once

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"

namespace densenf::kernels::detail {

/// A convolution with one panel of output columns: y = activation(conv(x) + bias), or, when `accumulate`,
/// y += conv(x). Row `tap * x.c + channel` of the weights is at weight + row * weight_stride.
template <class T>
struct ConvPanel {
  Tensor<const T> x;
  Tensor<T> y;  // the panel's channels
  int vectors;
  Index last;
  int kernel;
  const T* weight;
  Index weight_stride;
  const T* bias;  // may be null
  Activation activation;
  bool accumulate;
};

}  // namespace densenf::kernels::detail
