#pragma once

#include "densenf/core/shape.hpp"
#include "densenf/kernels/cpu/simd.hpp"
#include "densenf/kernels/cpu/winograd_transform.hpp"

// The inner loops of Winograd's algorithm: weights are transformed, and multiplied with tiles, one row of
// planes after the other, for a few channels and packets of columns. What G makes of their columns is common
// to all rows of planes and is kept in the meantime.
//
// Transformed weights are up to four times as many as weights. Were all planes written before the first is
// used, they would go to the second-level cache and back, which takes longer than the products where an image
// has few tiles. So the first tiles meet them in registers, and one row of planes of them fits into the
// nearest cache for the others.
namespace densenf::kernels::winograd {

/// Packets of columns that weights are transformed for at one time.
inline constexpr int row_vectors = 2;

/// Tiles that are multiplied with weights as soon as these are transformed, where there are registers enough
/// for the sums of half a row of planes.
inline constexpr Index first_tiles = simd::registers >= 32 ? 4 : 0;

/// Tiles of a further product.
inline constexpr Index few_tiles = 4, many_tiles = simd::registers >= 32 ? 8 : 6;

/// Tiles of the next product when `left` are left: as many as leave few without work.
constexpr Index next_tiles(Index left) {
  return left > 2 * few_tiles || (left > few_tiles && left <= many_tiles) ? many_tiles : few_tiles;
}

/// Tiles of all products for `tiles` of them.
constexpr Index whole_tiles(Index tiles) {
  Index all = first_tiles;
  while (all < tiles) all += next_tiles(tiles - all);
  return all;
}
static_assert(whole_tiles(29) <= 32 && whole_tiles(31) <= 32 && whole_tiles(47) <= 48);

namespace detail {
/// Weights of some channels and a few packets of columns, where they lie.
template <class T>
struct Taps {
  const T* at;     ///< tap 0 of the first channel
  Index tap;       ///< from tap to tap
  Index channel;   ///< from channel to channel
  Index channels;  ///< so many
  Index columns;   ///< of the packets
};

/// Weights to prefetch: from two places, and from channel to channel the same distance further on.
template <class T>
struct Prefetch {
  const T* at;
  Index second;  ///< from one place to the other
  Index step;    ///< from channel to channel
};

/// What a row of planes is multiplied with, and what becomes of it.
template <class T>
struct Product {
  const T* v;    ///< v[tile][plane][channel], from the row on
  bool add;      ///< to m, else m is replaced
  T* m;          ///< m[tile][plane][column], from the row on
  Index stride;  ///< from plane to plane of m
};

/// half[row][channel][tap's x][column] = G g, of which each row becomes a row of planes.
template <int side, int vectors, class T>
EIGEN_DONT_INLINE void transform_taps(const Taps<T> weight, T* half) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>, width = row_vectors * lanes;
  constexpr int points = Transform<side>::points;
  constexpr Index near = 6;  // channels that are prefetched ahead into the first-level cache
  const T* from = weight.at;
  for (Index k = 0; k < weight.channels; ++k, from += weight.channel, half += 3 * width) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
#pragma GCC unroll 8
      for (int x = 0; x < 3; ++x) {
        P g[3], to[std::size_t{points}];
#pragma GCC unroll 8
        for (int y = 0; y < 3; ++y) {
          const T* const here = from + (y * 3 + x) * weight.tap + j * lanes;
          simd::prefetch(here + near * weight.channel);
          g[y] = simd::load_up_to(here, weight.columns - j * lanes);
        }
        Transform<side>::template weights<T>(g, to);
#pragma GCC unroll 8
        for (int y = 0; y < points; ++y)
          simd::store(half + y * 3 * weight.channels * width + x * width + j * lanes, to[y]);
      }
    }
  }
}

/// Half of a row of planes of G g G^T, from plane `first` on, multiplied with the first tiles, and put into
/// u[channel][plane][column] for others, unless u is null. Not inlined, so that registers are given out for
/// this loop alone.
template <int side, int first, int vectors, Index depth, class T>
EIGEN_DONT_INLINE void multiply_half(const T* half, Index channels, T* u, const Product<T> product,
                                     Prefetch<T> lines_ahead) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>, width = row_vectors * lanes;
  constexpr int points = Transform<side>::points, planes = points * points, tiles = first_tiles,
                count = points / 2;
  P sum[std::size_t{count}][std::size_t{tiles + 1}][std::size_t{vectors}];  // there may be no tile
