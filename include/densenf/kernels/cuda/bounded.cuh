#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cub/block/block_reduce.cuh>
#include <limits>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Weights whose operator norm is bounded, and the fixed-point iteration that inverts what is made of them.
namespace densenf::kernels {

namespace detail {

template <class T>
Index sum_of_products_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c) + sum_over_pixels_scratch_bytes<1>(cuda, x.pixels(), x.c);
}

/// Calls done(the sum of x y over all numbers) in one thread.
template <class T, class Done>
void sum_of_products(const Cuda& cuda, const char* what, Tensor<const T> x, Tensor<const T> y,
                     Scratch scratch, const Done& done) {
  double* const of_channels = scratch.take<double>(x.c);
  const Index channels = x.c;
  sum_over_pixels<1>(
      cuda, what, x.pixels(), x.c,
      [=] __device__(Index p, Index c) {
        return std::array<double, 1>{static_cast<double>(x(p, c)) * static_cast<double>(y(p, c))};
      },
      [=] __device__(Index c, const std::array<double, 1>& sums) { of_channels[c] = sums[0]; }, scratch);
  for_each_index(cuda, what, 1, [=] __device__(Index) {
    double total = 0;
    for (Index c = 0; c < channels; ++c) total += of_channels[c];
    done(total);
  });
}

inline constexpr int norming_threads = 512;

/// One block, which is enough for a vector.
template <class T>
__global__ void __launch_bounds__(norming_threads)
    norming_vector_kernel(Tensor<const T> x, std::uint32_t numbers, double order, Tensor<T> y) {
  using Block = cub::BlockReduce<double, norming_threads>;
  __shared__ typename Block::TempStorage room;
  __shared__ double shared;
  const Index c = x.c;
  const auto size_of = [=](std::uint32_t i) {
    const double number = static_cast<double>(x(i / c, i % c));
    return number < 0 ? -number : number;
  };
  // In all threads, what `op` makes of what each has.
  const auto of_all = [&](double mine, const auto& op) {
    const double all = Block(room).Reduce(mine, op);
    __syncthreads();
    if (threadIdx.x == 0) shared = all;
    __syncthreads();
    return shared;
  };
  double mine = 0;
  for (std::uint32_t i = threadIdx.x; i < numbers; i += norming_threads)
    mine = size_of(i) > mine ? size_of(i) : mine;
  const double largest = of_all(mine, [](double a, double b) { return a > b ? a : b; });
  if (largest == 0 || order > std::numeric_limits<double>::max()) {
    mine = numbers;
    for (std::uint32_t i = threadIdx.x; i < numbers; i += norming_threads)
      if (largest > 0 && size_of(i) == largest && i < mine) mine = i;
    const double first = of_all(mine, [](double a, double b) { return a < b ? a : b; });
    for (std::uint32_t i = threadIdx.x; i < numbers; i += norming_threads) {
      const T sign = x(i / c, i % c) > 0 ? T(1) : T(-1);
      y(i / c, i % c) = i == first ? sign : T(0);
    }
    return;
  }
  mine = 0;
  for (std::uint32_t i = threadIdx.x; i < numbers; i += norming_threads)
    mine += std::pow(size_of(i) / largest, order);
  const double sum = of_all(mine, [](double a, double b) { return a + b; });
  const double scale = std::pow(sum, -(order - 1) / order);
  for (std::uint32_t i = threadIdx.x; i < numbers; i += norming_threads) {
    const double size = size_of(i) / largest, part = size == 0 ? 0.0 : std::pow(size, order - 1) * scale;
    y(i / c, i % c) = static_cast<T>(x(i / c, i % c) > 0 ? part : -part);
  }
}

}  // namespace detail

template <class T>
Index bound_weight_forward_scratch_bytes(const Cuda& cuda, Tensor<const T>, Tensor<const T> u) {
  return detail::sum_of_products_scratch_bytes(cuda, u);
}

/// bounded = scale w with scale = 1 / (max(1, sigma / ceiling) + epsilon), where sigma, the sum of u wv, is
/// the norm of w that its singular vectors u and v see: wv is what w makes of v. facts[0] = scale, facts[1] =
/// its derivative by sigma.
template <class T>
void bound_weight_forward(const Cuda& cuda, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                          double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch) {
  detail::sum_of_products(cuda, "bounding weights", u, wv, scratch, [=] __device__(double sigma) {
    const double over = sigma / ceiling, scale = 1 / ((over > 1 ? over : 1.0) + epsilon);
    facts[0] = static_cast<T>(scale);
    facts[1] = static_cast<T>(sigma > ceiling ? -scale * scale / ceiling : 0);
  });
  for_each_number(cuda, "bounding weights", w.pixels(), w.c,
                  [=] __device__(Index p, Index c) { bounded(p, c) = facts[0] * w(p, c); });
}

