#pragma once

#include <cmath>
#include <limits>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/cuda/pseudo_inverse.cuh"
#include "densenf/kernels/cuda/transpose.cuh"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/kernels/write.hpp"

// Nystrom attention as the published checkpoints have it: four landmarks, softmax over the row axis, and
// the (3E, H, W) memory of an image read as an (HW, 3E) matrix. One block of threads for each image.
namespace densenf::kernels {

namespace detail {

/// The attention of one image. Unless said otherwise, functions are called by all threads of a block of
/// `threads`, and what one of them writes the next may read. Matrices lie row by row.
template <class T>
class NystromBlock {
public:
  static constexpr int threads = 256;

  static constexpr Index forward_scratch(Index hw, Index e) { return side * (2 * hw + 4 * e); }
  static constexpr Index backward_scratch(Index hw, Index e) { return 2 * forward_scratch(hw, e); }

  __device__ NystromBlock(const T* memory, int hw, int e, T* scratch)
      : hw_(hw),
        e_(e),
        q_(memory),
        k_(memory + e),
        v_(memory + 2 * e),
        means_(scratch),
        k1_(means_ + side * 2 * e),
        k3_(k1_ + side * hw),
        k3v_(k3_ + side * hw),
        mix_(k3v_ + side * e),
        rest_(mix_ + side * e),
        thread_(static_cast<int>(threadIdx.x)),
        warp_(thread_ / warp_threads) {}

  /// out (HW, E) = k1 (pseudo-inverse of k2) (k3 v) + v
  __device__ void forward(T* out) {
    __shared__ Shared shared;
    attend(shared);
    for (int i = thread_; i < hw_ * e_; i += threads) {
      const int r = i / e_, j = i - r * e_;
      T sum = v_[r * 3 * e_ + j];
      for (int l = 0; l < side; ++l) sum += k1_[l * hw_ + r] * mix_[l * e_ + j];
      out[i] = sum;
    }
  }

  /// dmemory (HW, 3E) = the adjoint of forward, for d (HW, E) = d loss / d out.
  __device__ void backward(const T* d, T* dmemory) {
    __shared__ Shared shared;
    __shared__ T dinverse[side * side], dk2[side * side];
    attend(shared);
    const T* const inverse = shared.inverse.value();
    T* const dmeans = rest_;
    T* const dk1 = dmeans + side * 2 * e_;
    T* const dk3 = dk1 + side * hw_;
    T* const dk3v = dk3 + side * hw_;
    T* const dmix = dk3v + side * e_;

    for (int r = warp_; r < hw_; r += warps) {
      T dots[side];
      dots_with_rows(d + r * e_, mix_, e_, dots);
      if (lane() == 0) put_column(dots, dk1, r);
    }
    for (int i = thread_; i < side * e_; i += threads) dmix[i] = dot_of_columns(k1_, d, e_, i);
    __syncthreads();

    for (int i = warp_; i < side * side; i += warps) {
      const T dot = dot_of_rows(dmix + i / side * e_, k3v_ + i % side * e_);
      if (lane() == 0) dinverse[i] = dot;
    }
    for (int i = thread_; i < side * e_; i += threads) {
      const int l = i / e_, j = i - l * e_;
      T sum = 0;
      for (int m = 0; m < side; ++m) sum += inverse[m * side + l] * dmix[m * e_ + j];
      dk3v[i] = sum;
    }
    __syncthreads();

    for (int r = warp_; r < hw_; r += warps) {
      T dots[side], column_dot = 0;
      dots_with_rows(v_ + r * 3 * e_, dk3v, e_, dots);
      for (int l = 0; l < side; ++l) column_dot += k3_[l * hw_ + r] * dots[l];
      for (int l = 0; l < side; ++l) dots[l] = k3_[l * hw_ + r] * (dots[l] - column_dot);
      if (lane() == 0) put_column(dots, dk3, r);
    }
    if (warp_ < side) {
      softmax_of_row_backward(k1_ + warp_ * hw_, dk1 + warp_ * hw_);
    } else if (warp_ == side) {
      const Square k2 = Square::read(shared.k2);
      const Square adjoint = WarpPseudoInverse<T>(k2).backward(shared.inverse, Square::read(dinverse));
      k2.softmax_columns_backward(adjoint).write(dk2);
    }
    __syncthreads();

    const T scale = run_scale();
    for (int i = thread_; i < side * 2 * e_; i += threads) {
      const int l = i / (2 * e_), column = i - l * 2 * e_;
      const bool of_q = column < e_;
      const int j = of_q ? column : column - e_;
      T sum =
          of_q ? dot_of_columns(dk3, k_, 3 * e_, l * e_ + j) : dot_of_columns(dk1, q_, 3 * e_, l * e_ + j);
      for (int m = 0; m < side; ++m)
        sum += of_q ? dk2[l * side + m] * k_mean(m)[j] : dk2[m * side + l] * q_mean(m)[j];
      dmeans[i] = sum * scale;
    }
    __syncthreads();

    const int run = hw_ / side;
    for (int i = thread_; i < hw_ * 3 * e_; i += threads) {
      const int r = i / (3 * e_), column = i - r * 3 * e_, part = column / e_, j = column - part * e_;
      T sum = part == 2 ? d[r * e_ + j] : dmeans[r / run * 2 * e_ + column];
      for (int l = 0; l < side; ++l) {
        const int at = l * hw_ + r;
        sum += part == 0   ? dk1[at] * k_mean(l)[j]
               : part == 1 ? dk3[at] * q_mean(l)[j]
                           : k3_[at] * dk3v[l * e_ + j];
      }
      dmemory[i] = sum;
    }
  }

private:
  using Square = WarpSquare<T>;
  static constexpr int side = Square::side, warps = threads / warp_threads;
  static_assert(warps > side, "Four warps do softmax while another one inverts.");

