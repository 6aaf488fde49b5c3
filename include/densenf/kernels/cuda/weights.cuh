#pragma once

#include <array>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// What weights are made of before something is multiplied with them: lengths and scales of each output. A
// weight is a tensor of a pixel for each tap and input, whose channels are the outputs.
namespace densenf::kernels {

template <class T>
Index weight_norm_forward_scratch_bytes(const Cuda& cuda, Tensor<const T> v) {
  return sum_over_pixels_scratch_bytes<1>(cuda, v.pixels(), v.c);
}

/// w = v magnitude[c] / |v[c]| where |v[c]| is the root of the sum of squares over all pixels of channel c;
/// one_over_length[c] = 1 / |v[c]|. Without a magnitude (null) the length of w is 1.
template <class T>
void weight_norm_forward(const Cuda& cuda, Tensor<const T> v, const T* magnitude, T* one_over_length,
                         Tensor<T> w, Scratch scratch) {
  sum_over_pixels<1>(
      cuda, "lengths of weights", v.pixels(), v.c,
      [=] __device__(Index p, Index c) {
        const double number = static_cast<double>(v(p, c));
        return std::array<double, 1>{number * number};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) {
        one_over_length[c] = static_cast<T>(1 / std::sqrt(sums[0]));
      },
      scratch);
  for_each_number(cuda, "normalizing weights", v.pixels(), v.c, [=] __device__(Index p, Index c) {
    const T scale = magnitude != nullptr ? magnitude[c] * one_over_length[c] : one_over_length[c];
    w(p, c) = v(p, c) * scale;
  });
}

template <class T>
Index weight_norm_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> v) {
  return Scratch::bytes_for<T>(v.c) + sum_over_pixels_scratch_bytes<1>(cuda, v.pixels(), v.c);
}

/// dv = or +=, dmagnitude += adjoint of weight_norm_forward. dv.data and dmagnitude may be null.
template <class T>
void weight_norm_backward(const Cuda& cuda, Tensor<const T> v, const T* magnitude, const T* one_over_length,
                          Tensor<const T> dw, Tensor<T> dv, Write write, T* dmagnitude, Scratch scratch) {
  T* const along = scratch.take<T>(v.c);
  // With r = 1 / |v| and the sum s = dw v: dmagnitude = s r, dv = magnitude r (dw - v s r r).
  sum_over_pixels<1>(
      cuda, "normalizing weights, adjoint", v.pixels(), v.c,
      [=] __device__(Index p, Index c) {
        return std::array<double, 1>{static_cast<double>(dw(p, c)) * static_cast<double>(v(p, c))};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) {
        const double r = static_cast<double>(one_over_length[c]);
        if (dmagnitude != nullptr) dmagnitude[c] += static_cast<T>(sums[0] * r);
        along[c] = static_cast<T>(sums[0] * r * r);
      },
      scratch);
  if (dv.data == nullptr) return;
  for_each_number(cuda, "normalizing weights, adjoint", v.pixels(), v.c, [=] __device__(Index p, Index c) {
    const T scale = magnitude != nullptr ? magnitude[c] * one_over_length[c] : one_over_length[c];
    detail::put(write, dv(p, c), scale * (dw(p, c) - v(p, c) * along[c]));
  });
}

/// y = x scale[c]
template <class T>
void scale_channels_forward(const Cuda& cuda, Tensor<const T> x, const T* scale, Tensor<T> y) {
  for_each_number(cuda, "scaling channels", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = x(p, c) * scale[c]; });
}

template <class T>
Index scale_channels_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

/// dx = or +=, dscale += adjoint of scale_channels_forward. dx.data and dscale may be null.
template <class T>
void scale_channels_backward(const Cuda& cuda, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                             Tensor<T> dx, Write write, T* dscale, Scratch scratch) {
  if (dscale == nullptr) {
    if (dx.data == nullptr) return;
    for_each_number(cuda, "scaling channels, adjoint", x.pixels(), x.c,
                    [=] __device__(Index p, Index c) { detail::put(write, dx(p, c), dy(p, c) * scale[c]); });
    return;
  }
  sum_over_pixels<1>(
      cuda, "scaling channels, adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 1> {
        const T d = dy(p, c);
        if (dx.data != nullptr) detail::put(write, dx(p, c), d * scale[c]);
        return {d * x(p, c)};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) { dscale[c] += static_cast<T>(sums[0]); },
      scratch);
}

}  // namespace densenf::kernels