#pragma GCC unroll 8
  for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::broadcast(T{0});
    }
  }
  for (Index k = 0; k < channels; ++k, half += 3 * width) {
    // Prefetch the next weights; memory is idle during the multiplications.
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) simd::prefetch_second_level(lines_ahead.at + j * lanes);
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j)
      simd::prefetch_second_level(lines_ahead.at + lines_ahead.second + j * lanes);
    lines_ahead.at += lines_ahead.step;
    P to[std::size_t{vectors}][std::size_t{points}];  // half of it is never computed
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      P g[3];
#pragma GCC unroll 8
      for (int x = 0; x < 3; ++x) g[x] = simd::load(half + x * width + j * lanes);
      Transform<side>::template weights<T>(g, to[j]);
    }
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < tiles; ++i) {
        const P a = simd::broadcast(product.v[(i * planes + first + p) * depth + k]);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j)
          sum[p][i][j] = simd::multiply_add<T>(a, to[j][first + p], sum[p][i][j]);
      }
    }
    if (u != nullptr) {
#pragma GCC unroll 8
      for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) simd::store(u + (first + p) * width + j * lanes, to[j][first + p]);
      }
      u += points * width;
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
      T* const m = product.m + (i * planes + first + p) * product.stride;
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) {
        const P addend = product.add ? simd::load(m + j * lanes) : simd::broadcast(T{0});
        simd::store(m + j * lanes, simd::add<T>(addend, sum[p][i][j]));
      }
    }
  }
}

/// The product with u[channel][plane][column] of `tiles` tiles. The sum over the channels begins at zero and
/// is then added to what there is: shorter sums lose less. Not inlined, so that registers are given out for
/// this loop alone.
template <int side, Index depth, int tiles, int vectors, class T>
EIGEN_DONT_INLINE void multiply_row(const T* u, Index channels, const Product<T> product) {
  constexpr Index lanes = simd::lanes<T>;
  constexpr int points = Transform<side>::points, planes = points * points;
  // Sums enough for additions that take their time, in two planes at once where tiles are few.
  constexpr int at_once = tiles <= 4 && simd::registers >= 32 ? 2 : 1;
  static_assert(points % at_once == 0);
  for (int plane = 0; plane < points; plane += at_once) {
    simd::Packet<T> sum[std::size_t{at_once}][std::size_t{tiles}][std::size_t{vectors}];
#pragma GCC unroll 8
    for (int p = 0; p < at_once; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::broadcast(T{0});
      }
    }
    const T* vk = product.v + plane * depth;
    const T* uk = u + plane * row_vectors * lanes;
    for (Index k = 0; k < channels; ++k, ++vk, uk += points * row_vectors * lanes) {
#pragma GCC unroll 8
      for (int p = 0; p < at_once; ++p) {
        simd::Packet<T> column[std::size_t{vectors}];
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j)
          column[j] = simd::in_register(simd::load(uk + (p * row_vectors + j) * lanes));
#pragma GCC unroll 8
        for (int i = 0; i < tiles; ++i) {
          const simd::Packet<T> a = simd::broadcast(vk[(i * planes + p) * depth]);
#pragma GCC unroll 8
          for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::multiply_add<T>(a, column[j], sum[p][i][j]);
        }
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
      for (int p = 0; p < at_once; ++p) {
        T* const to = product.m + (i * planes + plane + p) * product.stride;
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) {
          const simd::Packet<T> addend = product.add ? simd::load(to + j * lanes) : simd::broadcast(T{0});
          simd::store(to + j * lanes, simd::add<T>(addend, sum[p][i][j]));
        }
      }
    }
  }
}

/// The same for all tiles from `first` on.
template <int side, Index depth, int vectors, class T>
void multiply_tiles(const T* u, Index channels, Index first, Index tiles, Product<T> product) {
  constexpr Index planes = Transform<side>::points * Transform<side>::points;
  for (Index now = first; first < tiles; first += now) {
    product.v += now * planes * depth;
    product.m += now * planes * product.stride;
    now = next_tiles(tiles - first);
    const auto multiply = now == few_tiles ? multiply_row<side, depth, few_tiles, vectors, T>
                                           : multiply_row<side, depth, many_tiles, vectors, T>;
    multiply(u, channels, product);
  }
}
}  // namespace detail

}  // namespace densenf::kernels::winograd
