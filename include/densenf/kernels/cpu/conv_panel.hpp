#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels::detail {

/// Parameters lie in one buffer in the order of their use, so behind the weights in use lie those that come
/// next. With few pixels their way from memory takes longer than what is computed with the present ones; so
/// each weight that is read asks for the one this far behind it.
template <class T>
inline constexpr Index further_weights = 400 * 1024 / sizeof(T);
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
  Index further = 0;  // from weights in use to those to ask for; 0: to none
};

/// At least `pieces` and at most `most` pieces, so that with as many tasks for each of the panels the tasks
/// are a multiple of the threads; unless there are `plenty` for each thread, when it does not matter.
inline Index even_pieces(const Cpu& cpu, Index pieces, Index panels, Index most, Index plenty) {
  const Index threads = cpu.threads();
  while (pieces < most && pieces * panels < plenty * threads && pieces * panels % threads != 0) ++pieces;
  return pieces;
}

}  // namespace densenf::kernels::detail
