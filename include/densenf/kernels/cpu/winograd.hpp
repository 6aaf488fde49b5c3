#pragma once

#include <algorithm>
#include <type_traits>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/conv_panel.hpp"
#include "densenf/kernels/cpu/elu.hpp"
#include "densenf/kernels/cpu/microkernel.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/winograd_rows.hpp"
#include "densenf/kernels/cpu/winograd_transform.hpp"
#include "densenf/kernels/winograd_tiles.hpp"

// What one task of a 3x3 convolution does by Winograd's algorithm F(side x side, 3 x 3). The image is cut
// into tiles of side x side output pixels; a tile's (side + 2)^2 input pixels, the weights and the results
// each become as many "planes", and in every plane the convolution is a product of matrices
// (tiles, channels) x (channels, columns).
//
// A task transforms all that it needs itself, a few channels and a few tiles at a time, so that the planes
// stay in the second-level cache; nothing transformed is kept between passes.
namespace densenf::kernels::winograd {

/// Packets of a panel's columns at the most: each panel transforms the input anew, so that it is wider than a
/// tile where packets are short.
template <class T>
inline constexpr int widest_panel = 256 / sizeof(simd::Packet<T>);

template <int side, class T>
struct Blocking {
  static constexpr int points = Transform<side>::points;
  static constexpr int planes = points * points;
  /// Tiles and channels in work at one time, so that two sets of planes take less than 500 KB in float.
  static constexpr Index tiles = side == 4 ? 32 : 48;
  static constexpr Index channels = side == 4 ? 32 : 64;
  /// Channels in work of so many: equal parts of whole packets.
  static constexpr Index depth(Index count) {
    const Index parts = std::max<Index>(1, (count + channels - 1) / channels);
    return simd::whole_packets<T>((count + parts - 1) / parts);
  }
  /// The same when gradients of weights are summed, whose planes stay while all tiles go by.
  static constexpr Index weight_tiles = 32;
  static constexpr Index weight_channels = side == 4 ? 24 : 48;

  /// Distance of planes of `count` numbers: an odd number of cache lines, so that the same place in all
  /// planes falls into different sets of the cache.
  static constexpr Index plane(Index count) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    return ((count + line - 1) / line | 1) * line;
  }
  static constexpr Index columns(Index c) {
    return std::min(simd::whole_packets<T>(c), widest_panel<T> * simd::lanes<T>);
  }
  /// Numbers of scratch memory that ConvBlock needs, between images of `a` and of `b` channels in either
  /// direction.
  static constexpr Index conv_scratch(Index a, Index b) {
    return planes * tiles * (channels + columns(std::max(a, b))) +
           channels * 4 * points * row_vectors * simd::lanes<T>;
  }
  /// The same of weights_block, whose rows are input channels.
  static constexpr Index weights_scratch(Index in, Index out) {
    const Index rows = simd::whole_packets<T>(std::min(weight_channels, in));
    return planes *
           (plane(weight_tiles * rows) + plane(rows * columns(out)) + plane(weight_tiles * columns(out)));
  }
};

/// The tiles of a batch of images, image by image, row by row.
template <int side>
struct Grid {
  Index n, h, w;
  Index rows = (h + side - 1) / side, columns = (w + side - 1) / side;

  template <class T>
  explicit Grid(const Tensor<T>& x) : n(x.n), h(x.h), w(x.w) {}

  Index count() const { return n * rows * columns; }

  /// Pointers to the pixels of a square whose corner lies at (offset, offset) from that of tile i; `outside`
  /// where there is no pixel.
  template <int size, class T>
  void find(Index i, Index offset, const Tensor<T>& x, T* outside,
            T* (&at)[std::size_t{size}][std::size_t{size}]) const {
    const Index image = i / (rows * columns);
    const Index top = i / columns % rows * side + offset, left = i % columns * side + offset;
    const Index corner = (image * h + top) * w + left;
    for (Index r = 0; r < size; ++r) {
      const bool inside = top + r >= 0 && top + r < h;
      for (Index c = 0; c < size; ++c)
        at[r][c] = inside && left + c >= 0 && left + c < w ? x.pixel(corner + r * w + c) : outside;
    }
  }
};

