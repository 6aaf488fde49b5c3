#pragma once

#include "densenf/core/shape.hpp"
#include "densenf/kernels/cpu/simd.hpp"
#include "densenf/kernels/cpu/winograd_transform.hpp"

// The inner loops of Winograd's algorithm: weights are transformed, and multiplied with tiles, one row of
// planes after the other, for a few channels and packets of columns.
//
// Transformed weights are up to four times as many as weights. Were all planes written before the first is
// used, they would go to the second-level cache and back, which takes longer than the products where an image
// has few tiles. So the first tiles meet them in registers, and one row of planes of them fits into the
// nearest cache for the others.
namespace densenf::kernels::winograd {

/// Packets of columns that weights are transformed for at one time.
inline constexpr int row_vectors = 2;

/// Tiles that are multiplied with weights as soon as these are transformed, where there are registers enough
/// for the sums of a row of planes.
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
/// Weights of some channels and one packet of columns, where they lie.
template <class T>
struct Taps {
  const T* at;             ///< tap 0 of the first channel
  Index tap;               ///< from tap to tap
  Index channel;           ///< from channel to channel
  Index channels;          ///< so many
  Index columns;           ///< of the packet
  Index next;              ///< to the channels that come next
  bool ask_early = false;  ///< whether nobody has asked for these yet
};

/// What a row of planes is multiplied with, and what becomes of it.
template <class T>
struct Product {
  const T* v;    ///< v[tile][plane][channel], from the row on
  bool add;      ///< to m, else m is replaced
  T* m;          ///< m[tile][plane][column], from the row on
  Index stride;  ///< from plane to plane of m
};

/// The planes of row `row` of G g G^T, multiplied with the first tiles, and put into
/// u[channel][plane][column] for others, unless u is null. Row 0 puts the weights into
/// packed[channel][tap][column], where the other rows find them side by side. Not inlined, so that registers
/// are given out for this loop alone.
template <int side, int row, Index depth, class T>
EIGEN_DONT_INLINE void transform_row(const Taps<T> weight, T* packed, T* u, const Product<T> product) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>;
  constexpr int points = Transform<side>::points, planes = points * points, tiles = first_tiles, taps = 9;
  constexpr Index near = 6, far = 16;  // channels that the nearest and the next cache are asked for ahead
  P sum[points][tiles + 1];            // there may be no tile
#pragma GCC unroll 8
  for (int p = 0; p < points; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < tiles; ++i) sum[p][i] = simd::broadcast(T{0});
  }
  const T* from = weight.at;
  for (Index k = 0; k < weight.channels; ++k) {
    // Memory would have nothing to do meanwhile. Each tap is asked for by one of the rows.
#pragma GCC unroll 8
    for (int tap = row; tap < taps; tap += points) {
      const T* const here = from + tap * weight.tap;
      simd::prefetch_second_level(here + weight.next);
    }
    P half[3], to[points];
#pragma GCC unroll 8
    for (int x = 0; x < 3; ++x) {
      P g[3];
#pragma GCC unroll 8
      for (int y = 0; y < 3; ++y) {
        T* const here = packed + (y * 3 + x) * lanes;
        if constexpr (row == 0) {
          simd::prefetch(from + (y * 3 + x) * weight.tap + near * weight.channel);
          if (weight.ask_early)
            simd::prefetch_second_level(from + (y * 3 + x) * weight.tap + far * weight.channel);
          g[y] = simd::load_up_to(from + (y * 3 + x) * weight.tap, weight.columns);
          simd::store(here, g[y]);
        } else {
          g[y] = simd::load(here);
        }
      }
      Transform<side>::template weights<T>(g, to);
      half[x] = to[row];  // the others are never computed
    }
    Transform<side>::template weights<T>(half, to);
    if (u != nullptr) {
#pragma GCC unroll 8
      for (int p = 0; p < points; ++p) simd::store(u + p * row_vectors * lanes, to[p]);
      u += points * row_vectors * lanes;
    }
#pragma GCC unroll 8
    for (int p = 0; p < points; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < tiles; ++i) {
        const P a = simd::broadcast(product.v[(i * planes + p) * depth + k]);
        sum[p][i] = simd::multiply_add<T>(a, to[p], sum[p][i]);
      }
    }
    from += weight.channel;
    packed += taps * lanes;
  }
#pragma GCC unroll 8
  for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
    for (int p = 0; p < points; ++p) {
      T* const m = product.m + (i * planes + p) * product.stride;
      simd::store(m, simd::add<T>(product.add ? simd::load(m) : simd::broadcast(T{0}), sum[p][i]));
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
    simd::Packet<T> sum[at_once][tiles][vectors];
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
        simd::Packet<T> column[vectors];
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
