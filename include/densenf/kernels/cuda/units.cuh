#pragma once

#include <cmath>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// What stands between the convolutions of networks, and how convolutions start from data.
namespace densenf::kernels {

/// y = [elu(x), elu(-x)], of twice the channels, with elu(v) = v where v > 0, else exp(v) - 1.
template <class T>
void concat_elu_forward(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cuda, "the concatenated ELU", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T v = x(p, c), below = std::expm1(-std::abs(v));
    y(p, c) = v > T(0) ? v : below;
    y(p, x.c + c) = v > T(0) ? below : -v;
  });
}

/// dx = or += adjoint of concat_elu_forward
template <class T>
void concat_elu_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(cuda, "the concatenated ELU's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const T v = x(p, c), slope = std::exp(-std::abs(v)), up = dy(p, c), down = dy(p, x.c + c);
    detail::put(write, dx(p, c), v > T(0) ? up - down * slope : up * slope - down);
  });
}

/// The data-dependent start of c outputs whose mean and variance without bias are known, unless the flag says
/// that it has been: so that they have mean 0 and deviation `deviation`. weight: `rows` rows of c numbers, of
/// which the outputs are multiples. Sets the flag.
template <class T>
void outputs_start(const Cuda& cuda, const T* mean, const T* variance, T deviation, Index rows, Index c,
                   T* weight, T* bias, T* started) {
  for_each_index(cuda, "a convolution's start", c, [=] __device__(Index i) {
    if (*started != T(0)) return;
    const T by = deviation / std::sqrt(variance[i] + T(1e-8));
    bias[i] = -mean[i] * by;
    for (Index r = 0; r < rows; ++r) weight[r * c + i] *= by;
  });
  for_each_index(cuda, "a convolution's start", 1, [=] __device__(Index) { *started = T(1); });
}

}  // namespace densenf::kernels
