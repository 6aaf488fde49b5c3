#pragma once

#include <cmath>
#include <cstddef>
#include <cub/block/block_reduce.cuh>
#include <limits>

#include "densenf/kernels/cuda/launch.cuh"

// Gauss-Jordan elimination with partial pivoting, in place and in double for every T, by one block of
// threads.
namespace densenf::kernels::detail {

/// All functions are called by all threads of a block of `threads`.
class BlockElimination {
public:
  static constexpr int threads = 512;

  /// Takes scratch_bytes(c) of scratch, for a matrix of c rows.
  __device__ BlockElimination(std::byte* scratch, int c)
      : m_(reinterpret_cast<double*>(scratch)),
        pivots_(reinterpret_cast<int*>(m_ + c * stride(c))),
        c_(c),
        stride_(static_cast<int>(stride(c))),
        thread_(static_cast<int>(threadIdx.x)) {}

  static constexpr Index scratch_bytes(Index c) {
    return c * stride(c) * Index{sizeof(double)} + c * Index{sizeof(int)};
  }

  /// Inverts W, for c x c numbers; of a singular matrix log |det W| is minus infinity and the inverse NaN.
  template <class T>
  __device__ void run(const T* w, T* inverse, double* log_det) {
    for (int i = thread_; i < c_ * stride_; i += threads) {
      const int row = i / stride_, column = i - row * stride_;
      m_[i] = column < c_ ? static_cast<double>(w[row * c_ + column]) : 0.0;
    }
    __syncthreads();
    for (int first = 0; first < c_; first += leaf) {
      if (!eliminate_leaf(first)) {
        for (int i = thread_; i < c_ * c_; i += threads) inverse[i] = std::numeric_limits<T>::quiet_NaN();
        if (thread_ == 0) *log_det = -std::numeric_limits<double>::infinity();
        return;
      }
      update_others(first);
    }
    if (thread_ == 0) {
      order_columns();
      *log_det = log_det_;
    }
    __syncthreads();
    for (int i = thread_; i < c_ * c_; i += threads) {
      const int row = i / c_, column = i - row * c_;
      inverse[i] = static_cast<T>(m_[row * stride_ + pivots_[column]]);
    }
  }

private:
  static constexpr int leaf = 8;  // columns that are eliminated one by one, before others follow in one go
  static constexpr int warp = 32, warps = threads / warp;

  /// Rows are as long as whole leaves, so the last leaf may be worked on as if it were full.
  static constexpr Index stride(Index c) { return (c + leaf - 1) / leaf * leaf; }

  // Afterwards M's columns of the leaf hold the update factors: other columns += factors * the leaf's rows.
  // The same numbers are these columns of the inverse. False if W is singular.
  __device__ bool eliminate_leaf(int first) {
    __shared__ double row[leaf];
    for (int j = 0; j < leaf && first + j < c_; ++j) {
      const int k = first + j, best = find_pivot(k);
      if (best != k) exchange_rows(k, best);
      const double pivot = m_[k * stride_ + k];
      if (pivot == 0) return false;
      if (thread_ < leaf) row[thread_] = (thread_ == j ? 1.0 : m_[k * stride_ + first + thread_]) / pivot;
      if (thread_ == 0) {
        pivots_[k] = best;
        log_det_ += std::log(std::abs(pivot));
      }
      __syncthreads();
      // The same rows as in find_pivot, which thus need not wait for other threads.
      for (int i = thread_; i < c_; i += threads) {
        double* const other = m_ + i * stride_ + first;
        const double factor = other[j];
        for (int l = 0; l < leaf; ++l)
          other[l] = i == k ? row[l] : (l == j ? 0.0 : other[l]) - factor * row[l];
      }
    }
    __syncthreads();
    return true;
  }

  // Brings the columns outside of the leaf up to date.
  __device__ void update_others(int first) {
    const int lane = thread_ % warp, rows = c_ - first < leaf ? c_ - first : leaf;
    for (int tile = 0; tile < c_; tile += warp) {
      const int column = tile + lane;
      const bool outside = column < c_ && (column < first || column >= first + leaf);
      double strip[leaf];
      for (int l = 0; l < leaf; ++l)
        strip[l] = outside && l < rows ? m_[(first + l) * stride_ + column] : 0.0;
      __syncthreads();  // the strip's rows are overwritten too
      if (!outside) continue;
      for (int i = thread_ / warp; i < c_; i += warps) {
        const double* const factors = m_ + i * stride_ + first;
        double sum = i >= first && i < first + rows ? 0.0 : m_[i * stride_ + column];
        for (int l = 0; l < leaf; ++l) sum += factors[l] * strip[l];
        m_[i * stride_ + column] = sum;
      }
    }
    __syncthreads();
  }

  __device__ void exchange_rows(int a, int b) {
    for (int i = thread_; i < stride_; i += threads) {
      const double keep = m_[a * stride_ + i];
      m_[a * stride_ + i] = m_[b * stride_ + i];
      m_[b * stride_ + i] = keep;
    }
    __syncthreads();
  }

  struct Candidate {
    double size;
    int row;
  };
  struct Better {
    __device__ Candidate operator()(const Candidate& a, const Candidate& b) const {
      return b.size > a.size || (b.size == a.size && b.row < a.row) ? b : a;
    }
  };

  /// The row of the largest number of column k on and below the diagonal, the first of several.
  __device__ int find_pivot(int k) const {
    using Block = cub::BlockReduce<Candidate, threads>;
    __shared__ typename Block::TempStorage room;
    __shared__ int row;
    const Better better;
    Candidate best{-1, k};
    for (int i = thread_; i < c_; i += threads) {
      if (i < k) continue;
      const double value = std::abs(m_[i * stride_ + k]);
      // NaN counts as largest, so that it spreads.
      best = better(best, {value == value ? value : std::numeric_limits<double>::infinity(), i});
    }
    best = Block(room).Reduce(best, better);
    if (thread_ == 0) row = best.row;
    __syncthreads();
    return row;
  }

  // Exchanged rows of a matrix are exchanged columns of its inverse; the exchanges, undone last first, become
  // an order of columns. In place: exchange k is not needed any more once it has been applied.
  __device__ void order_columns() {
    for (int k = c_ - 1; k >= 0; --k) {
      const int other = pivots_[k];
      pivots_[k] = k;
      pivots_[k] = pivots_[other];
      pivots_[other] = k;
    }
  }

  double* m_;
  int* pivots_;
  int c_, stride_, thread_;
  double log_det_ = 0;  // in thread 0
};

}  // namespace densenf::kernels::detail
