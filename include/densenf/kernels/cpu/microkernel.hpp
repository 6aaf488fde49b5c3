#pragma once

#include <array>

#include "densenf/core/shape.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/simd.hpp"

// The innermost loop of the convolution kernels, but for Winograd's planes (winograd_rows.hpp): a tile of the
// result, a few rows by a few packets of columns, stays in registers while products of single numbers
// (broadcast) and packets are added to it. Both operands are read where they lie: rows are found through
// pointers, so nothing is unrolled into a matrix or packed.
namespace densenf::kernels::tiles {

/// Rows and packets of columns of the largest tile: as many as leave registers for the operands.
inline constexpr int max_rows = simd::registers >= 32 ? 8 : 6;
inline constexpr int max_vectors = simd::registers >= 32 ? 3 : 2;

/// A stretch of the sum: result(i, j) += sum over k of row[i][a(k)] * b[b(k) + j].
template <class T>
struct Segment {
  const T* b;
  std::array<const T*, max_rows> row;
};

/// Neighboring channels against the rows of a weight matrix.
struct DenseSteps {
  /// How many rows ahead weights are prefetched into the first-level cache: rows are short pieces of long
  /// lines, which the processor does not foresee, and with few pixels reading them takes as long as
  /// multiplying.
  static constexpr Index ahead = 12;
  /// The same for the second-level cache, with prefetch_early.
  static constexpr Index far_ahead = 48;
  Index count;
  Index b_stride;
  bool prefetch_early;
  /// Other weights to prefetch into the second-level cache, a line for each row, and bytes between lines.
  const void* lines_ahead;
  Index ahead_step;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return k; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return k * b_stride; }
};

/// Equal distances in both operands.
struct StridedSteps {
  Index count;
  Index a_stride;
  Index b_stride;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return k * a_stride; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return k * b_stride; }
};

/// A list of pixels: offsets from the first pixel of either operand.
struct GatherSteps {
  Index count;
  const Index* a_offset;
  const Index* b_offset;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return a_offset[k]; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return b_offset[k]; }
};

/// What becomes of the sums: result = activation(sum + addend), the addend being what is in the result
/// already, or the bias, or nothing. Of the activations it does relu; elu is left to the caller.
template <class T>
struct Tile {
  std::array<T*, max_rows> result;
  int rows;         // of these, the others are not touched
  int vectors;      // packets of columns, 1 ... max_vectors
  Index last;       // columns of the last packet, 1 ... lanes
  const T* addend;  // one number per column; null: the result itself
  Activation activation;
};

/// Numbers to multiply with where a pixel lies outside of the image, and to add where there is no bias.
inline constexpr Index zeros_count = 1024;
template <class T>
alignas(64) inline constexpr T zeros[zeros_count] = {};

// Indices below `rows` and `vectors` are unrolled, so that the sums live in registers. `partial`: the last
// packet may be short. Not inlined, so that registers are given out for this loop alone.
template <int rows, int vectors, bool partial, class T, class Steps>
EIGEN_DONT_INLINE void compute_exactly(const Segment<T>* segment, int segments, Steps steps,
                                       const Tile<T>& tile) {
  constexpr Index lanes = simd::lanes<T>;
  constexpr int per_line = 64 / static_cast<int>(sizeof(simd::Packet<T>));  // packets of a cache line
  simd::Packet<T> sum[std::size_t{rows}][std::size_t{vectors}];
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) sum[i][j] = simd::broadcast(T{0});
  }

  for (const Segment<T>* end = segment + segments; segment != end; ++segment) {
    const T* row[std::size_t{rows}];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) row[i] = segment->row[static_cast<std::size_t>(i)];
    const T* const b = segment->b;
    for (Index k = 0; k < steps.count; ++k) {
      const T* const bk = b + steps.b(k);
      const Index ak = steps.a(k);
      if constexpr (requires { Steps::ahead; }) {
        simd::prefetch_second_level(static_cast<const char*>(steps.lines_ahead) + k * steps.ahead_step);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j += per_line) simd::prefetch(bk + steps.b(Steps::ahead) + j * lanes);
        if (steps.prefetch_early) {
#pragma GCC unroll 8
          for (int j = 0; j < vectors; j += per_line)
            simd::prefetch_second_level(bk + steps.b(Steps::far_ahead) + j * lanes);
        }
      }
      simd::Packet<T> column[std::size_t{vectors}];
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) {
        column[j] = partial && j + 1 == vectors ? simd::load_first(bk + j * lanes, tile.last)
                                                : simd::load(bk + j * lanes);
      }
