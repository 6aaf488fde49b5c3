#pragma once

#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// The affine map of DenseFlow's couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s /
// 2).
namespace densenf::kernels {

/// log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  affine_forward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, z, log_prob);
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  affine_inverse(cpu, AffineMap<Tanh2>{}, Everywhere{}, z, raw, at, x);
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  affine_backward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, dz, dlog_prob, dx, write_dx, draw,
                  write_draw);
}

}  // namespace densenf::kernels
