#pragma once

#include <cmath>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// What stands between the convolutions of networks, and how convolutions start from data.
namespace densenf::kernels {

/// y = [elu(x), elu(-x)], of twice the channels, with elu(v) = v where v > 0, else exp(v) - 1.
template <class T>
void concat_elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp,
      [](auto from, auto up, auto down) {
        const auto below = exp(-abs(from)) - T(1);
        const auto positive = from > T(0);
        up = select(positive, from, below);
        down = select(positive, below, -from);
      },
      x, y.channels(0, x.c), y.channels(x.c, x.c));
}

/// dx = or += adjoint of concat_elu_forward
template <class T>
void concat_elu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp,
      [write](auto from, auto up, auto down, auto to) {
        const auto slope = exp(-abs(from));
        detail::put(write, to, select(from > T(0), up - down * slope, up * slope - down));
      },
      x, dy.channels(0, x.c), dy.channels(x.c, x.c), dx);
}

/// The data-dependent start of c outputs whose mean and variance without bias are known, unless the flag says
/// that it has been: so that they have mean 0 and deviation `deviation`. weight: `rows` rows of c numbers, of
/// which the outputs are multiples. Sets the flag.
template <class T>
void outputs_start(const Cpu&, const T* mean, const T* variance, T deviation, Index rows, Index c, T* weight,
                   T* bias, T* started) {
  if (*started != T(0)) return;
  for (Index i = 0; i < c; ++i) {
    const T by = deviation / std::sqrt(variance[i] + T(1e-8));
    bias[i] = -mean[i] * by;
    for (Index r = 0; r < rows; ++r) weight[r * c + i] *= by;
  }
  *started = T(1);
}

}  // namespace densenf::kernels
