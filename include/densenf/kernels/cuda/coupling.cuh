#pragma once

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

}  // namespace densenf::kernels
