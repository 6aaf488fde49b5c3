#pragma once

#include <cmath>
#include <limits>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"

// Softmax attention of all pixels of an image to all of another: for each head, out = softmax(q k^T /
// sqrt(E)) v over the pixels of k that a mask lets the pixel see, where the head has channels [head E, (head
// + 1) E) of q and k, and as many of v as v has for each head.
//
// A block has some pixels of one side, one for each thread, in its shared memory, and sees those of the other
// side a few at a time: no matrix of weights is in memory.
namespace densenf::kernels {

namespace detail {

/// One head of one image, as a block sees it.
template <class T>
struct HeadOnGpu {
  static constexpr int room_size = 44 * 1024 / static_cast<int>(sizeof(T));
  static constexpr int passing = 16;  ///< pixels of the other side at a time
  static constexpr int most_threads = 64;

  Tensor<const T> q, k, v;
  int heads, size, value_size, queries, keys;
  T scale;
  AttentionMask mask;

  HeadOnGpu(const Tensor<const T>& of_q, const Tensor<const T>& of_k, const Tensor<const T>& of_v, Index h,
            const AttentionMask& of)
      : q(of_q),
        k(of_k),
        v(of_v),
        heads(static_cast<int>(h)),
        size(static_cast<int>(q.c / h)),
        value_size(static_cast<int>(v.c / h)),
        queries(static_cast<int>(narrow(q.h * q.w))),
        keys(static_cast<int>(narrow(k.h * k.w))),
        scale(T(1) / std::sqrt(static_cast<T>(size))),
        mask(of) {}

  /// Threads of a block whose threads have a row of `own` numbers each.
  int threads(int own) const {
    int count = most_threads;
    while (count > 1 && count * own + passing * (size + value_size) > room_size) count /= 2;
    if (count * own + passing * (size + value_size) > room_size)
      throw ShapeError("Attention on a GPU takes heads of some hundred channels, not of {}.", size);
    return count;
  }
  /// Blocks for all pixels of one side, all heads and images.
  dim3 grid(int pixels, int block) const {
    constexpr Index most = 65'535;  // of a grid
    if (heads > most || q.n > most)
      throw ShapeError("Attention on a GPU takes at most {} heads and images, not {} and {}.", most, heads,
                       q.n);
    return dim3(narrow((pixels + block - 1) / block), narrow(heads), narrow(q.n));
  }

  /// Copies `count` channels of pixels [first, first + rows) of the block's image to rows of `stride`
  /// numbers; zeros behind the last pixel.
  __device__ void load(const Tensor<const T>& x, int count, int first, int rows, T* to, int stride) const {
    const int pixels = static_cast<int>(x.h * x.w);
    for (int i = static_cast<int>(threadIdx.x); i < rows * count; i += static_cast<int>(blockDim.x)) {
      const int r = i / count, c = i - r * count;
      to[r * stride + c] = first + r < pixels ? x(static_cast<Index>(blockIdx.z) * pixels + first + r,
                                                  static_cast<Index>(blockIdx.y) * count + c)
                                              : T(0);
    }
  }
  /// The keys that a query sees: [begin, end).
  __device__ int begin(int query) const { return static_cast<int>(mask.begin(query)); }
  __device__ int end(int query) const { return static_cast<int>(mask.end(query, keys)); }
  __device__ bool sees(int query, int key) const { return begin(query) <= key && key < end(query); }
  /// The last of `count` pixels from `first` on, of `all`.
  __device__ static int last_of(int first, int count, int all) {
    return (first + count < all ? first + count : all) - 1;
  }

