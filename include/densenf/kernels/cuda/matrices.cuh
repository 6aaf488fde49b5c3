#pragma once

#include <cmath>

#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/matrix_form.hpp"
#include "densenf/kernels/write.hpp"

// Images as matrices, with a row for each pixel and a column for each channel. A thread for each number, or
// for each row.
namespace densenf::kernels {

/// y = or += the product of a and b, image by image.
template <class T>
void multiply_matrices(const Cuda& cuda, Tensor<const T> a, Tensor<const T> b, MatrixForm form, Tensor<T> y,
                       Write write = Write::assign) {
  const Index rows = y.h * y.w, rows_a = a.h * a.w, rows_b = b.h * b.w;
  const Index inner = form == MatrixForm::first_transposed ? rows_a : a.c;
  for_each_number(cuda, "products of matrices", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const Index n = p / rows, i = p - n * rows, first = n * rows_a, second = n * rows_b;
    T sum = 0;
    for (Index k = 0; k < inner; ++k) {
      const T left = form == MatrixForm::first_transposed ? a(first + k, i) : a(first + i, k);
      sum += left * (form == MatrixForm::second_transposed ? b(second + c, k) : b(second + k, c));
    }
    detail::put(write, y(p, c), sum);
  });
}

/// y = softmax over the channels of each pixel that `mask` lets it see, as a query sees keys; 0 elsewhere.
template <class T>
void softmax_forward(const Cuda& cuda, Tensor<const T> x, AttentionMask mask, Tensor<T> y) {
  const Index rows = x.h * x.w;
  for_each_index(cuda, "softmax", x.pixels(), [=] __device__(Index p) {
    const Index query = p % rows, first = mask.begin(query), end = mask.end(query, x.c);
    T most = x(p, first), sum = 0;
    for (Index c = first; c < end; ++c) most = x(p, c) > most ? x(p, c) : most;
    for (Index c = 0; c < x.c; ++c) {
      const T e = c < first || c >= end ? T(0) : std::exp(x(p, c) - most);
      sum += e;
      y(p, c) = e;
    }
    for (Index c = first; c < end; ++c) y(p, c) /= sum;
  });
}

/// dx = or += adjoint of softmax_forward, whose output is y.
template <class T>
void softmax_backward(const Cuda& cuda, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_index(cuda, "softmax's adjoint", y.pixels(), [=] __device__(Index p) {
    T along = 0;
    for (Index c = 0; c < y.c; ++c) along += y(p, c) * dy(p, c);
    for (Index c = 0; c < y.c; ++c) detail::put(write, dx(p, c), y(p, c) * (dy(p, c) - along));
  });
}

/// y = or +=, at each channel, the sum of the channels of the pixel.
template <class T>
void total_channels(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_index(cuda, "sums of channels", x.pixels(), [=] __device__(Index p) {
    T sum = 0;
    for (Index c = 0; c < x.c; ++c) sum += x(p, c);
    for (Index c = 0; c < x.c; ++c) detail::put(write, y(p, c), sum);
  });
}

/// y = 1 at the largest channel of each pixel, the first of those as large, and 0 elsewhere.
template <class T>
void mark_largest(const Cuda& cuda, Tensor<const T> x, Tensor<T> y) {
  for_each_index(cuda, "largest channels", x.pixels(), [=] __device__(Index p) {
    Index at = 0;
    for (Index c = 1; c < x.c; ++c) at = x(p, c) > x(p, at) ? c : at;
    for (Index c = 0; c < x.c; ++c) y(p, c) = c == at ? T(1) : T(0);
  });
}

/// y = or += each image's numbers in C, H, W order, read as if they were in H, W, C order.
template <class T>
void planes_as_pixels(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_number(cuda, "planes as pixels", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    const Index of_image = p % hw, i = of_image * y.c + c;
    detail::put(write, y(p, c), x(p - of_image + i % hw, i / hw));
  });
}

/// y = or += the inverse of planes_as_pixels.
template <class T>
void pixels_as_planes(const Cuda& cuda, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_number(cuda, "pixels as planes", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const Index of_image = p % hw, i = of_image * x.c + c;
    detail::put(write, y(p - of_image + i % hw, i / hw), x(p, c));
  });
}

}  // namespace densenf::kernels
