#pragma once

#include <algorithm>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/conv_blocks.hpp"

// Convolutions of one or three by three pixels, stride 1, zero padding, channels last.
//
// Weights are [kernel * kernel][in][out], tap = ky * kernel + kx, a cross-correlation: output pixel (y, x)
// meets input pixel (y + ky - 1, x + kx - 1). No kernel allocates. Each result is the sum of its terms in
// an order that depends on channels and kernel only: the same to the bit for any number of threads, and
// for an output pixel, for any batch around its image.
namespace densenf::kernels {

namespace detail {

template <class T, class U>
void check_conv(const Tensor<T>& x, const Tensor<U>& y, int kernel) {
  if (kernel != 1 && kernel != 3) {
    throw ArgumentError("A convolution's kernel must be 1 or 3 pixels wide, not {}.", kernel);
  }
  if (x.n != y.n || x.h != y.h || x.w != y.w) {
    throw ShapeError(
        "A convolution's input and output must have the same images, height and width, not {}x{}x{} and "
        "{}x{}x{}.",
        x.n, x.h, x.w, y.n, y.h, y.w);
  }
}

}  // namespace detail

/// y = activation(conv(x, weight) + bias). `bias` may be null. x and y may be different channels of one
/// buffer. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y) {
  detail::check_conv(x, y, kernel);
  if (y.size() == 0) return;
  const tiles::Panels<T> panels(y.c);
  const Index multiplications = y.size() * x.c * kernel * kernel;
  detail::for_each_block(cpu, y.pixels(), panels.count(), multiplications,
                         [&](Index i, Index first, Index last) {
                           const Index column = panels.first(i);
                           const detail::ConvPanel<T> panel{.x = x,
                                                            .y = y.channels(column, panels.width(i)),
                                                            .vectors = panels.vectors(i),
                                                            .last = panels.last(i),
                                                            .kernel = kernel,
                                                            .weight = weight + column,
                                                            .weight_stride = y.c,
                                                            .bias = bias != nullptr ? bias + column : nullptr,
                                                            .activation = activation,
                                                            .accumulate = false};
                           detail::conv_block(panel, first, last);
                         });
}

/// Numbers of scratch memory that conv_backward_data needs.
constexpr Index conv_scratch_size(int kernel, Index in, Index out) {
  constexpr Index most_lanes = 16;  // the last panel is filled up to whole packets
  return kernel * kernel * out * ((in + most_lanes - 1) / most_lanes * most_lanes);
}

/// dx += the gradient of conv's input, given dy, that of its output. `scratch` holds at least
/// conv_scratch_size(kernel, dx.c, dy.c) numbers, aligned to 64 bytes; its content is lost. Throws
/// ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, T* scratch,
                        Tensor<T> dx) {
  detail::check_conv(dx, dy, kernel);
  if (dx.size() == 0) return;
  detail::transpose_weights(cpu, weight, kernel, dx.c, dy.c, scratch);
  const tiles::Panels<T> panels(dx.c);
  const Index rows = dy.c * kernel * kernel;
  detail::for_each_block(
      cpu, dx.pixels(), panels.count(), dx.size() * rows, [&](Index i, Index first, Index last) {
        const Index column = panels.first(i);
        const detail::ConvPanel<T> panel{.x = dy,
                                         .y = dx.channels(column, panels.width(i)),
                                         .vectors = panels.vectors(i),
                                         .last = panels.last(i),
                                         .kernel = kernel,
                                         .weight = scratch + column * rows,
                                         .weight_stride = panels.vectors(i) * simd::lanes<T>,
                                         .bias = nullptr,
                                         .activation = Activation::none,
                                         .accumulate = true};
        detail::conv_block(panel, first, last);
      });
}

/// dweight += and dbias += the gradients of conv's weights and bias, given its input x and dy, the gradient
/// of its output. `dbias` may be null. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias) {
  detail::check_conv(x, dy, kernel);
  if (dy.size() == 0) return;
  const tiles::Panels<T> panels(dy.c);
  const Index taps = kernel * kernel;
  Index rows = 24;
  while (rows > tiles::max_rows && taps * panels.count() * ((x.c + rows - 1) / rows) < 16) rows /= 2;
  const Index row_blocks = (x.c + rows - 1) / rows;
  const Index bias_tasks = dbias != nullptr ? panels.count() : 0;
  cpu.parallel_for(bias_tasks + taps * panels.count() * row_blocks, [&](Index task) {
    if (task < bias_tasks) {
      detail::bias_block<T>(dy, panels, task, dbias);
      return;
    }
    task -= bias_tasks;
    const Index row_block = task % row_blocks;
    const Index panel = task / row_blocks % panels.count();
    const int tap = static_cast<int>(task / row_blocks / panels.count());
    detail::weights_block<T>(x, dy, kernel, tap, row_block * rows, std::min((row_block + 1) * rows, x.c),
                             panels, panel, dweight);
  });
}

/// dy = 0 where relu's output y is not positive. Throws ShapeError when the shapes differ.
template <class T>
void relu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy) {
  if (y.shape() != dy.shape() || y.n != dy.n) {
    throw ShapeError("A relu's output and its gradient must have the same shape, not {} x {} and {} x {}.",
                     y.n, to_string(y.shape()), dy.n, to_string(dy.shape()));
  }
  const Index grain = std::max<Index>(1, 16384 / std::max<Index>(1, y.c));
  cpu.parallel_ranges(y.pixels(), grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) {
      const T* from = y.pixel(p);
      T* to = dy.pixel(p);
      Index c = 0;
      for (; c + simd::lanes<T> <= y.c; c += simd::lanes<T>) {
        simd::store(to + c, simd::keep_where_positive<T>(simd::load(to + c), simd::load(from + c)));
      }
      for (; c < y.c; ++c) to[c] = from[c] > T{0} ? to[c] : T{0};
    }
  });
}

}  // namespace densenf::kernels
