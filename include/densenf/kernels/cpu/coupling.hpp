#pragma once

#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/bodies.hpp"

// DenseFlow's affine map, of its couplings and of the cross-unit noise: z = t + exp(2 tanh(s / 2)) x at every
// pixel.
namespace densenf::kernels {

/// z from x; log_prob[n] += sum of the log-scales. raw has 2 * x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  detail::affine_forward_loop<AffineMap<Tanh2>>(cpu, x, raw, at, z, log_prob, Everywhere{});
}

/// x from z.
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  detail::affine_inverse_loop<AffineMap<Tanh2>>(cpu, z, raw, at, x, Everywhere{});
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  detail::affine_backward_loop<AffineMap<Tanh2>>(cpu, x, raw, at, dz, dlog_prob, dx, write_dx, draw,
                                                 write_draw, Everywhere{});
}

}  // namespace densenf::kernels