  struct Shared {
    T k2[side * side];
    typename WarpPseudoInverse<T>::Kept inverse;
  };

  // All matrices of the forward pass.
  __device__ void attend(Shared& shared) {
    const int run = hw_ / side;
    const T scale = run_scale();
    for (int i = thread_; i < side * 2 * e_; i += threads) {
      const int l = i / (2 * e_), column = i - l * 2 * e_;
      T sum = 0;
      for (int r = l * run; r < (l + 1) * run; ++r) sum += q_[r * 3 * e_ + column];
      means_[i] = sum * scale;
    }
    __syncthreads();

    for (int r = warp_; r < hw_; r += warps) {
      T a[side], b[side];
      dots_with_rows(q_ + r * 3 * e_, k_mean(0), 2 * e_, a);
      dots_with_rows(k_ + r * 3 * e_, q_mean(0), 2 * e_, b);
      softmax_of_four(b);
      if (lane() == 0) {
        put_column(a, k1_, r);
        put_column(b, k3_, r);
      }
    }
    for (int i = warp_; i < side * side; i += warps) {
      const T dot = dot_of_rows(q_mean(i / side), k_mean(i % side));
      if (lane() == 0) shared.k2[i] = dot;
    }
    __syncthreads();

    if (warp_ < side) {
      softmax_of_row(k1_ + warp_ * hw_);
    } else if (warp_ == side) {
      const Square k2 = Square::read(shared.k2).softmax_columns();
      WarpPseudoInverse<T>(k2).forward(shared.inverse);
      k2.write(shared.k2);
    }
    for (int i = thread_; i < side * e_; i += threads) k3v_[i] = dot_of_columns(k3_, v_, 3 * e_, i);
    __syncthreads();

    for (int i = thread_; i < side * e_; i += threads) {
      const int l = i / e_, j = i - l * e_;
      T sum = 0;
      for (int m = 0; m < side; ++m) sum += shared.inverse.value()[l * side + m] * k3v_[m * e_ + j];
      mix_[i] = sum;
    }
    __syncthreads();
  }