  /// The place of what is known of one of the queries.
  __device__ Index of_query(int query) const {
    return (static_cast<Index>(blockIdx.z) * heads + blockIdx.y) * queries + query;
  }
};

template <class T>
__device__ T dot(const T* a, const T* b, int count) {
  T sum = 0;
  for (int i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}
template <class T>
__device__ void add_multiple(T factor, const T* x, int count, T* y) {
  for (int i = 0; i < count; ++i) y[i] += factor * x[i];
}

/// A thread has one query.
template <class T>
__global__ void softmax_attention_forward_kernel(HeadOnGpu<T> a, T* log_sums, Tensor<T> out) {
  __shared__ T room[HeadOnGpu<T>::room_size];
  const int block = static_cast<int>(blockDim.x), me = static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.x) * block, query = first + me;
  const int stride = a.size + 1, value_stride = a.value_size + 1;  // so that threads read different banks
  T* const q = room;
  T* const sums = q + block * stride;
  T* const keys = sums + block * value_stride;
  T* const values = keys + a.passing * a.size;
  a.load(a.q, a.size, first, block, q, stride);
  T* const mine = sums + me * value_stride;
  for (int c = 0; c < a.value_size; ++c) mine[c] = T(0);
  T top = -std::numeric_limits<T>::infinity(), total = 0;
  const int end = a.end(a.last_of(first, block, a.queries));
  for (int from = a.begin(first); from < end; from += a.passing) {
    __syncthreads();
    a.load(a.k, a.size, from, a.passing, keys, a.size);
    a.load(a.v, a.value_size, from, a.passing, values, a.value_size);
    __syncthreads();
    for (int j = 0; j < a.passing && from + j < end; ++j) {
      if (!a.sees(query, from + j)) continue;
      const T score = a.scale * dot(q + me * stride, keys + j * a.size, a.size);
      if (score > top) {
        const T shrink = std::exp(top - score);
        total *= shrink;
        for (int c = 0; c < a.value_size; ++c) mine[c] *= shrink;
        top = score;
      }
      const T weight = std::exp(score - top);
      total += weight;
      add_multiple(weight, values + j * a.value_size, a.value_size, mine);
    }
  }
  if (query >= a.queries) return;
  const Index p = static_cast<Index>(blockIdx.z) * a.queries + query;
  for (int c = 0; c < a.value_size; ++c)
    out(p, static_cast<Index>(blockIdx.y) * a.value_size + c) = mine[c] / total;
  log_sums[a.of_query(query)] = top + std::log(total);
}

/// A thread has one query; leaves the sum of out dout behind for the other kernel.
template <class T>
__global__ void softmax_attention_queries_kernel(HeadOnGpu<T> a, const T* log_sums, Tensor<const T> out,
                                                 Tensor<const T> dout, T* deltas, Tensor<T> dq) {
  __shared__ T room[HeadOnGpu<T>::room_size];
  const int block = static_cast<int>(blockDim.x), me = static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.x) * block, query = first + me;
  const int stride = a.size + 1, value_stride = a.value_size + 1;
  T* const q = room;
  T* const sums = q + block * stride;
  T* const d = sums + block * stride;
  T* const keys = d + block * value_stride;
  T* const values = keys + a.passing * a.size;
  a.load(a.q, a.size, first, block, q, stride);
  a.load(dout, a.value_size, first, block, d, value_stride);
  T* const mine = sums + me * stride;
  for (int c = 0; c < a.size; ++c) mine[c] = T(0);
  const bool exists = query < a.queries;
  const Index p = static_cast<Index>(blockIdx.z) * a.queries + query;
  T delta = 0;
  const T log_sum = exists ? log_sums[a.of_query(query)] : T(0);
  __syncthreads();
  if (exists) {
    for (int c = 0; c < a.value_size; ++c)
      delta += d[me * value_stride + c] * out(p, static_cast<Index>(blockIdx.y) * a.value_size + c);
    deltas[a.of_query(query)] = delta;
  }
  const int end = a.end(a.last_of(first, block, a.queries));
  for (int from = a.begin(first); from < end; from += a.passing) {
    __syncthreads();
    a.load(a.k, a.size, from, a.passing, keys, a.size);
    a.load(a.v, a.value_size, from, a.passing, values, a.value_size);
    __syncthreads();
    for (int j = 0; exists && j < a.passing && from + j < end; ++j) {
      if (!a.sees(query, from + j)) continue;
      const T* const key = keys + j * a.size;
      const T weight = std::exp(a.scale * dot(q + me * stride, key, a.size) - log_sum);
      const T dweight = dot(d + me * value_stride, values + j * a.value_size, a.value_size);
      add_multiple(weight * (dweight - delta) * a.scale, key, a.size, mine);
    }
  }
  if (!exists) return;
  for (int c = 0; c < a.size; ++c) dq(p, static_cast<Index>(blockIdx.y) * a.size + c) += mine[c];
}

/// A thread has one key.
template <class T>
__global__ void softmax_attention_keys_kernel(HeadOnGpu<T> a, const T* log_sums, Tensor<const T> dout,
                                              const T* deltas, Tensor<T> dk, Tensor<T> dv) {
  __shared__ T room[HeadOnGpu<T>::room_size];
  const int block = static_cast<int>(blockDim.x), me = static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.x) * block, key = first + me;
  const int stride = a.size + 1, value_stride = a.value_size + 1;
  T* const k = room;
  T* const sums = k + block * stride;
  T* const v = sums + block * stride;
  T* const value_sums = v + block * value_stride;
  T* const q = value_sums + block * value_stride;
  T* const d = q + a.passing * a.size;
  a.load(a.k, a.size, first, block, k, stride);
  a.load(a.v, a.value_size, first, block, v, value_stride);
  T* const mine = sums + me * stride;
  T* const my_values = value_sums + me * value_stride;
  for (int c = 0; c < a.size; ++c) mine[c] = T(0);
  for (int c = 0; c < a.value_size; ++c) my_values[c] = T(0);
  for (int from = 0; from < a.queries; from += a.passing) {
    // No key of the block is seen by any of these queries: the threads agree on it.
    const int last = a.last_of(from, a.passing, a.queries);
    if (a.end(last) <= first || a.begin(from) > a.last_of(first, block, a.keys)) continue;
    __syncthreads();
    a.load(a.q, a.size, from, a.passing, q, a.size);
    a.load(dout, a.value_size, from, a.passing, d, a.value_size);
    __syncthreads();
    for (int i = 0; i < a.passing && from + i < a.queries; ++i) {
      if (!a.sees(from + i, key)) continue;
      const Index at = a.of_query(from + i);
      const T* const query = q + i * a.size;
      const T* const di = d + i * a.value_size;
      const T weight = std::exp(a.scale * dot(k + me * stride, query, a.size) - log_sums[at]);
      const T dweight = dot(v + me * value_stride, di, a.value_size);
      add_multiple(weight * (dweight - deltas[at]) * a.scale, query, a.size, mine);
      add_multiple(weight, di, a.value_size, my_values);
    }
  }
  if (key >= a.keys) return;
  const Index p = static_cast<Index>(blockIdx.z) * a.keys + key;
  for (int c = 0; c < a.size; ++c) dk(p, static_cast<Index>(blockIdx.y) * a.size + c) += mine[c];
  for (int c = 0; c < a.value_size; ++c)
    dv(p, static_cast<Index>(blockIdx.y) * a.value_size + c) += my_values[c];
}

}  // namespace detail