template <class T>
Index bound_weight_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> w, Tensor<const T>) {
  return Scratch::bytes_for<T>(1) + detail::sum_of_products_scratch_bytes(cuda, w);
}

/// dw = or +=, dwv = or += adjoint of bound_weight_forward.
template <class T>
void bound_weight_backward(const Cuda& cuda, Tensor<const T> w, Tensor<const T> u, const T* facts,
                           Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv, Write write_wv,
                           Scratch scratch) {
  T* const dsigma = scratch.take<T>(1);
  detail::sum_of_products(
      cuda, "bounding weights, adjoint", w, dbounded, scratch,
      [=] __device__(double along) { *dsigma = static_cast<T>(along * static_cast<double>(facts[1])); });
  for_each_number(cuda, "bounding weights, adjoint", w.pixels(), w.c, [=] __device__(Index p, Index c) {
    detail::put(write, dw(p, c), facts[0] * dbounded(p, c));
  });
  for_each_number(cuda, "bounding weights, adjoint", u.pixels(), u.c,
                  [=] __device__(Index p, Index c) { detail::put(write_wv, dwv(p, c), *dsigma * u(p, c)); });
}

/// y with sum x y = |x|, the l_`order` norm of all numbers of x, and a norm of 1 itself, that of the dual
/// order order / (order - 1): sign(x) |x|^(order - 1) over |x|^(order - 1). For an infinite order y is the
/// sign of the first of the largest numbers, in its place. 0 for x = 0. y may be x.
template <class T>
void norming_vector(const Cuda& cuda, Tensor<const T> x, double order, Tensor<T> y) {
  if (x.size() == 0) return;
  detail::launch(cuda, "a norming vector", 1, detail::norming_threads, detail::norming_vector_kernel<T>, x,
                 detail::narrow(x.size()), order, y);
}

/// y = s[0] x
template <class T>
void scale_by_number_forward(const Cuda& cuda, Tensor<const T> x, const T* s, Tensor<T> y) {
  for_each_number(cuda, "scaling", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { y(p, c) = s[0] * x(p, c); });
}

template <class T>
Index scale_by_number_backward_scratch_bytes(const Cuda& cuda, Tensor<const T> x) {
  return detail::sum_of_products_scratch_bytes(cuda, x);
}

/// dx = or +=, ds[0] += adjoint of scale_by_number_forward. dx.data and ds may be null.
template <class T>
void scale_by_number_backward(const Cuda& cuda, Tensor<const T> x, const T* s, Tensor<const T> dy,
                              Tensor<T> dx, Write write, T* ds, Scratch scratch) {
  if (ds != nullptr) {
    detail::sum_of_products(cuda, "scaling, adjoint", x, dy, scratch,
                            [=] __device__(double total) { ds[0] += static_cast<T>(total); });
  }
  if (dx.data == nullptr) return;
  for_each_number(cuda, "scaling, adjoint", x.pixels(), x.c,
                  [=] __device__(Index p, Index c) { detail::put(write, dx(p, c), s[0] * dy(p, c)); });
}

/// A step of the fixed-point iteration for x + g(x) = z: x = z - g for the images that are not done, and
/// moved[n] = the sum of squares of what x changes by. Image n is done when moved[n] <= tolerance (1 +
/// squares[n]); it then stays as it is.
template <class T>
void fixed_point_step(const Cuda& cuda, Tensor<const T> z, Tensor<const T> g, double tolerance,
                      const double* squares, Tensor<T> x, double* moved) {
  const Index per_image = z.h * z.w;
  sum_each_image(
      cuda, "a fixed point's step", z.n, per_image, z.c,
      [=] __device__(Index p, Index c) -> double {
        const Index n = p / per_image;
        if (moved[n] <= tolerance * (1 + squares[n])) return 0;
        const T next = z(p, c) - g(p, c);
        const double step = static_cast<double>(next) - static_cast<double>(x(p, c));
        x(p, c) = next;
        return step * step;
      },
      [=] __device__(Index n, double total) {
        if (!(moved[n] <= tolerance * (1 + squares[n]))) moved[n] = total;
      });
}

}  // namespace densenf::kernels
