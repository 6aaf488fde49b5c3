#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/pixels.hpp"

// Softmax attention of all pixels of an image to all of another: for each head, out = softmax(q k^T /
// sqrt(E)) v over the pixels of k, where the head has channels [head E, (head + 1) E) of q and k, and as many
// of v as v has for each head. The weights of a few pixels at a time are in memory, and again in the adjoint.
namespace densenf::kernels {

namespace detail {
/// One head of one image.
template <class T>
struct Head {
  static constexpr Index rows = 32;  ///< pixels of q at a time

  Index n, head, queries, keys, size, value_size;
  T scale;

  Head(Index task, Index heads, const Tensor<const T>& q, const Tensor<const T>& k, const Tensor<const T>& v)
      : n(task / heads),
        head(task % heads),
        queries(q.h * q.w),
        keys(k.h * k.w),
        size(q.c / heads),
        value_size(v.c / heads),
        scale(T(1) / std::sqrt(static_cast<T>(size))) {}

  /// Its numbers at a pixel of its image.
  template <class U>
  Block<U> of_size(const Tensor<U>& x, Index pixel) const {
    return {x.pixel(n * x.h * x.w + pixel) + head * size, x.stride};
  }
  template <class U>
  Block<U> of_values(const Tensor<U>& x, Index pixel) const {
    return {x.pixel(n * x.h * x.w + pixel) + head * value_size, x.stride};
  }
};

/// Numbers that attention and its adjoint work with for one head of an image.
template <class T>
Index numbers_of_head(const Tensor<const T>& q, const Tensor<const T>& k, const Tensor<const T>& v,
                      Index heads) {
  return k.h * k.w * (2 * Head<T>::rows + (q.c + v.c) / heads);
}
}  // namespace detail

template <class T>
Index softmax_attention_forward_scratch_bytes(const Cpu&, Tensor<const T> q, Tensor<const T> k,
                                              Tensor<const T> v, Index heads) {
  return Scratch::bytes_for<T>(q.n * heads * detail::numbers_of_head(q, k, v, heads));
}

/// log_sums: a number for each head and pixel of each image of q, which is what the adjoint needs.
template <class T>
void softmax_attention_forward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, T* log_sums, Tensor<T> out, Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(q.n * heads * room);
  cpu.parallel_for(q.n * heads, [&](Index task) {
    const detail::Head<T> a(task, heads, q, k, v);
    T* const keys = all + task * room;  // transposed
    T* const weights = keys + a.size * a.keys;
    const Block<const T> from = a.of_size(k, 0);
    nystrom::transpose(from.data, from.stride, a.keys, a.size, keys, a.keys);
    for (Index first = 0; first < a.queries; first += a.rows) {
      const Index rows = std::min(a.rows, a.queries - first);
      multiply<T>(a.of_size(q, first), {keys, a.keys}, rows, a.size, a.keys, Into::replace,
                  {weights, a.keys});
      for (Index i = 0; i < rows; ++i) {
        auto w = mutable_vector(weights + i * a.keys, a.keys);
        const T top = w.maxCoeff();
        w = ((w - top) * a.scale).exp();
        const T sum = w.sum();
        w *= T(1) / sum;
        log_sums[task * a.queries + first + i] = top * a.scale + std::log(sum);
      }
      multiply<T>({weights, a.keys}, a.of_values(v, 0), rows, a.keys, a.value_size, Into::replace,
                  a.of_values(out, first));
    }
  });
}

template <class T>
Index softmax_attention_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                               Tensor<const T> v, Index heads) {
  return softmax_attention_forward_scratch_bytes(cpu, q, k, v, heads);
}

/// dq +=, dk +=, dv += adjoint of softmax_attention_forward.
template <class T>
void softmax_attention_backward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                Index heads, const T* log_sums, Tensor<const T> out, Tensor<const T> dout,
                                Tensor<T> dq, Tensor<T> dk, Tensor<T> dv, Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(q.n * heads * room);
  cpu.parallel_for(q.n * heads, [&](Index task) {
    const detail::Head<T> a(task, heads, q, k, v);
    T* const keys = all + task * room;  // transposed, and so are the values
    T* const values = keys + a.size * a.keys;
    T* const weights = values + a.value_size * a.keys;
    T* const dweights = weights + a.rows * a.keys;
    const Block<const T> from = a.of_size(k, 0), from_values = a.of_values(v, 0);
    nystrom::transpose(from.data, from.stride, a.keys, a.size, keys, a.keys);
    nystrom::transpose(from_values.data, from_values.stride, a.keys, a.value_size, values, a.keys);
    for (Index first = 0; first < a.queries; first += a.rows) {
      const Index rows = std::min(a.rows, a.queries - first);
      const Block<const T> d = a.of_values(dout, first), result = a.of_values(out, first);
      multiply<T>(a.of_size(q, first), {keys, a.keys}, rows, a.size, a.keys, Into::replace,
                  {weights, a.keys});
      multiply<T>(d, {values, a.keys}, rows, a.value_size, a.keys, Into::replace, {dweights, a.keys});
      for (Index i = 0; i < rows; ++i) {
        auto w = mutable_vector(weights + i * a.keys, a.keys),
             dw = mutable_vector(dweights + i * a.keys, a.keys);
        // What the softmax's adjoint takes away: the sum of w dw, which is that of the outputs' products.
        const T delta = (vector(d.row(i), a.value_size) * vector(result.row(i), a.value_size)).sum();
        w = (w * a.scale - log_sums[task * a.queries + first + i]).exp();
        dw = w * (dw - delta) * a.scale;
      }
      multiply<T>({dweights, a.keys}, a.of_size(k, 0), rows, a.keys, a.size, Into::add, a.of_size(dq, first));
      multiply_transposed<T>({dweights, a.keys}, a.of_size(q, first), a.keys, rows, a.size, Into::add,
                             a.of_size(dk, 0));
      multiply_transposed<T>({weights, a.keys}, d, a.keys, rows, a.value_size, Into::add, a.of_values(dv, 0));
    }
  });
}

}  // namespace densenf::kernels
