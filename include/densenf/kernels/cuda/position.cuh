#pragma once

#include <cmath>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Parameters with a number for each channel at each place of an image: v[place * c + channel], the same for
// all images of a batch. Tensors have the same extents.
namespace densenf::kernels {

/// y = x + v
template <class T>
void add_positions(const Cuda& cuda, Tensor<const T> x, const T* v, Tensor<T> y) {
  const Index places = x.h * x.w;
  for_each_number(cuda, "adding positions", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = x(p, c) + v[p % places * x.c + c]; });
}

/// dv += the sum of dy over the images
template <class T>
void sum_positions(const Cuda& cuda, Tensor<const T> dy, T* dv) {
  const Index places = dy.h * dy.w;
  for_each_number(cuda, "gradients of positions", places, dy.c, [=] __device__(Index place, Index c) {
    T sum = 0;
    for (Index n = 0; n < dy.n; ++n) sum += dy(n * places + place, c);
    dv[place * dy.c + c] += sum;
  });
}

/// z = scale x + shift; log_prob[n] += sum of log |scale|.
template <class T>
void position_affine_forward(const Cuda& cuda, Tensor<const T> x, const T* scale, const T* shift, Tensor<T> z,
                             double* log_prob) {
  const Index places = x.h * x.w;
  sum_each_image(
      cuda, "the affine map of positions", x.n, places, x.c,
      [=] __device__(Index p, Index c) -> double {
        const Index i = p % places * x.c + c;
        z(p, c) = x(p, c) * scale[i] + shift[i];
        return std::log(std::abs(static_cast<double>(scale[i])));
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// x = (z - shift) / scale
template <class T>
void position_affine_inverse(const Cuda& cuda, Tensor<const T> z, const T* scale, const T* shift,
                             Tensor<T> x) {
  const Index places = x.h * x.w;
  for_each_number(cuda, "the affine map of positions' inverse", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) {
                    const Index i = p % places * x.c + c;
                    x(p, c) = (z(p, c) - shift[i]) / scale[i];
                  });
}

/// dx = or +=, dscale +=, dshift += adjoint of position_affine_forward. dx.data may be null when x is data.
template <class T>
void position_affine_backward(const Cuda& cuda, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                              const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift) {
  const Index places = x.h * x.w;
  for_each_number(cuda, "the affine map of positions' adjoint", places, x.c,
                  [=] __device__(Index place, Index c) {
                    const Index i = place * x.c + c;
                    double all = 0;
                    T ds = 0, dt = 0;
                    for (Index n = 0; n < x.n; ++n) {
                      const Index p = n * places + place;
                      const T d = dz(p, c);
                      all += dlog_prob[n];
                      ds += d * x(p, c);
                      dt += d;
                      if (dx.data != nullptr) detail::put(write, dx(p, c), d * scale[i]);
                    }
                    dscale[i] += ds + static_cast<T>(all) / scale[i];
                    dshift[i] += dt;
                  });
}

/// The data-dependent start of the affine map, unless the flag says that it has been: scale = 1 /
/// sqrt(variance
/// + 1e-8) and shift = -mean scale, over the images; sets the flag.
template <class T>
void position_affine_start(const Cuda& cuda, Tensor<const T> x, T* scale, T* shift, T* started) {
  const Index places = x.h * x.w;
  for_each_number(cuda, "the affine map of positions' start", places, x.c,
                  [=] __device__(Index place, Index c) {
                    if (*started != T(0)) return;
                    double mean = 0, variance = 0;
                    for (Index n = 0; n < x.n; ++n) mean += static_cast<double>(x(n * places + place, c));
                    mean /= static_cast<double>(x.n);
                    for (Index n = 0; n < x.n; ++n) {
                      const double deviation = static_cast<double>(x(n * places + place, c)) - mean;
                      variance += deviation * deviation;
                    }
                    const double by = 1 / std::sqrt(variance / static_cast<double>(x.n) + 1e-8);
                    scale[place * x.c + c] = static_cast<T>(by);
                    shift[place * x.c + c] = static_cast<T>(-mean * by);
                  });
  for_each_index(cuda, "the affine map of positions' start", 1, [=] __device__(Index) { *started = T(1); });
}

}  // namespace densenf::kernels
