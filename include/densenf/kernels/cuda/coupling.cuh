#pragma once

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/affine.cuh"
#include "densenf/kernels/cuda/bodies.cuh"

// DenseFlow's affine map, everywhere: see affine.cuh.
namespace densenf::kernels {

template <class T>
void affine_forward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  affine_forward(cuda, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, z, log_prob);
}
template <class T>
void affine_inverse(const Cuda& cuda, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  affine_inverse(cuda, AffineMap<Tanh2>{}, Everywhere{}, z, raw, at, x);
}
template <class T>
void affine_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  affine_backward(cuda, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, dz, dlog_prob, dx, write_dx, draw,
                  write_draw);
}

/// y = a tanh(x) with one number a for all: Real NVP's log-scales.
template <class T>
void log_scale_forward(const Cuda& cuda, Tensor<const T> x, const T* a, Tensor<T> y) {
  for_each_number(cuda, "log-scales", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = *a * std::tanh(x(p, c)); });
}

template <class T>
Index log_scale_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return Scratch::bytes_for<T>(x.c) + sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

/// dx = or +=, da += adjoint of log_scale_forward.
template <class T>
void log_scale_backward(const Cuda& cuda, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* da, Scratch scratch) {
  if (x.n == 0) return;
  T* const of_channel = scratch.take<T>(x.c);
  sum_over_pixels<1>(
      cuda, "log-scales, adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 1> {
        const T u = std::tanh(x(p, c)), d = dy(p, c);
        detail::put(write, dx(p, c), (T(1) - u) * (T(1) + u) * *a * d);
        return {u * d};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) { of_channel[c] = static_cast<T>(sums[0]); },
      scratch);
  const Index channels = x.c;
  for_each_index(cuda, "log-scales, adjoint", 1, [=] __device__(Index) {
    T sum = T(0);
    for (Index c = 0; c < channels; ++c) sum += of_channel[c];
    *da += sum;
  });
}

}  // namespace densenf::kernels
