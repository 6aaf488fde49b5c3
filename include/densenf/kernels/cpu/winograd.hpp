#pragma once

#include <algorithm>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/conv_panel.hpp"
#include "densenf/kernels/cpu/microkernel.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/winograd_rows.hpp"
#include "densenf/kernels/cpu/winograd_transform.hpp"

// What one task of a 3x3 convolution does by Winograd's algorithm. The image is cut into tiles of side x side
// output pixels; a tile's (side + 2)^2 input pixels, the weights and the results each become as many
// "planes", and in every plane the convolution is a product of matrices (tiles, channels) x (channels,
// columns).
//
// A task transforms all that it needs itself, a few channels and a few tiles at a time, so that the planes
// stay in the second-level cache; transformed weights stay in registers and the nearest cache (see
// winograd_rows.hpp). Nothing transformed is kept between passes.
namespace densenf::kernels::winograd {

/// Whether Winograd's algorithm is the faster one for images of this size. It depends on the image alone, so
/// that an image comes out the same in any batch.
constexpr bool worthwhile(Index h, Index w) {
  const Index tiles = ((h + side - 1) / side) * ((w + side - 1) / side);
  // Products of a channel with a packet of columns, times what everything around them costs; and, as if it
  // were for one image, the transform of the weights.
  return 14 * planes * tiles + 600 < 10 * (3 * h - 2) * (3 * w - 2);
}
static_assert(worthwhile(16, 16) && worthwhile(8, 8) && !worthwhile(4, 4));

/// Numbers per cache line.
template <class T>
inline constexpr Index line = 64 / static_cast<Index>(sizeof(T));

/// What a task works on at one time.
template <class T>
struct Blocking {
  /// Tiles of a task.
  static constexpr Index tiles = 32;
  /// Tiles and channels when gradients of weights are summed, whose planes stay while all tiles go by.
  static constexpr Index weight_tiles = 32;
  static constexpr Index weight_channels = 24;

  /// Distance of planes of `count` numbers: an odd number of cache lines, so that the same place in all
  /// planes falls into different sets of the cache.
  static constexpr Index plane(Index count) { return ((count + line<T> - 1) / line<T> | 1) * line<T>; }

  /// Numbers of scratch memory that a task needs, between images of `in` and of `out` channels in either
  /// direction.
  static constexpr Index scratch(Index in, Index out) {
    const Index columns = std::min(simd::whole_packets<T>(std::max(in, out)), widest_panel);
    const Index rows = simd::whole_packets<T>(std::min(weight_channels, in));
    const Index weights =
        planes * (plane(weight_tiles * rows) + plane(weight_tiles * columns) + plane(rows * columns));
    const Index channels = simd::whole_packets<T>(std::max(in, out));
    return std::max(taps + u_row + points * v_row(tiles) + planes * tiles * columns + channels, weights);
  }

  static constexpr Index widest_panel = tiles::max_vectors * simd::lanes<T>;
  static constexpr Index taps = depth * 9 * simd::lanes<T>;
  static constexpr Index u_row = depth * points * simd::lanes<T>;
  /// Distance of rows of planes of v.
  static constexpr Index v_row(Index count) { return points * count * depth + line<T>; }
};

/// The tiles of a batch of images, image by image, row by row.
struct Grid {
  Index n, h, w;
  Index rows = (h + side - 1) / side, columns = (w + side - 1) / side;

  template <class T>
  explicit Grid(const Tensor<T>& x) : n(x.n), h(x.h), w(x.w) {}

  Index count() const { return n * rows * columns; }