  __device__ T run_scale() const {
    return T(1) / (static_cast<T>(hw_ / side) * std::sqrt(static_cast<T>(hw_)));
  }
  __device__ const T* q_mean(int l) const { return means_ + l * 2 * e_; }
  __device__ const T* k_mean(int l) const { return q_mean(l) + e_; }

  /// By a warp: the dot products of a row of E numbers with each of four, `stride` apart; in all lanes.
  __device__ void dots_with_rows(const T* row, const T* four, int stride, T (&dots)[side]) const {
    for (int l = 0; l < side; ++l) dots[l] = 0;
    for (int j = lane(); j < e_; j += warp_threads) {
      const T number = row[j];
      for (int l = 0; l < side; ++l) dots[l] += number * four[l * stride + j];
    }
    for (int l = 0; l < side; ++l) dots[l] = sum_of_warp(dots[l]);
  }
  /// By a warp: the dot product of two rows of E numbers; in all lanes.
  __device__ T dot_of_rows(const T* a, const T* b) const {
    T sum = 0;
    for (int j = lane(); j < e_; j += warp_threads) sum += a[j] * b[j];
    return sum_of_warp(sum);
  }
  /// By a thread: number i of the product (4, E) of four (4, HW) and other (HW, E), whose rows are `stride`
  /// apart.
  __device__ T dot_of_columns(const T* four, const T* other, int stride, int i) const {
    const int l = i / e_, j = i - l * e_;
    T sum = 0;
    for (int r = 0; r < hw_; ++r) sum += four[l * hw_ + r] * other[r * stride + j];
    return sum;
  }
  /// By a thread: writes column r of a matrix (4, HW).
  __device__ void put_column(const T (&column)[side], T* to, int r) const {
    for (int l = 0; l < side; ++l) to[l * hw_ + r] = column[l];
  }

  /// By a thread: softmax of four numbers.
  static __device__ void softmax_of_four(T (&x)[side]) {
    T most = x[0], sum = 0;
    for (int l = 1; l < side; ++l) most = x[l] > most ? x[l] : most;
    for (int l = 0; l < side; ++l) sum += x[l] = std::exp(x[l] - most);
    for (int l = 0; l < side; ++l) x[l] /= sum;
  }
  /// By a warp: softmax of HW numbers.
  __device__ void softmax_of_row(T* x) const {
    T most = -std::numeric_limits<T>::infinity(), sum = 0;
    for (int r = lane(); r < hw_; r += warp_threads) most = x[r] > most ? x[r] : most;
    most = largest_of_warp(most);
    for (int r = lane(); r < hw_; r += warp_threads) sum += x[r] = std::exp(x[r] - most);
    sum = sum_of_warp(sum);
    for (int r = lane(); r < hw_; r += warp_threads) x[r] /= sum;
  }
  /// By a warp: the adjoint of softmax_of_row, whose output is s; ds is overwritten.
  __device__ void softmax_of_row_backward(const T* s, T* ds) const {
    T dot = 0;
    for (int r = lane(); r < hw_; r += warp_threads) dot += s[r] * ds[r];
    dot = sum_of_warp(dot);
    for (int r = lane(); r < hw_; r += warp_threads) ds[r] = s[r] * (ds[r] - dot);
  }

