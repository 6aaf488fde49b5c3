#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/pixels.hpp"

// Softmax attention of all pixels of an image to all of another: for each head, out = softmax(q k^T /
// sqrt(E)) v over the pixels of k that a mask lets the pixel see, where the head has channels [head E, (head
// + 1) E) of q and k, and as many of v as v has for each head. The weights of a few pixels at a time are in
// memory, and again in the adjoint: so memory grows with the pixels, not with their square (Dao et al.,
// "FlashAttention", NeurIPS 2022, is the same for GPUs). What is masked is neither computed nor read, but
// for the scores of a few neighbors.
namespace densenf::kernels {

namespace detail {
/// Some queries [first, first + rows), and what they see: keys [begin, end), of which all of them see
/// [common, common_end). Numbers of keys count from `begin`.
struct QueryTile {
  Index first, rows, begin, end, common, common_end;

  QueryTile(const AttentionMask& mask, Index from, Index count, Index keys)
      : first(from),
        rows(count),
        begin(mask.begin(from)),
        end(mask.end(from + count - 1, keys)),
        common(mask.begin(from + count - 1) - begin),
        common_end(mask.end(from, keys) - begin) {}

  Index width() const { return end - begin; }
  Index first_of(const AttentionMask& mask, Index row) const { return mask.begin(first + row) - begin; }
  Index end_of(const AttentionMask& mask, Index row, Index keys) const {
    return mask.end(first + row, keys) - begin;
  }
};

/// One head of one image.
template <class T>
struct Head {
  static constexpr Index rows = 32;  ///< pixels of q at a time

  Index n, head, queries, keys, size, value_size;
  T scale;
  AttentionMask mask;

  Head(Index task, Index heads, const Tensor<const T>& q, const Tensor<const T>& k, const Tensor<const T>& v,
       const AttentionMask& of)
      : n(task / heads),
        head(task % heads),
        queries(q.h * q.w),
        keys(k.h * k.w),
        size(q.c / heads),
        value_size(v.c / heads),
        scale(T(1) / std::sqrt(static_cast<T>(size))),
        mask(of) {}

  /// Calls f(tile) for all queries, some at a time.
  template <class F>
  void for_each_tile(const F& f) const {
    for (Index first = 0; first < queries; first += rows)
      f(QueryTile(mask, first, std::min(rows, queries - first), keys));
  }

  /// The weights of a row of a tile, of which those that the row does not see become 0. Returns those that it
  /// sees.
  auto seen(const QueryTile& tile, Index row, T* weights) const {
    const Index from = tile.first_of(mask, row), to = tile.end_of(mask, row, keys);
    mutable_vector(weights, from).setZero();
    mutable_vector(weights + to, tile.width() - to).setZero();
    return mutable_vector(weights + from, to - from);
  }

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

/// Bytes of scratch memory: each thread works on one head of one image at a time.
template <class T>
Index softmax_attention_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                              Tensor<const T> v, Index heads) {
  return Scratch::bytes_for<T>(cpu.threads() * detail::numbers_of_head(q, k, v, heads));
}

/// log_sums: a number for each head and pixel of each image of q, which is what the adjoint needs.
template <class T>
void softmax_attention_forward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, AttentionMask mask, T* log_sums, Tensor<T> out, Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(cpu.threads() * room);
  cpu.parallel_for_workers(q.n * heads, [&](Index task, int worker) {
    const detail::Head<T> a(task, heads, q, k, v, mask);
    T* const keys = all + worker * room;  // transposed
    T* const weights = keys + a.size * a.keys;
    const Index begin = mask.begin(0), end = mask.end(a.queries - 1, a.keys);
    const Block<const T> from = a.of_size(k, begin);
    nystrom::transpose(from.data, from.stride, end - begin, a.size, keys + begin, a.keys);
    a.for_each_tile([&](const detail::QueryTile& tile) {
      multiply<T>(a.of_size(q, tile.first), {keys + tile.begin, a.keys}, tile.rows, a.size, tile.width(),
                  Into::replace, {weights, a.keys});
      for (Index i = 0; i < tile.rows; ++i) {
        auto w = a.seen(tile, i, weights + i * a.keys);
        const T top = w.maxCoeff();
        w = ((w - top) * a.scale).exp();
        const T sum = w.sum();
        w *= T(1) / sum;
        log_sums[task * a.queries + tile.first + i] = top * a.scale + std::log(sum);
      }
      multiply<T>({weights + tile.common, a.keys}, a.of_values(v, tile.begin + tile.common), tile.rows,
                  tile.common_end - tile.common, a.value_size, Into::replace, a.of_values(out, tile.first));
      // The others row by row: 0 times a value that is no number would reach who must not see it.
      for (Index i = 0; i < tile.rows; ++i) {
        const auto add = [&](Index first, Index last) {
          if (first < last)
            multiply<T>({weights + i * a.keys + first, a.keys}, a.of_values(v, tile.begin + first), 1,
                        last - first, a.value_size, Into::add, a.of_values(out, tile.first + i));
        };
        add(tile.first_of(mask, i), tile.common);
        add(tile.common_end, tile.end_of(mask, i, a.keys));
      }
    });
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
                                Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(cpu.threads() * room);
  cpu.parallel_for_workers(q.n * heads, [&](Index task, int worker) {
    const detail::Head<T> a(task, heads, q, k, v, mask);
    T* const keys = all + worker * room;  // transposed, and so are the values
    T* const values = keys + a.size * a.keys;
    T* const weights = values + a.value_size * a.keys;
    T* const dweights = weights + a.rows * a.keys;
    const Block<const T> from = a.of_size(k, 0), from_values = a.of_values(v, 0);
    nystrom::transpose(from.data, from.stride, a.keys, a.size, keys, a.keys);
    nystrom::transpose(from_values.data, from_values.stride, a.keys, a.value_size, values, a.keys);
    a.for_each_tile([&](const detail::QueryTile& tile) {
      const Block<const T> d = a.of_values(dout, tile.first), result = a.of_values(out, tile.first);
      const Index width = tile.width();
      multiply<T>(a.of_size(q, tile.first), {keys + tile.begin, a.keys}, tile.rows, a.size, width,
                  Into::replace, {weights, a.keys});
      multiply<T>(d, {values + tile.begin, a.keys}, tile.rows, a.value_size, width, Into::replace,
                  {dweights, a.keys});
      for (Index i = 0; i < tile.rows; ++i) {
        auto w = a.seen(tile, i, weights + i * a.keys), dw = a.seen(tile, i, dweights + i * a.keys);
        // What the softmax's adjoint takes away: the sum of w dw, which is that of the outputs' products.
        const T delta = (vector(d.row(i), a.value_size) * vector(result.row(i), a.value_size)).sum();
        w = (w * a.scale - log_sums[task * a.queries + tile.first + i]).exp();
        dw = w * (dw - delta) * a.scale;
      }
      multiply<T>({dweights, a.keys}, a.of_size(k, tile.begin), tile.rows, width, a.size, Into::add,
                  a.of_size(dq, tile.first));
      multiply_transposed<T>({dweights, a.keys}, a.of_size(q, tile.first), width, tile.rows, a.size,
                             Into::add, a.of_size(dk, tile.begin));
      multiply_transposed<T>({weights, a.keys}, d, width, tile.rows, a.value_size, Into::add,
                             a.of_values(dv, tile.begin));
    });
  });
}

}  // namespace densenf::kernels
