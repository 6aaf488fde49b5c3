#pragma once

#include <type_traits>

#include "densenf/core/shape.hpp"
#include "densenf/kernels/cpu/simd.hpp"
#include "densenf/kernels/cpu/winograd_transform.hpp"

// The innermost loop of Winograd's algorithm: the products of a row of planes, for a few tiles and one packet
// of columns, whose sums stay in registers. Weights are transformed on their way into it. Transformed weights
// are four times as many as weights; so they are not written anywhere, unless more tiles follow that need
// them, and then only a row of them.
namespace densenf::kernels::winograd {

/// Input channels in work at one time.
inline constexpr Index depth = 32;

/// Tiles in work at one time, if there are as many.
inline constexpr int most_tiles = simd::registers >= 32 ? 4 : 2;

/// What a row of planes is made from and becomes.
template <class T>
struct PlaneRow {
  const T* taps;        ///< [count][9][lanes]: weights
  T* u;                 ///< [count][points][lanes]: the row's transformed weights
  const T* v;           ///< [points][tiles][depth]: its transformed input
  T* m;                 ///< [points][tiles][lanes]: its sums
  Index count;          ///< of input channels
  bool add;             ///< to what is in m
  const T* next;        ///< weights that will be needed soon, one packet per channel in each of two places,
  const T* after_next;  ///< to be asked for meanwhile
  Index next_stride;
};

/// Weights that are copied, in one direction, from one row of taps: at the points 0 and infinity.
template <class T>
struct RowOfTaps {
  int row;
  EIGEN_ALWAYS_INLINE simd::Packet<T> operator()(const T* taps, int column) const {
    return simd::load(taps + (3 * row + column) * simd::lanes<T>);
  }
};

/// Weights that are combined, in one direction: the polynomial of the taps at one of the other points.
template <class T>
struct AtPoint {
  simd::Packet<T> point, squared;
  EIGEN_ALWAYS_INLINE simd::Packet<T> operator()(const T* taps, int column) const {
    simd::Packet<T> g[3];
#pragma GCC unroll 3
    for (int row = 0; row < 3; ++row) g[row] = simd::load(taps + (3 * row + column) * simd::lanes<T>);
    return simd::multiply_add<T>(point, g[1], simd::multiply_add<T>(squared, g[2], g[0]));
  }
};

/// Weights that an earlier call has kept.
struct Kept {};

template <int tiles, bool keep, class T, class Weights>
EIGEN_DONT_INLINE void multiply_row(const PlaneRow<T>& row, Weights weights) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>;
  P sum[points][tiles];
#pragma GCC unroll 8
  for (int s = 0; s < points; ++s) {
#pragma GCC unroll 8
    for (int t = 0; t < tiles; ++t)
      sum[s][t] = row.add ? simd::load(row.m + (s * tiles + t) * lanes) : simd::broadcast(T{0});
  }
  const T* const v = row.v;
  const T* next = row.next;
  const T* after_next = row.after_next;
  for (Index k = 0; k < row.count; ++k) {
    P u[points];
    T* const uk = row.u + k * points * lanes;
    if constexpr (std::is_same_v<Weights, Kept>) {
#pragma GCC unroll 8
      for (int s = 0; s < points; ++s) u[s] = simd::load(uk + s * lanes);
    } else {
      simd::prefetch(next);
      simd::prefetch(after_next);
      next += row.next_stride;
      after_next += row.next_stride;
      const T* const taps = row.taps + k * 9 * lanes;
      const P g[3] = {weights(taps, 0), weights(taps, 1), weights(taps, 2)};
      Transform<T>::weights(g, u);
      if constexpr (keep) {
#pragma GCC unroll 8
        for (int s = 0; s < points; ++s) simd::store(uk + s * lanes, u[s]);
      }
    }
#pragma GCC unroll 8
    for (int s = 0; s < points; ++s) {
#pragma GCC unroll 8
      for (int t = 0; t < tiles; ++t)
        sum[s][t] = simd::multiply_add<T>(simd::broadcast(v[(s * tiles + t) * depth + k]), u[s], sum[s][t]);
    }
  }
#pragma GCC unroll 8
  for (int s = 0; s < points; ++s) {
#pragma GCC unroll 8
    for (int t = 0; t < tiles; ++t) simd::store(row.m + (s * tiles + t) * lanes, sum[s][t]);
  }
}

/// The products of row `r` of the planes. `keep`: the weights, transformed, for multiply_kept.
template <int tiles, bool keep, class T>
void multiply_row(const PlaneRow<T>& row, int r) {
  using W = Transform<T>;
  constexpr double at[] = {W::a, -W::a, W::b, -W::b}, squared[] = {W::a2, W::a2, W::b2, W::b2};
  if (r == 0 || r == points - 1) {
    multiply_row<tiles, keep>(row, RowOfTaps<T>{r == 0 ? 0 : 2});
  } else {
    multiply_row<tiles, keep>(row,
                              AtPoint<T>{simd::broadcast(T(at[r - 1])), simd::broadcast(T(squared[r - 1]))});
  }
}

/// The same for more tiles, with the weights that a call before has kept in row.u.
template <int tiles, class T>
void multiply_kept(const PlaneRow<T>& row) {
  multiply_row<tiles, false>(row, Kept{});
}

}  // namespace densenf::kernels::winograd