template <class T>
Index softmax_attention_forward_scratch_bytes(const Cuda&, Tensor<const T>, Tensor<const T>, Tensor<const T>,
                                              Index) {
  return 0;
}

/// log_sums: a number for each head and pixel of each image of q, which is what the adjoint needs.
template <class T>
void softmax_attention_forward(const Cuda& cuda, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, AttentionMask mask, T* log_sums, Tensor<T> out, Scratch) {
  if (q.n == 0) return;
  const detail::HeadOnGpu<T> a(q, k, v, heads, mask);
  const int block = a.threads(a.size + a.value_size + 2);
  detail::launch(cuda, "attention", a.grid(a.queries, block), detail::narrow(block),
                 detail::softmax_attention_forward_kernel<T>, a, log_sums, out);
}

template <class T>
Index softmax_attention_backward_scratch_bytes(const Cuda&, Tensor<const T> q, Tensor<const T>,
                                               Tensor<const T>, Index heads) {
  return Scratch::bytes_for<T>(heads * q.pixels());
}

/// dq +=, dk +=, dv += adjoint of softmax_attention_forward.
template <class T>
void softmax_attention_backward(const Cuda& cuda, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                Scratch scratch) {
  if (q.n == 0) return;
  T* const deltas = scratch.take<T>(heads * q.pixels());
  const detail::HeadOnGpu<T> a(q, k, v, heads, mask);
  const int for_queries = a.threads(2 * a.size + a.value_size + 3);
  detail::launch(cuda, "attention's adjoint", a.grid(a.queries, for_queries), detail::narrow(for_queries),
                 detail::softmax_attention_queries_kernel<T>, a, log_sums, out, dout, deltas, dq);
  const int for_keys = a.threads(2 * (a.size + a.value_size) + 4);
  detail::launch(cuda, "attention's adjoint", a.grid(a.keys, for_keys), detail::narrow(for_keys),
                 detail::softmax_attention_keys_kernel<T>, a, log_sums, dout, static_cast<const T*>(deltas),
                 dk, dv);
}

}  // namespace densenf::kernels