  /// Pointers to the pixels of a square whose corner lies at (offset, offset) from that of tile i; `outside`
  /// where there is no pixel.
  template <int size, class T>
  void find(Index i, Index offset, const Tensor<T>& x, T* outside, T* (&at)[size][size]) const {
    const Index image = i / (rows * columns);
    const Index y = i / columns % rows * side + offset, left = i % columns * side + offset;
    for (Index r = 0; r < size; ++r) {
      for (Index c = 0; c < size; ++c) {
        const bool inside = y + r >= 0 && y + r < h && left + c >= 0 && left + c < w;
        at[r][c] = inside ? x.pixel((image * h + y + r) * w + left + c) : outside;
      }
    }
  }
};

namespace detail {
/// `count` channels from c, of which whole packets are loaded and stored as such.
template <class T>
EIGEN_ALWAYS_INLINE simd::Packet<T> load(const T* from, Index count) {
  return count >= simd::lanes<T> ? simd::load(from) : simd::load_first(from, count);
}
template <class T>
EIGEN_ALWAYS_INLINE void store(T* to, const simd::Packet<T>& v, Index count) {
  count >= simd::lanes<T> ? simd::store(to, v) : simd::store_first(to, v, count);
}

/// Two rows of planes of transform_input.
template <int pair, class T, class Load, class Place>
EIGEN_ALWAYS_INLINE void transform_pair(const Load& load, const Place& place) {
  using P = simd::Packet<T>;
  constexpr int rows[2] = {pair == 0 ? 0 : 2 * pair - 1, pair == 0 ? points - 1 : 2 * pair};
  P half[2][points];
#pragma GCC unroll 8
  for (int column = 0; column < points; ++column) {
    P d[points];
#pragma GCC unroll 8
    for (int row = 0; row < points; ++row) d[row] = load(row, column);
    Transform<T>::template input_pair<pair>(d, half[0][column], half[1][column]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    P v[points];
    Transform<T>::input(half[i], v);
#pragma GCC unroll 8
    for (int column = 0; column < points; ++column) simd::store(place(rows[i], column), v[column]);
  }
}

/// B^T d B of a tile whose pixels are at `at`, for `count` channels from `first`: place(row, column) is where
/// these go for that plane. Two rows of planes at a time, for which there are registers.
template <class T, class Place>
void transform_input(const T* const (&at)[points][points], Index first, Index count, const Place& place) {
  Index c = 0;
  const auto to = [&](int row, int column) { return place(row, column) + c; };
  const auto packet = [&](const auto& from) {
    transform_pair<0, T>(from, to);
    transform_pair<1, T>(from, to);
    transform_pair<2, T>(from, to);
  };
  for (; c + simd::lanes<T> <= count; c += simd::lanes<T>)
    packet([&](int row, int column) { return simd::load(at[row][column] + first + c); });
  if (c < count)
    packet([&](int row, int column) { return simd::load_first(at[row][column] + first + c, count - c); });
}

/// Tile i of the panel's result from its planes: A^T m A, then bias and activation. place(packet, row,
/// column) is where the planes have the columns of that packet.
template <class T, class Place>
void transform_output(const Grid& grid, Index i, const kernels::detail::ConvPanel<T>& panel,
                      const Place& place) {
  T* at[side][side];
  grid.find(i, 0, panel.y, static_cast<T*>(nullptr), at);
  const simd::Packet<T> limit = simd::lower_limit<T>(panel.activation);
  for (Index c = 0; c < panel.y.c; c += simd::lanes<T>) {
    const Index left = panel.y.c - c;
    const simd::Packet<T> bias = panel.bias != nullptr ? load(panel.bias + c, left) : simd::broadcast(T{0});
    in_both_directions<points, side, T>(
        [](const auto* from, auto* to) { Transform<T>::output(from, to); },
        [&](int row, int column) { return simd::load(place(c / simd::lanes<T>, row, column)); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = at[row][column];
          if (to == nullptr) return;
          const simd::Packet<T> addend = panel.accumulate ? load(to + c, left) : bias;
          store(to + c, simd::zero_below<T>(simd::add<T>(p, addend), limit), left);
        });
  }
}

/// dm[plane][column] of tile i: A dy A^T.
template <class T>
void transform_output_gradient(const Grid& grid, Index i, const Tensor<const T>& dy, T* dm, Index plane) {
  const T* at[side][side];
  grid.find(i, 0, dy, tiles::zeros<T>, at);
  for (Index c = 0; c < dy.c; c += simd::lanes<T>) {
    in_both_directions<side, points, T>(
        [](const auto* from, auto* to) { Transform<T>::output_adjoint(from, to); },
        [&](int row, int column) { return load(at[row][column] + c, dy.c - c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          simd::store(dm + (row * points + column) * plane + c, p);
        });
  }
}

/// dweight += G^T du G for one input channel and a panel's columns.
template <class T>
void transform_weight_gradient(const T* du, Index plane, Index tap, Index columns, T* dweight) {
  for (Index c = 0; c < columns; c += simd::lanes<T>) {
    in_both_directions<points, 3, T>(
        [](const auto* from, auto* to) { Transform<T>::weights_adjoint(from, to); },
        [&](int row, int column) { return simd::load(du + (row * points + column) * plane + c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = dweight + (row * 3 + column) * tap + c;
          store(to, simd::add<T>(p, load(to, columns - c)), columns - c);
        });
  }
}

}  // namespace detail

/// How a convolution is cut into tasks: into blocks of tiles and panels of columns. The result is the same to
/// the bit for any cut, so this one looks at the number of threads: a cut more than they need costs another
/// transform, of the weights for a block more, of the input for a panel more.
template <class T>
struct Cut {
  Index blocks;
  int widest = tiles::max_vectors;  ///< packets of a panel's columns

  Cut(const Cpu& cpu, Index tiles, Index columns) {
    constexpr Index most = Blocking<T>::tiles, fewest = 8;
    const auto panels = [&] { return tiles::Panels<T>(columns, widest).count(); };
    blocks = (tiles + most - 1) / most;
    while (widest > 1 && blocks * panels() < cpu.threads()) widest /= 2;
    blocks = kernels::detail::even_pieces(cpu, blocks, panels(), (tiles + fewest - 1) / fewest, 4);
  }
};

namespace detail {

/// Copies the weights of a packet of columns for `count` input channels from `c`, so that they lie together.
template <class T>
void gather_taps(const kernels::detail::ConvPanel<T>& panel, Index c, Index count, Index column, T* taps) {
  const Index left = panel.y.c - column;
  for (Index k = 0; k < count; ++k) {
    for (Index tap = 0; tap < 9; ++tap) {
      const T* const from = panel.weight + (tap * panel.x.c + c + k) * panel.weight_stride + column;
      simd::store(taps + (9 * k + tap) * simd::lanes<T>, load(from, left));
    }
  }
}

/// conv_block, `tiles` tiles at a time.
template <int tiles, class T>
void conv_tiles(const kernels::detail::ConvPanel<T>& panel, const Grid& grid, Index first, Index last,
                T* scratch) {
  using Sizes = Blocking<T>;
  constexpr Index lanes = simd::lanes<T>;
  const Index groups = (last - first + tiles - 1) / tiles, channels = panel.x.c;
  const Index v_row = Sizes::v_row(groups * tiles), packet_planes = planes * groups * tiles * lanes;
  T* const taps = scratch;
  T* const u = taps + Sizes::taps;
  T* const v = u + Sizes::u_row;    // [points][groups][points][tiles][depth]
  T* const m = v + points * v_row;  // [packet][points][groups][points][tiles][lanes]
  const auto v_at = [&](Index group, int r, int s) {
    return v + r * v_row + (group * points + s) * tiles * depth;
  };
  const auto m_at = [&](Index packet, Index group, Index r) {
    return m + packet * packet_planes + (r * groups + group) * points * tiles * lanes;
  };

  T* const zeros = m + panel.vectors * packet_planes;
  std::fill_n(zeros, channels, T{0});
  static_assert(Sizes::tiles % tiles == 0);
  const T* at[Sizes::tiles][points][points];
  // Tiles that fill a group up are computed, but not stored.
  for (Index i = 0; i < groups * tiles; ++i)
    grid.find(std::min(first + i, last - 1), -1, panel.x, static_cast<const T*>(zeros), at[i]);

  for (Index c = 0; c == 0 || c < channels; c += depth) {
    const Index count = std::min(depth, channels - c);
    for (Index i = 0; i < groups * tiles; ++i) {
      transform_input(at[i], c, count,
                      [&](int row, int column) { return v_at(i / tiles, row, column) + i % tiles * depth; });
    }
    for (Index packet = 0; packet < panel.vectors; ++packet) {
      gather_taps(panel, c, count, packet * lanes, taps);
      // What is gathered next, asked for while this is multiplied.
      const bool same = packet + 1 < panel.vectors;
      const Index then = same ? c : c + depth;
      const T* const next = panel.weight + then * panel.weight_stride + (same ? (packet + 1) * lanes : 0);
      for (int r = 0; r < points; ++r) {
        const auto at_tap = [&](int tap) { return next + tap * channels * panel.weight_stride; };
        PlaneRow<T> row{.taps = taps,
                        .u = u,
                        .v = v_at(0, r, 0),
                        .m = m_at(packet, 0, r),
                        .count = count,
                        .add = c > 0,
                        .next = at_tap(r),
                        .after_next = at_tap(std::min(r + points, 8)),
                        .next_stride = panel.weight_stride};
        if (groups == 1) {
          multiply_row<tiles, false>(row, r);
          continue;
        }
        multiply_row<tiles, true>(row, r);
        for (Index group = 1; group < groups; ++group) {
          row.v = v_at(group, r, 0);
          row.m = m_at(packet, group, r);
          multiply_kept<tiles>(row);
        }
      }
    }
    if (channels == 0) break;
  }
  for (Index i = 0; i < last - first; ++i) {
    transform_output(grid, first + i, panel, [&](Index packet, int row, int column) {
      return m_at(packet, i / tiles, row) + (column * tiles + i % tiles) * lanes;
    });
  }
}

}  // namespace detail

/// The convolution of a panel at tiles [first, last), at most Blocking::tiles.
template <class T>
void conv_block(const kernels::detail::ConvPanel<T>& panel, const Grid& grid, Index first, Index last,
                T* scratch) {
  if (last - first == 1) {
    detail::conv_tiles<1>(panel, grid, first, last, scratch);
  } else if (first < last) {
    detail::conv_tiles<most_tiles>(panel, grid, first, last, scratch);
  }
}

/// dweight += for a few input channels x, at most Blocking::weight_channels, and one panel of output
/// channels dy, over all tiles. Rows of dweight are `weight_stride` apart, taps `tap`.
template <class T>
void weights_block(const Tensor<const T>& x, const Tensor<const T>& dy, int vectors, Index weight_stride,
                   Index tap, T* dweight, T* scratch) {
  using Sizes = Blocking<T>;
  const Grid grid(x);
  const Index stride = vectors * simd::lanes<T>, rows = x.c;
  const Index whole_rows = simd::whole_packets<T>(rows);
  const Index v_plane = Sizes::plane(Sizes::weight_tiles * whole_rows),
              m_plane = Sizes::plane(Sizes::weight_tiles * stride), u_plane = Sizes::plane(rows * stride);
  T* const v = scratch;
  T* const dm = v + planes * v_plane;
  T* const du = dm + planes * m_plane;

  for (Index first = 0; first < grid.count(); first += Sizes::weight_tiles) {
    const Index tiles = std::min(Sizes::weight_tiles, grid.count() - first);
    for (Index i = 0; i < tiles; ++i) {
      const T* at[points][points];
      grid.find(first + i, -1, x, tiles::zeros<T>, at);
      detail::transform_input(at, 0, rows, [&](int row, int column) {
        return v + (row * points + column) * v_plane + i * whole_rows;
      });
      detail::transform_output_gradient(grid, first + i, dy, dm + i * stride, m_plane);
    }
    for (Index p = 0; p < planes; ++p) {
      multiply_transposed<T>({v + p * v_plane, whole_rows}, {dm + p * m_plane, stride}, rows, tiles, stride,
                             first == 0 ? Into::replace : Into::add, {du + p * u_plane, stride});
    }
  }
  for (Index c = 0; c < rows; ++c)
    detail::transform_weight_gradient(du + c * stride, u_plane, tap, dy.c, dweight + c * weight_stride);
}

}  // namespace densenf::kernels::winograd
