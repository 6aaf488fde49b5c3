#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels::detail {

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
};

/// At least `pieces` and at most `most` pieces, so that with as many tasks for each of the panels the tasks
/// are a multiple of the threads; unless there are `plenty` for each thread, when it does not matter.
inline Index even_pieces(const Cpu& cpu, Index pieces, Index panels, Index most, Index plenty) {
  const Index threads = cpu.threads();
  while (pieces < most && pieces * panels < plenty * threads && pieces * panels % threads != 0) ++pieces;
  return pieces;
}

}  // namespace densenf::kernels::detail
