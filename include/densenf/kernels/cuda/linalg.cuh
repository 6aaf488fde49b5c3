#pragma once

#include <cmath>
#include <cub/block/block_reduce.cuh>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"

// Small square matrices of the 1x1 flows, kept as [in][out], and numbers that are added to every image's
// log-probability.
namespace densenf::kernels {

namespace detail {

/// The sum of n numbers, in all threads of a block of block_threads. Call it at most once per kernel: its
/// shared memory is not reusable without another __syncthreads().
template <class T>
__device__ double sum_in_block(const T* values, Index n) {
  using Block = cub::BlockReduce<double, block_threads>;
  __shared__ typename Block::TempStorage room;
  __shared__ double sum;
  double total = 0;
  for (Index i = threadIdx.x; i < n; i += block_threads) total += static_cast<double>(values[i]);
  total = Block(room).Sum(total);
  if (threadIdx.x == 0) sum = total;  // only this thread knows
  __syncthreads();
  return sum;
}

// Every block adds up the gradients for itself: they are few, and another launch would take longer.
template <class T>
__global__ void __launch_bounds__(block_threads)
    log_abs_det_backward_kernel(const T* inverse, std::uint32_t c, double factor, const double* dlog_prob,
                                Index n, T* dw) {
  const T times = static_cast<T>(factor * sum_in_block(dlog_prob, n));
  for (std::uint32_t i = blockIdx.x * block_threads + threadIdx.x; i < c * c; i += gridDim.x * block_threads)
    dw[i] += times * inverse[i % c * c + i / c];
}

/// A number of the diagonal of U.
template <class T>
__device__ inline T lu_diagonal(const T* log_s, const T* sign, std::uint32_t i) {
  const T size = std::exp(log_s[i]);
  return sign != nullptr ? sign[i] * size : size;
}

// One thread for each number of w. Column `out` of L and row `in` of U have their ones and diagonal where the
// sum ends.
template <class T>
__global__ void __launch_bounds__(block_threads)
    lu_compose_kernel(const T* lower, const T* upper, const T* log_s, const T* sign, std::uint32_t c, T* w) {
  for (std::uint32_t i = blockIdx.x * block_threads + threadIdx.x; i < c * c;
       i += gridDim.x * block_threads) {
    const std::uint32_t in = i / c, out = i - in * c, shared = in < out ? in : out;
    T sum = in > out ? upper[i] : lu_diagonal(log_s, sign, in) * (in < out ? lower[i] : T(1));
    for (std::uint32_t k = 0; k < shared; ++k) sum += upper[in * c + k] * lower[k * c + out];
    w[i] = sum;
  }
}

// One thread for each number of dlower, dupper and dlog_s.
template <class T>
__global__ void __launch_bounds__(block_threads)
    lu_backward_kernel(const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                       std::uint32_t c, T* dlower, T* dupper, T* dlog_s) {
  for (std::uint32_t i = blockIdx.x * block_threads + threadIdx.x; i < c * c;
       i += gridDim.x * block_threads) {
    const std::uint32_t in = i / c, out = i - in * c;
    if (in < out) {
      T sum = lu_diagonal(log_s, sign, in) * dw[i];
      for (std::uint32_t k = in + 1; k < c; ++k) sum += upper[k * c + in] * dw[k * c + out];
      dlower[i] += sum;
    } else {
      T sum = dw[i];
      for (std::uint32_t k = out + 1; k < c; ++k) sum += dw[in * c + k] * lower[out * c + k];
      if (in > out) {
        dupper[i] += sum;
      } else {
        dlog_s[in] += sum * lu_diagonal(log_s, sign, in);
      }
    }
  }
}

template <class T>
__global__ void __launch_bounds__(block_threads)
    add_sum_to_each_kernel(double factor, const T* v, Index c, Index n, double* values) {
  const double term = factor * sum_in_block(v, c);
  for (Index i = threadIdx.x; i < n; i += block_threads) values[i] += term;
}

template <class T>
__global__ void __launch_bounds__(block_threads)
    add_sum_to_each_backward_kernel(double factor, const double* dvalues, Index n, Index c, T* dv) {
  const T term = static_cast<T>(factor * sum_in_block(dvalues, n));
  for (Index i = threadIdx.x; i < c; i += block_threads) dv[i] += term;
}

}  // namespace detail

/// dw += factor * sum of dlog_prob[0..n) * inverse^T: the adjoint of adding factor * log |det W| to n
/// numbers, whose gradients are dlog_prob.
template <class T>
void log_abs_det_backward(const Cuda& cuda, const T* inverse, Index c, double factor, const double* dlog_prob,
                          Index n, T* dw) {
  if (n == 0) return;
  detail::narrow(c * c);
  detail::launch(cuda, "the adjoint of a determinant", detail::blocks_for(c * c), detail::block_threads,
                 detail::log_abs_det_backward_kernel<T>, inverse, detail::narrow(c), factor, dlog_prob, n,
                 dw);
}

template <class T>
Index lu_compose_scratch_bytes(const Cuda&, Index) {
  return 0;
}

/// w = L (U + diag(sign exp(log_s))); only the strict triangles of lower and upper count. Without signs
/// (null) all are 1.
template <class T>
void lu_compose(const Cuda& cuda, const T* lower, const T* upper, const T* log_s, const T* sign, Index c,
                T* w, Scratch) {
  detail::narrow(c * c);
  detail::launch(cuda, "composing a matrix", detail::blocks_for(c * c), detail::block_threads,
                 detail::lu_compose_kernel<T>, lower, upper, log_s, sign, detail::narrow(c), w);
}

template <class T>
Index lu_backward_scratch_bytes(const Cuda&, Index) {
  return 0;
}

/// dlower +=, dupper +=, dlog_s += adjoint of lu_compose.
template <class T>
void lu_backward(const Cuda& cuda, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                 Index c, T* dlower, T* dupper, T* dlog_s, Scratch) {
  detail::narrow(c * c);
  detail::launch(cuda, "the adjoint of composing a matrix", detail::blocks_for(c * c), detail::block_threads,
                 detail::lu_backward_kernel<T>, lower, upper, log_s, sign, dw, detail::narrow(c), dlower,
                 dupper, dlog_s);
}

/// values[i] += factor * sum of v[0..c), for i in [0, n)
template <class T>
void add_sum_to_each(const Cuda& cuda, double factor, const T* v, Index c, Index n, double* values) {
  if (n == 0) return;
  detail::launch(cuda, "adding a sum to each number", 1, detail::block_threads,
                 detail::add_sum_to_each_kernel<T>, factor, v, c, n, values);
}

/// dv[0..c) += factor * sum of dvalues[0..n): the adjoint of add_sum_to_each.
template <class T>
void add_sum_to_each_backward(const Cuda& cuda, double factor, const double* dvalues, Index n, Index c,
                              T* dv) {
  if (n == 0) return;
  detail::launch(cuda, "the adjoint of adding a sum to each number", 1, detail::block_threads,
                 detail::add_sum_to_each_backward_kernel<T>, factor, dvalues, n, c, dv);
}

/// values[i] += term for i in [0, n)
inline void add_to_each(const Cuda& cuda, double term, Index n, double* values) {
  for_each_index(cuda, "adding to each number", n, [=] __device__(Index i) { values[i] += term; });
}

/// values[i] += factor * term for i in [0, n)
inline void add_to_each(const Cuda& cuda, double factor, const double* term, Index n, double* values) {
  for_each_index(cuda, "adding to each number", n, [=] __device__(Index i) { values[i] += factor * *term; });
}

}  // namespace densenf::kernels