namespace detail {
/// v[plane][channel] of tile i: B^T d B for `count` channels of x.
template <int side, class T>
void transform_input(const Grid<side>& grid, Index i, const Tensor<const T>& x, Index count, T* v,
                     Index plane) {
  constexpr int points = Transform<side>::points;
  const T* at[std::size_t{points}][std::size_t{points}];
  grid.template find<points>(i, -1, x, tiles::zeros<T>, at);
  for (Index c = 0; c < count; c += simd::lanes<T>) {
    in_both_directions<points, points, T>(
        [](const auto* d, auto* to) { Transform<side>::template input<T>(d, to); },
        [&](int row, int column) { return simd::load_up_to(at[row][column] + c, count - c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          simd::store(v + (row * points + column) * plane + c, p);
        });
  }
}

/// A tile's result, for the panel's columns at the pixels `at` (null: none), from its planes: A^T m A, then
/// bias and activation.
template <int side, class T>
void transform_output(const T* m, Index plane, const kernels::detail::ConvPanel<T>& panel,
                      T* const (&at)[std::size_t{side}][std::size_t{side}]) {
  constexpr int points = Transform<side>::points;
  const simd::Packet<T> limit = simd::lower_limit<T>(panel.activation);
  for (Index c = 0; c < panel.y.c; c += simd::lanes<T>) {
    const Index left = panel.y.c - c;
    const simd::Packet<T> bias =
        panel.bias != nullptr ? simd::load_up_to(panel.bias + c, left) : simd::broadcast(T{0});
    in_both_directions<points, side, T>(
        [](const auto* from, auto* to) { Transform<side>::template output<T>(from, to); },
        [&](int row, int column) { return simd::load(m + (row * points + column) * plane + c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = at[row][column];
          if (to == nullptr) return;
          const simd::Packet<T> addend =
              panel.write == Write::accumulate ? simd::load_up_to(to + c, left) : bias;
          simd::store_up_to(to + c, simd::zero_below<T>(simd::add<T>(p, addend), limit), left);
        });
  }
  if (panel.activation != Activation::elu) return;
  for (const auto& row : at) {
    for (T* const to : row) {
      if (to != nullptr) kernels::detail::elu_in_place(to, panel.y.c);
    }
  }
}

/// dm[plane][column] of tile i: A dy A^T.
template <int side, class T>
void transform_output_gradient(const Grid<side>& grid, Index i, const Tensor<const T>& dy, T* dm,
                               Index plane) {
  constexpr int points = Transform<side>::points;
  const T* at[std::size_t{side}][std::size_t{side}];
  grid.template find<side>(i, 0, dy, tiles::zeros<T>, at);
  for (Index c = 0; c < dy.c; c += simd::lanes<T>) {
    in_both_directions<side, points, T>(
        [](const auto* from, auto* to) { Transform<side>::template output_adjoint<T>(from, to); },
        [&](int row, int column) { return simd::load_up_to(at[row][column] + c, dy.c - c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          simd::store(dm + (row * points + column) * plane + c, p);
        });
  }
}

/// dweight += G^T du G for one input channel and a panel's columns.
template <int side, class T>
void transform_weight_gradient(const T* du, Index plane, Index tap, Index columns, T* dweight) {
  constexpr int points = Transform<side>::points;
  for (Index c = 0; c < columns; c += simd::lanes<T>) {
    in_both_directions<points, 3, T>(
        [](const auto* from, auto* to) { Transform<side>::template weights_adjoint<T>(from, to); },
        [&](int row, int column) { return simd::load(du + (row * points + column) * plane + c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = dweight + (row * 3 + column) * tap + c;
          simd::store_up_to(to, simd::add<T>(p, simd::load_up_to(to, columns - c)), columns - c);
        });
  }
}

}  // namespace detail

/// The input channels of a convolution in one group or in two nearly equal ones: a group's sum is transformed
/// back by itself, and then added to that of the other.
struct Groups {
  /// With fewer, the second transform would cost more than two threads gain by it.
  static constexpr Index fewest_channels = 96;
  Index channels;

  Index count() const { return channels < fewest_channels ? 1 : 2; }
  Index first(Index group) const { return channels * group / count(); }
};

/// How a convolution is cut into tasks: into blocks of tiles and panels of columns, and where there would be
/// too few of them, into groups of input channels. The result is the same to the bit for any cut, so this one
/// looks at the number of threads: a cut more than they need costs another transform, of the weights for a
/// block more, of the input for a panel more.
template <int side, class T>
class Cut {
public:
  Cut(const Cpu& cpu, Index tiles, Index columns, Index channels)
      : columns_(columns), tiles_(tiles), channels_(channels) {
    constexpr Index most_tiles = Blocking<side, T>::tiles, fewest_tiles = 8;
    const Index threads = cpu.threads(), groups = Groups{channels}.count();
    const auto narrow_for = [&](Index tasks) {
      while (widest_ > 1 && pieces() < tasks) widest_ /= 2;
    };
    blocks_ = (tiles + most_tiles - 1) / most_tiles;
    if (groups > 1) narrow_for(threads / groups);
    if (groups > 1 && groups * pieces() == threads) {
      groups_ = groups;
      return;
    }
    narrow_for(threads);
    // Tasks in a multiple of the threads, unless there are plenty for each.
    const Index most = (tiles + fewest_tiles - 1) / fewest_tiles;
    while (blocks_ < most && pieces() < 4 * threads && pieces() % threads != 0) ++blocks_;
  }

  tiles::Panels<T> panels() const { return tiles::Panels<T>(columns_, widest_); }
  /// Panels of blocks; as many tasks, or with groups for each group as many.
  Index pieces() const { return blocks_ * panels().count(); }
  Index tasks() const { return groups_ * pieces(); }
  /// Whether groups of channels are tasks: then these are as many as threads.
  bool by_groups() const { return groups_ > 1; }
  Index group(Index task) const { return task / pieces(); }
  /// The input channels of the group that a task begins with.
  Index group_first(Index task) const { return Groups{channels_}.first(group(task)); }
  Index group_last(Index task) const { return Groups{channels_}.first(group(task) + 1); }
  /// Neighboring tasks share a block of tiles where there are more blocks than panels, else a panel.
  Index panel(Index task) const {
    const Index piece = task % pieces();
    return blocks_ > panels().count() ? piece % panels().count() : piece / blocks_;
  }
  Index block(Index task) const {
    const Index piece = task % pieces();
    return blocks_ > panels().count() ? piece / panels().count() : piece % blocks_;
  }
  Index first_tile(Index block) const { return std::min(block * block_size(), tiles_); }

private:
  Index block_size() const { return (tiles_ + blocks_ - 1) / blocks_; }

  Index columns_, tiles_, channels_, blocks_ = 1, groups_ = 1;
  int widest_ = widest_panel<T>;  // packets of a panel's columns
};

/// The convolution of a panel at tiles [first, last), at most Blocking::tiles.
template <int side, class T>
class ConvBlock {
  using Sizes = Blocking<side, T>;

public:
  /// `scratch`: Blocking::conv_scratch numbers.
  ConvBlock(const kernels::detail::ConvPanel<T>& panel, const Grid<side>& grid, Index first, Index last,
            T* scratch)
      : panel_(panel), grid_(grid), first_(first), last_(last), scratch_(scratch) {}

  /// All of it, into the panel's y.
  void compute() const {
    const Groups groups{panel_.x.c};
    for (Index group = 0; group < groups.count(); ++group) compute_group(group, false);
  }

  /// The part of one group: into the panel's y, or, if the groups are to be `apart`, that of the second into
  /// scratch memory, from where add_part takes it when both are done.
  void compute_group(Index group, bool apart) const {
    const Groups groups{panel_.x.c};
    const Index to = groups.first(group + 1);
    add_up(groups.first(group), to, apart ? to : panel_.x.c);
    kernels::detail::ConvPanel<T> part = panel_;
    if (group > 0) {
      part.bias = nullptr;
      part.write = apart ? Write::assign : Write::accumulate;
    }
    if (group + 1 < groups.count() || apart) part.activation = Activation::none;
    const T* m = planes_of_result();
    for (Index i = first_; i < last_; ++i, m += Sizes::planes * stride()) {
      T* at[std::size_t{side}][std::size_t{side}];
      if (apart && group > 0) {
        for (int k = 0; k < side * side; ++k) at[k / side][k % side] = part_apart(i) + k * stride();
      } else {
        grid_.template find<side>(i, 0, panel_.y, static_cast<T*>(nullptr), at);
      }
      detail::transform_output<side>(m, stride(), part, at);
    }
  }

  /// Adds tile i of the part that lies apart to the panel's y.
  void add_part(Index i) const {
    T* at[std::size_t{side}][std::size_t{side}];
    grid_.template find<side>(i, 0, panel_.y, static_cast<T*>(nullptr), at);
    const simd::Packet<T> limit = simd::lower_limit<T>(panel_.activation);
    for (int k = 0; k < side * side; ++k) {
      T* const to = at[k / side][k % side];
      const T* const from = part_apart(i) + k * stride();
      if (to == nullptr) continue;
      for (Index c = 0; c < panel_.y.c; c += simd::lanes<T>) {
        const Index left = panel_.y.c - c;
        const simd::Packet<T> sum = simd::add<T>(simd::load(from + c), simd::load_up_to(to + c, left));
        simd::store_up_to(to + c, simd::zero_below<T>(sum, limit), left);
      }
      if (panel_.activation == Activation::elu) kernels::detail::elu_in_place(to, panel_.y.c);
    }
  }

private:
  Index stride() const { return panel_.vectors * simd::lanes<T>; }
  T* planes_of_result() const { return scratch_ + Sizes::planes * Sizes::tiles * Sizes::channels; }
  /// Tile i of the second group's part, in the place of the planes of the input, which are not needed any
  /// more.
  T* part_apart(Index i) const {
    static_assert(side * side * widest_panel<T> * simd::lanes<T> <= Sizes::planes * Sizes::channels);
    return scratch_ + (i - first_) * side * side * stride();
  }

  /// The planes of the result for input channels [from, to). The next channels below `end` come next.
  void add_up(Index from, Index to, Index end) const {
    constexpr int points = Sizes::points;
    constexpr Index planes = Sizes::planes, most = Sizes::channels, width = row_vectors * simd::lanes<T>;
    const Index tiles = last_ - first_;
    const Index depth = Sizes::depth(to - from);
    T* const v = scratch_;
    T* const m = planes_of_result();
    T* const u = m + planes * Sizes::tiles * stride();
    T* const half = u + most * points * width;
    // Products take whole numbers of tiles.
    std::fill(v + tiles * planes * most, v + whole_tiles(tiles) * planes * most, T{0});

    for (Index c = from; c == from || c < to; c += depth) {
      const Index count = std::min(depth, to - c);
      const Index next = c + count < end ? count * panel_.weight_stride : 0;
      for (Index i = 0; i < tiles; ++i)
        detail::transform_input(grid_, first_ + i, panel_.x.channels(c, count), count, v + i * planes * most,
                                most);
      for (Index column = 0; column < stride(); column += width) {
        const int vectors = static_cast<int>(std::min(width, stride() - column) / simd::lanes<T>);
        const detail::Taps<T> weight{.at = panel_.weight + c * panel_.weight_stride + column,
                                     .tap = panel_.x.c * panel_.weight_stride,
                                     .channel = panel_.weight_stride,
                                     .channels = count,
                                     .columns = panel_.y.c - column};
        // What to prefetch meanwhile: taps of the channels that come next.
        constexpr Index steps = 2 * points;
        const auto lines_ahead = [&](Index step) -> detail::Prefetch<T> {
          if (next > 0) {
            const Index tap = step < 9 ? step : 0,
                        second = step + steps < 9 ? steps * weight.tap : simd::lanes<T> - 1;
            return {weight.at + next + tap * weight.tap, second, weight.channel};
          }
          return {weight.at, 0, 0};
        };
        const auto multiply = [&]<int now>(std::integral_constant<int, now>) {
          detail::transform_taps<side, now>(weight, half);
          for (Index r = 0; r < points; ++r) {
            const detail::Product<T> product{v + r * points * most, c > from,
                                             m + r * points * stride() + column, stride()};
            const T* const row = half + r * 3 * count * width;
            T* const further = tiles > first_tiles ? u : nullptr;
            detail::multiply_half<side, 0, now, most>(row, count, further, product, lines_ahead(2 * r));
            detail::multiply_half<side, points / 2, now, most>(row, count, further, product,
                                                               lines_ahead(2 * r + 1));
            detail::multiply_tiles<side, most, now, T>(u, count, first_tiles, tiles, product);
          }
        };
        if (vectors == 1)
          multiply(std::integral_constant<int, 1>{});
        else
          multiply(std::integral_constant<int, row_vectors>{});
      }
      if (to == from) break;
    }
  }

  const kernels::detail::ConvPanel<T>& panel_;
  const Grid<side>& grid_;
  Index first_, last_;
  T* scratch_;
};

/// dweight += for a few input channels x, at most Blocking::weight_channels, and one panel of output
/// channels dy, over all tiles. Rows of dweight are `weight_stride` apart, taps `tap`.
template <int side, class T>
void weights_block(const Tensor<const T>& x, const Tensor<const T>& dy, int vectors, Index weight_stride,
                   Index tap, T* dweight, T* scratch) {
  using Sizes = Blocking<side, T>;
  const Grid<side> grid(x);
  const Index stride = vectors * simd::lanes<T>, rows = x.c;
  const Index depth = simd::whole_packets<T>(rows);
  const Index v_plane = Sizes::plane(Sizes::weight_tiles * depth),
              m_plane = Sizes::plane(Sizes::weight_tiles * stride), u_plane = Sizes::plane(rows * stride);
  T* const v = scratch;
  T* const dm = v + Sizes::planes * v_plane;
  T* const du = dm + Sizes::planes * m_plane;

  for (Index first = 0; first < grid.count(); first += Sizes::weight_tiles) {
    const Index tiles = std::min(Sizes::weight_tiles, grid.count() - first);
    for (Index i = 0; i < tiles; ++i) {
      detail::transform_input(grid, first + i, x, rows, v + i * depth, v_plane);
      detail::transform_output_gradient(grid, first + i, dy, dm + i * stride, m_plane);
    }
    for (Index p = 0; p < Sizes::planes; ++p) {
      multiply_transposed<T>({v + p * v_plane, depth}, {dm + p * m_plane, stride}, rows, tiles, stride,
                             first == 0 ? Into::replace : Into::add, {du + p * u_plane, stride});
    }
  }
  for (Index c = 0; c < rows; ++c)
    detail::transform_weight_gradient<side>(du + c * stride, u_plane, tap, dy.c, dweight + c * weight_stride);
}

}  // namespace densenf::kernels::winograd
