#pragma once

#include <array>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/lip_swish.hpp"
#include "densenf/kernels/write.hpp"

// LipSwish and its slope, as functions of x and of the learned number b behind the steepness: see
// kernels/lip_swish.hpp for the formulas.
namespace densenf::kernels {

/// y = f(x)
template <class T>
void lip_swish_forward(const Cuda& cuda, Tensor<const T> x, const T* b, Tensor<T> y) {
  for_each_number(cuda, "LipSwish", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    y(p, c) = LipSwishOf<T>(x(p, c), maps::Softplus::value(*b)).value();
  });
}

/// y = f'(x)
template <class T>
void lip_swish_slope_forward(const Cuda& cuda, Tensor<const T> x, const T* b, Tensor<T> y) {
  for_each_number(cuda, "LipSwish's slope", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    y(p, c) = LipSwishOf<T>(x(p, c), maps::Softplus::value(*b)).by_x();
  });
}

namespace detail {

/// What both adjoints are, with the derivatives of the function by x and by the steepness.
template <class T, class ByX, class ByBeta>
void lip_swish_adjoint(const Cuda& cuda, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                       Write write, T* db, Scratch scratch, const ByX& by_x, const ByBeta& by_beta) {
  if (db == nullptr) {
    if (dx.data == nullptr) return;
    for_each_number(cuda, "LipSwish's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
      put(write, dx(p, c), dy(p, c) * by_x(LipSwishOf<T>(x(p, c), maps::Softplus::value(*b))));
    });
    return;
  }
  double* const of_channels = scratch.take<double>(x.c);
  const Index channels = x.c;
  sum_over_pixels<1>(
      cuda, "LipSwish's adjoint", x.pixels(), x.c,
      [=] __device__(Index p, Index c) -> std::array<T, 1> {
        const LipSwishOf<T> f(x(p, c), maps::Softplus::value(*b));
        const T d = dy(p, c);
        if (dx.data != nullptr) put(write, dx(p, c), d * by_x(f));
        return {d * by_beta(f)};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) { of_channels[c] = sums[0]; }, scratch);
  for_each_index(cuda, "LipSwish's adjoint", 1, [=] __device__(Index) {
    double total = 0;
    for (Index c = 0; c < channels; ++c) total += of_channels[c];
    *db += static_cast<T>(total * static_cast<double>(maps::Softplus::derivative(*b)));
  });
}

template <class T>
Index lip_swish_adjoint_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c) + sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

}  // namespace detail

template <class T>
Index lip_swish_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return detail::lip_swish_adjoint_scratch_bytes(cuda, x);
}

/// dx = or +=, db += adjoint of lip_swish_forward. dx.data and db may be null.
template <class T>
void lip_swish_backward(const Cuda& cuda, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* db, Scratch scratch) {
  detail::lip_swish_adjoint(
      cuda, x, b, dy, dx, write, db, scratch, [] __device__(const LipSwishOf<T>& f) { return f.by_x(); },
      [] __device__(const LipSwishOf<T>& f) { return f.by_beta(); });
}

template <class T>
Index lip_swish_slope_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return detail::lip_swish_adjoint_scratch_bytes(cuda, x);
}

/// dx = or +=, db += adjoint of lip_swish_slope_forward. dx.data and db may be null.
template <class T>
void lip_swish_slope_backward(const Cuda& cuda, Tensor<const T> x, const T* b, Tensor<const T> dy,
                              Tensor<T> dx, Write write, T* db, Scratch scratch) {
  detail::lip_swish_adjoint(
      cuda, x, b, dy, dx, write, db, scratch, [] __device__(const LipSwishOf<T>& f) { return f.by_x_x(); },
      [] __device__(const LipSwishOf<T>& f) { return f.by_x_beta(); });
}

}  // namespace densenf::kernels