  int hw_, e_;
  const T *q_, *k_, *v_;  // (HW, E) each, rows 3E apart
  T* means_;              // (4, 2E), of q and of k
  T *k1_, *k3_;           // (4, HW); k1 is kept transposed
  T *k3v_, *mix_;         // (4, E)
  T* rest_;               // scratch of the backward pass
  int thread_, warp_;
};

template <class T>
__global__ void __launch_bounds__(NystromBlock<T>::threads)
    nystrom_forward_kernel(const T* memory, int hw, int e, T* scratch, Index scratch_size) {
  T* const mine = scratch + blockIdx.x * scratch_size;
  NystromBlock<T>(memory + Index{blockIdx.x} * 3 * e * hw, hw, e, mine + hw * e).forward(mine);
}

template <class T>
__global__ void __launch_bounds__(NystromBlock<T>::threads)
    nystrom_backward_kernel(const T* memory, int hw, int e, T* scratch, Index scratch_size) {
  T* const d = scratch + blockIdx.x * scratch_size;
  T* const dmemory = d + hw * e;
  NystromBlock<T>(memory + Index{blockIdx.x} * 3 * e * hw, hw, e, dmemory + 3 * hw * e).backward(d, dmemory);
}

}  // namespace detail

namespace detail {
/// Numbers of scratch that attention and its adjoint need for an image of hw pixels with e values each.
inline Index nystrom_forward_numbers(Index hw, Index e) {
  return e * hw + NystromBlock<float>::forward_scratch(hw, e);
}
inline Index nystrom_backward_numbers(Index hw, Index e) {
  return 4 * e * hw + NystromBlock<float>::backward_scratch(hw, e);
}
}  // namespace detail

template <class T>
Index nystrom_forward_scratch_bytes(const Cuda&, Tensor<const T> qkv) {
  return Scratch::bytes_for<T>(qkv.n * detail::nystrom_forward_numbers(qkv.h * qkv.w, qkv.c / 3));
}

/// qkv (N, H, W, 3E) -> out (N, H, W, E). `memory` receives each image's qkv in C,H,W order (N 3E HW numbers)
/// and is what the adjoint needs. H W must be a multiple of 4.
template <class T>
void nystrom_forward(const Cuda& cuda, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch) {
  if (qkv.n == 0) return;
  const Index hw = qkv.h * qkv.w, e = out.c, of_each = detail::nystrom_forward_numbers(hw, e);
  detail::narrow(qkv.n * of_each);
  T* const room = scratch.take<T>(qkv.n * of_each);
  transpose_images(cuda, "attention", qkv.n, qkv.data, hw * qkv.stride, qkv.stride, hw, 3 * e,
                   [=] __device__(Index n, Index pixel, Index channel, T value) {
                     memory[(n * 3 * e + channel) * hw + pixel] = value;
                   });
  detail::launch(cuda, "attention", detail::narrow(qkv.n), detail::NystromBlock<T>::threads,
                 detail::nystrom_forward_kernel<T>, static_cast<const T*>(memory), static_cast<int>(hw),
                 static_cast<int>(e), room, of_each);
  transpose_images(
      cuda, "attention", qkv.n, static_cast<const T*>(room), of_each, hw, e, hw,
      [=] __device__(Index n, Index channel, Index pixel, T value) { out(n * hw + pixel, channel) = value; });
}

template <class T>
Index nystrom_backward_scratch_bytes(const Cuda&, Tensor<const T> dout) {
  return Scratch::bytes_for<T>(dout.n * detail::nystrom_backward_numbers(dout.h * dout.w, dout.c));
}

/// dqkv = or += adjoint of nystrom_forward.
template <class T>
void nystrom_backward(const Cuda& cuda, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                      Scratch scratch) {
  if (dqkv.n == 0) return;
  const Index hw = dqkv.h * dqkv.w, e = dout.c, of_each = detail::nystrom_backward_numbers(hw, e);
  detail::narrow(dqkv.n * of_each);
  T* const room = scratch.take<T>(dqkv.n * of_each);
  transpose_images(cuda, "attention's adjoint", dqkv.n, dout.data, hw * dout.stride, dout.stride, hw, e,
                   [=] __device__(Index n, Index pixel, Index channel, T value) {
                     room[n * of_each + channel * hw + pixel] = value;
                   });
  detail::launch(cuda, "attention's adjoint", detail::narrow(dqkv.n), detail::NystromBlock<T>::threads,
                 detail::nystrom_backward_kernel<T>, memory, static_cast<int>(hw), static_cast<int>(e), room,
                 of_each);
  transpose_images(cuda, "attention's adjoint", dqkv.n, static_cast<const T*>(room + e * hw), of_each, hw,
                   3 * e, hw, [=] __device__(Index n, Index channel, Index pixel, T value) {
                     detail::put(write, dqkv(n * hw + pixel, channel), value);
                   });
}

}  // namespace densenf::kernels
