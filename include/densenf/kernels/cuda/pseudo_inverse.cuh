#pragma once

#include <cmath>

#include "densenf/core/cuda.cuh"
#include "densenf/kernels/nystrom.hpp"

// 4x4 matrices, and the iterated pseudo-inverse of the attention's landmarks, each by a warp.
namespace densenf::kernels::detail {

inline constexpr int warp_threads = 32;

inline __device__ int lane() { return static_cast<int>(threadIdx.x) % warp_threads; }

template <class T>
__device__ T shuffle(T value, int from) {
  return __shfl_sync(0xffffffffu, value, from);
}

/// The sum of a warp's values, in all of its lanes.
template <class T>
__device__ T sum_of_warp(T value) {
  for (int apart = warp_threads / 2; apart > 0; apart /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, apart);
  return value;
}

/// The largest of a warp's values, none of which may be NaN, in all of its lanes.
template <class T>
__device__ T largest_of_warp(T value) {
  for (int apart = warp_threads / 2; apart > 0; apart /= 2) {
    const T other = __shfl_xor_sync(0xffffffffu, value, apart);
    value = other > value ? other : value;
  }
  return value;
}

/// A 4x4 matrix: lane i of a warp holds number i % 16 of it, row by row. All lanes take part in everything.
template <class T>
struct WarpSquare {
  static constexpr int side = static_cast<int>(nystrom::landmarks), numbers = side * side;
  static_assert(side == 4);
  T value;

  static __device__ int row() { return lane() / side % side; }
  static __device__ int column() { return lane() % side; }
  static __device__ WarpSquare eye(T diagonal) { return {row() == column() ? diagonal : T(0)}; }
  static __device__ WarpSquare read(const T* from) { return {from[lane() % numbers]}; }
  __device__ void write(T* to) const {
    __syncwarp();  // others of the warp may have read from there
    if (lane() < numbers) to[lane()] = value;
  }

  __device__ WarpSquare transposed() const { return {shuffle(value, column() * side + row())}; }

  friend __device__ WarpSquare operator*(const WarpSquare& a, const WarpSquare& b) {
    T sum = 0;
    for (int k = 0; k < side; ++k)
      sum += shuffle(a.value, row() * side + k) * shuffle(b.value, k * side + column());
    return {sum};
  }
  friend __device__ WarpSquare operator*(T factor, const WarpSquare& a) { return {factor * a.value}; }
  friend __device__ WarpSquare operator+(const WarpSquare& a, const WarpSquare& b) {
    return {a.value + b.value};
  }
  friend __device__ WarpSquare operator-(const WarpSquare& a, const WarpSquare& b) {
    return {a.value - b.value};
  }

  /// Softmax of every column.
  __device__ WarpSquare softmax_columns() const {
    T most = value;
    for (int k = 0; k < side; ++k) {
      const T other = shuffle(value, k * side + column());
      most = other > most ? other : most;
    }
    const T e = std::exp(value - most);
    return {e / column_sum(e)};
  }
  /// The adjoint of softmax_columns, of which this is the output.
  __device__ WarpSquare softmax_columns_backward(const WarpSquare& ds) const {
    return {value * (ds.value - column_sum(value * ds.value))};
  }

  static __device__ T column_sum(T v) {
    T sum = 0;
    for (int k = 0; k < side; ++k) sum += shuffle(v, k * side + column());
    return sum;
  }
  static __device__ T row_sum(T v) {
    T sum = 0;
    for (int k = 0; k < side; ++k) sum += shuffle(v, row() * side + k);
    return sum;
  }
};

/// The iterated pseudo-inverse of a positive 4x4 matrix, by a warp.
template <class T>
class WarpPseudoInverse {
public:
  using Square = WarpSquare<T>;
  static constexpr int steps = nystrom::pseudo_inverse_steps;

  /// What is kept of every step, in shared memory.
  struct Kept {
    T v[steps + 1][warp_threads];
    __device__ const T* value() const { return v[steps]; }  ///< the first 16 numbers are the pseudo-inverse
  };

  __device__ explicit WarpPseudoInverse(const Square& k) : k_(k) {
    const T column = Square::column_sum(std::abs(k.value)), row = Square::row_sum(std::abs(k.value));
    column_max_ = shuffle(column, 0);
    row_max_ = shuffle(row, 0);
    for (int i = 1; i < Square::side; ++i) {
      const T other_column = shuffle(column, i), other_row = shuffle(row, i * Square::side);
      if (other_column > column_max_) {
        column_max_ = other_column;
        column_at_ = i;
      }
      if (other_row > row_max_) {
        row_max_ = other_row;
        row_at_ = i;
      }
    }
  }

  __device__ void forward(Kept& kept) const {
    Square v = T(1) / (column_max_ * row_max_) * k_.transposed();
    for (int i = 0;; ++i) {
      kept.v[i][lane()] = v.value;
      if (i == steps) return;
      const Square kv = k_ * v;
      v = T(0.25) * v * (eye(13) - kv * (eye(15) - kv * (eye(7) - kv)));
    }
  }

  /// d loss / d k, given d loss / d value.
  __device__ Square backward(const Kept& kept, Square dv) const {
    Square dk{0};
    for (int i = steps; i-- > 0;) {
      const Square v{kept.v[i][lane()]};
      const Square kv = k_ * v, a = eye(7) - kv, b = eye(15) - kv * a, c = eye(13) - kv * b;
      const Square kv_transposed = kv.transposed(), v_transposed = v.transposed();
      const Square dc = T(0.25) * v_transposed * dv;
      const Square db = T(-1) * kv_transposed * dc;
      const Square da = T(-1) * kv_transposed * db;
      const Square dkv = T(-1) * (dc * b.transposed() + db * a.transposed() + da);
      dk = dk + dkv * v_transposed;
      dv = T(0.25) * dv * c.transposed() + k_.transposed() * dkv;
    }
    const T scale = T(1) / (column_max_ * row_max_);
    const Square dv_transposed = dv.transposed();
    dk = dk + scale * dv_transposed;
    // Both halves of the warp hold the matrix.
    const T dscale = sum_of_warp(dv_transposed.value * k_.value) / T(2);
    if (Square::row() == row_at_) dk.value -= dscale * scale / row_max_;
    if (Square::column() == column_at_) dk.value -= dscale * scale / column_max_;
    return dk;
  }

private:
  static __device__ Square eye(int diagonal) { return Square::eye(static_cast<T>(diagonal)); }

  Square k_;
  T column_max_, row_max_;
  int column_at_ = 0, row_at_ = 0;
};

}  // namespace densenf::kernels::detail
