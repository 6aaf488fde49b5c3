#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Products, and what spreads a number over an image or sums one up. Tensors have the same extents unless said
// otherwise.
namespace densenf::kernels {

/// z = or += x * y
template <class T>
void multiply_numbers(const Cuda& cuda, Tensor<const T> x, Tensor<const T> y, Tensor<T> z,
                      Write write = Write::assign) {
  for_each_number(cuda, "multiplying", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { detail::put(write, z(p, c), x(p, c) * y(p, c)); });
}

/// y = v[c] at every pixel
template <class T>
void spread_channels(const Cuda& cuda, const T* v, Tensor<T> y) {
  for_each_number(cuda, "spreading parameters", y.pixels(), y.c,
                  [=] __device__(Index p, Index c) { y(p, c) = v[c]; });
}

template <class T>
Index sum_channels_scratch_bytes(const Cuda& cuda, Tensor<const T> dy) {
  return sum_over_pixels_scratch_bytes<1>(cuda, dy.pixels(), dy.c);
}

/// dv[c] += the sum of dy over all pixels
template <class T>
void sum_channels(const Cuda& cuda, Tensor<const T> dy, T* dv, Scratch scratch) {
  sum_over_pixels<1>(
      cuda, "gradients of spread parameters", dy.pixels(), dy.c,
      [=] __device__(Index p, Index c) -> std::array<T, 1> { return {dy(p, c)}; },
      [=] __device__(Index c, const std::array<double, 1>& sums) { dv[c] += static_cast<T>(sums[0]); },
      scratch);
}

/// Each pixel of y is the one pixel that its image has in v.
template <class T>
void spread_pixels(const Cuda& cuda, Tensor<const T> v, Tensor<T> y) {
  const Index per_image = y.h * y.w;
  for_each_number(cuda, "spreading pixels", y.pixels(), y.c,
                  [=] __device__(Index p, Index c) { y(p, c) = v(p / per_image, c); });
}

/// dv += the sum of dy over the pixels of each image: the adjoint of spread_pixels.
template <class T>
void sum_pixels(const Cuda& cuda, Tensor<const T> dy, Tensor<T> dv) {
  const Index per_image = dy.h * dy.w;
  for_each_number(cuda, "gradients of spread pixels", dy.n, dy.c, [=] __device__(Index n, Index c) {
    double total = 0;
    for (Index p = n * per_image; p < (n + 1) * per_image; ++p) total += static_cast<double>(dy(p, c));
    dv(n, c) += static_cast<T>(total);
  });
}

/// log_prob[n] += factor * the sum of image n
template <class T>
void sum_images(const Cuda& cuda, Tensor<const T> x, double factor, double* log_prob) {
  sum_each_image(
      cuda, "adding up images", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T { return x(p, c); },
      [=] __device__(Index n, double sum) { log_prob[n] += factor * sum; });
}

/// dx += factor * dlog_prob[n] at every number of image n
template <class T>
void spread_images(const Cuda& cuda, double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = dx.h * dx.w;
  for_each_number(cuda, "gradients of sums", dx.pixels(), dx.c, [=] __device__(Index p, Index c) {
    dx(p, c) += static_cast<T>(factor * dlog_prob[p / per_image]);
  });
}

}  // namespace densenf::kernels
