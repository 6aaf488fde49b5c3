#pragma once

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels::detail {

/// With so few pixels the weights' way from memory takes as long as what is computed with them; so these
/// pixels ask early for those that the same thread needs next. (Not for what lies behind them, the next
/// layer's: half of these would come into the cache of the wrong core.)
inline constexpr Index few_pixels = 1024;

/// A convolution with one panel of output columns: y = activation(conv(x) + bias), or, where `write` says
/// so, y += conv(x). Row `tap * x.c + channel` of the weights is at weight + row * weight_stride.
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
  Write write;
  bool ask_early = false;  // for weights, see few_pixels
  Index next = 0;          // from this panel's weights to the next one's; 0: there is none
};

}  // namespace densenf::kernels::detail
