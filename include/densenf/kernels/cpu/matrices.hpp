#pragma once

#include <algorithm>

#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/matrix_form.hpp"
#include "densenf/kernels/write.hpp"

// Images as matrices, with a row for each pixel and a column for each channel.
namespace densenf::kernels {

/// y = or += the product of a and b, image by image. Its extents are those of y's images; a and b have the
/// other one in common.
template <class T>
void multiply_matrices(const Cpu& cpu, Tensor<const T> a, Tensor<const T> b, MatrixForm form, Tensor<T> y,
                       Write write = Write::assign) {
  const Index rows = y.h * y.w, rows_a = a.h * a.w, rows_b = b.h * b.w;
  const Into into = write == Write::assign ? Into::replace : Into::add;
  cpu.parallel_for(y.n, [&](Index n) {
    const Block<const T> first{a.pixel(n * rows_a), a.stride}, second{b.pixel(n * rows_b), b.stride};
    const Block<T> result{y.pixel(n * rows), y.stride};
    if (form == MatrixForm::plain) {
      multiply<T>(first, second, rows, a.c, y.c, into, result);
    } else if (form == MatrixForm::first_transposed) {
      multiply_transposed<T>(first, second, rows, rows_a, y.c, into, result);
    } else {
      for (Index i = 0; i < rows; ++i) {
        const auto row = vector(first.row(i), a.c);
        for (Index j = 0; j < y.c; ++j)
          detail::put(write, result.row(i)[j], (row * vector(second.row(j), a.c)).sum());
      }
    }
  });
}

/// y = softmax over the channels of each pixel that `mask` lets it see, as a query sees keys; 0 elsewhere.
template <class T>
void softmax_forward(const Cpu& cpu, Tensor<const T> x, AttentionMask mask, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const Index query = p % (x.h * x.w), first = mask.begin(query), count = mask.end(query, x.c) - first;
    auto all = row(y, p);
    all.setZero();
    const auto from = row(x, p).segment(first, count);
    auto to = all.segment(first, count);
    to = (from - from.maxCoeff()).exp();
    to *= T(1) / to.sum();
  });
}

/// dx = or += adjoint of softmax_forward, whose output is y.
template <class T>
void softmax_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_pixel(cpu, y.pixels(), 4 * y.c, [&](Index p) {
    const auto s = row(y, p), d = row(dy, p);
    const T along = (s * d).sum();
    detail::put(write, row(dx, p), s * (d - along));
  });
}

/// y = or +=, at each channel, the sum of the channels of the pixel.
template <class T>
void total_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), 2 * x.c, [&](Index p) {
    const T sum = row(x, p).sum();
    auto to = row(y, p);
    if (write == Write::assign)
      to.setConstant(sum);
    else
      to += sum;
  });
}

/// y = 1 at the largest channel of each pixel, the first of those as large, and 0 elsewhere.
template <class T>
void mark_largest(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T* const from = x.pixel(p);
    zero_channels(y, p);
    y(p, std::max_element(from, from + x.c) - from) = T(1);
  });
}

/// y = or += each image's numbers in C, H, W order, read as if they were in H, W, C order.
template <class T>
void planes_as_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, y.pixels(), 4 * y.c, [&](Index p) {
    const Index first = p - p % hw;
    for (Index c = 0, i = p % hw * y.c; c < y.c; ++c, ++i)
      detail::put(write, y(p, c), x(first + i % hw, i / hw));
  });
}

/// y = or += the inverse of planes_as_pixels.
template <class T>
void pixels_as_planes(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), 4 * x.c, [&](Index p) {
    const Index first = p - p % hw;
    for (Index c = 0, i = p % hw * x.c; c < x.c; ++c, ++i)
      detail::put(write, y(first + i % hw, i / hw), x(p, c));
  });
}

}  // namespace densenf::kernels