#pragma GCC unroll 8
      for (int i = 0; i < rows; ++i) {
        const simd::Packet<T> a = simd::broadcast(row[i][ak]);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) sum[i][j] = simd::multiply_add<T>(a, column[j], sum[i][j]);
      }
    }
  }

  const simd::Packet<T> limit = simd::lower_limit<T>(tile.activation);
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
    if (i >= tile.rows) break;
    T* const to = tile.result[static_cast<std::size_t>(i)];
    const T* const addend = tile.addend != nullptr ? tile.addend : to;
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const bool last = partial && j + 1 == vectors;
      simd::Packet<T> v =
          last ? simd::load_first(addend + j * lanes, tile.last) : simd::load(addend + j * lanes);
      v = simd::zero_below<T>(simd::add<T>(v, sum[i][j]), limit);
      if (last)
        simd::store_first(to + j * lanes, v, tile.last);
      else
        simd::store(to + j * lanes, v);
    }
  }
}

template <int rows, int vectors, class T, class Steps>
void compute_any_tail(const Segment<T>* segment, int segments, const Steps& steps, const Tile<T>& tile) {
  if constexpr (!simd::has_masked_load<T>) {
    if (tile.last == simd::lanes<T>) {
      compute_exactly<rows, vectors, false>(segment, segments, steps, tile);
      return;
    }
  }
  compute_exactly<rows, vectors, true>(segment, segments, steps, tile);
}

/// Computes a tile of at most max_rows by max_vectors packets. Rows beyond tile.rows are read, not written:
/// their pointers must be good.
template <int vectors = max_vectors, class T, class Steps>
void compute(const Segment<T>* segment, int segments, const Steps& steps, const Tile<T>& tile) {
  if constexpr (vectors > 1) {
    if (tile.vectors < vectors) {
      compute<vectors - 1>(segment, segments, steps, tile);
      return;
    }
  }
  if (tile.rows > 4) {
    compute_any_tail<max_rows, vectors>(segment, segments, steps, tile);
  } else {
    compute_any_tail<4, vectors>(segment, segments, steps, tile);
  }
}

/// Rows of the next tile when `left` are left: the most, and fours where that leaves fewer without work.
constexpr int next_rows(Index left) {
  const Index most = left > 8 || (left > 4 && left <= max_rows) ? max_rows : 4;
  return static_cast<int>(left < most ? left : most);
}

/// The columns of a matrix cut into panels as wide as a tile, or narrower when asked, of nearly equal width.
template <class T>
struct Panels {
  explicit constexpr Panels(Index columns, int widest = max_vectors)
      : columns_(columns),
        packets_((columns + simd::lanes<T> - 1) / simd::lanes<T>),
        count_((packets_ + widest - 1) / widest) {}

  constexpr Index columns() const { return columns_; }
  constexpr Index count() const { return count_; }
  /// First column of panel i; for i == count() the number of columns, rounded up to whole packets.
  constexpr Index first(Index i) const { return first_packet(i) * simd::lanes<T>; }
  constexpr int vectors(Index i) const { return static_cast<int>(first_packet(i + 1) - first_packet(i)); }
  /// Columns in the panel's last packet.
  constexpr Index last(Index i) const {
    return i + 1 < count_ ? simd::lanes<T> : columns_ - (packets_ - 1) * simd::lanes<T>;
  }
  constexpr Index width(Index i) const { return (vectors(i) - 1) * simd::lanes<T> + last(i); }

private:
  constexpr Index first_packet(Index i) const {
    const Index wide = packets_ % count_;  // so many panels have one packet more
    return i * (packets_ / count_) + (i < wide ? i : wide);
  }

  Index columns_;
  Index packets_;
  Index count_;
};

}  // namespace densenf::kernels::tiles
