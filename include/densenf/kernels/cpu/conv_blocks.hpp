#pragma once

#include <algorithm>
#include <array>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/conv_panel.hpp"
#include "densenf/kernels/cpu/elu.hpp"
#include "densenf/kernels/cpu/microkernel.hpp"

// What one task of a convolution kernel does: a block of pixels or of weights by a panel of columns, cut
// into tiles so that what the tiles share stays in the caches.
namespace densenf::kernels::detail {

/// Terms of a sum that are added up before going on with the next pixels: the part of the weights this
/// needs is small enough to stay in the second-level cache.
inline constexpr Index depth_block = 512;
static_assert(depth_block <= tiles::zeros_count);

/// Pixels of a task, if there are many.
inline constexpr Index pixel_block = 96;
/// Few pixels are cut further to have this many tasks, if a task still has this many multiplications.
inline constexpr Index enough_tasks = 8;
inline constexpr Index smallest_task = 100'000;

/// Vectors of the widest panel: where inputs and outputs are ordered (Connections), as few as make some
/// panels, because each is computed with the inputs of its last column; but a tile of two vectors loads
/// fewer numbers for each product, which is worth a third of the products that two panels leave out.
template <class T>
int widest_panel(Index columns, bool ordered) {
  const Index packets = simd::whole_packets<T>(columns) / simd::lanes<T>;
  return ordered ? static_cast<int>(std::clamp<Index>(packets / 2, 1, tiles::max_vectors))
                 : tiles::max_vectors;
}

/// How pixels and panels are cut into tasks. No sum depends on the cut, so this one looks at the number of
/// threads: as many tasks for each, where there are enough.
template <class T>
class PixelBlocks {
public:
  /// Each result is the sum of `terms` products; of ordered inputs (Connections) of some of them.
  PixelBlocks(const Cpu& cpu, Index pixels, Index columns, Index terms, bool ordered)
      : share_pixels_(pixels > few_pixels || ordered || pixels * (columns + terms) > 4 * columns * terms),
        pixels_(pixels),
        panels_(columns, widest_panel<T>(columns, ordered)) {
    const Index panels = panels_.count(), multiplications = pixels * columns * terms;
    const Index threads = cpu.threads(), rows = tiles::max_rows, most = (pixels + rows - 1) / rows;
    const Index wanted =
        std::min((enough_tasks + panels - 1) / panels, multiplications / (panels * smallest_task));
    Index pieces = std::max((pixels + pixel_block - 1) / pixel_block, std::min(wanted, most));
    if (pieces > 1 || (panels % threads != 0 && multiplications >= threads * smallest_task))
      pieces = std::min((pieces + threads - 1) / threads * threads, most);
    block_ = ((pixels + pieces - 1) / pieces + rows - 1) / rows * rows;
    blocks_ = (pixels + block_ - 1) / block_;
  }
  const tiles::Panels<T>& panels() const { return panels_; }
  Index tasks() const { return panels_.count() * blocks_; }
  Index blocks() const { return blocks_; }
  bool by_panels() const { return !share_pixels_; }
  /// Neighboring tasks, which go to one thread, share a block of pixels, or else a panel: with few pixels and
  /// many weights, each weight should go to one core, and that is where the results are wanted next. (Not of
  /// ordered inputs, where panels are not the same work.)
  Index panel(Index task) const { return share_pixels_ ? task % panels_.count() : task / blocks_; }
  Index block(Index task) const { return share_pixels_ ? task / panels_.count() : task % blocks_; }
  Index first(Index block) const { return block * block_; }
  Index last(Index block) const { return std::min(first(block + 1), pixels_); }

private:
  bool share_pixels_;
  Index pixels_;
  tiles::Panels<T> panels_;
  Index block_, blocks_;
};

/// A walk over pixels in the order (y, x, image): a tile's pixels are then mostly the same place in
/// several images, and meet the border at the same taps, which are left out.
class PixelWalk {
public:
  PixelWalk(Index n, Index h, Index w, Index first) : n_(n), h_(h), w_(w) {
    image_ = first % n;
    x_ = first / n % w;
    y_ = first / n / w;
  }
  Index y() const { return y_; }
  Index x() const { return x_; }
  Index pixel() const { return (image_ * h_ + y_) * w_ + x_; }
  void next() {
    if (++image_ < n_) return;
    image_ = 0;
    if (++x_ < w_) return;
    x_ = 0;
    ++y_;
  }

private:
  Index n_, h_, w_;
  Index image_, x_, y_;
};

/// A part of the sum over taps and input channels.
struct Depth {
  int tap_first, tap_last;
  Index channel_first, channel_last;
};

/// Points at a tile's next pixels and computes its sum over `part`.
template <class T>
void conv_tile(const ConvPanel<T>& panel, const Depth& part, PixelWalk& walk, tiles::Tile<T>& tile,
               bool prefetch_early, const typename WeightsAhead<T>::Lines& lines_ahead) {
  const Tensor<const T>& x = panel.x;
  std::array<const T*, tiles::max_rows> at{};
  std::array<Index, tiles::max_rows> ys{};
  std::array<Index, tiles::max_rows> xs{};
  for (std::size_t i = 0; i < tiles::max_rows; ++i) {
    if (static_cast<int>(i) < tile.rows) {
      const Index pixel = walk.pixel();
      at[i] = x.pixel(pixel) + part.channel_first;
      ys[i] = walk.y();
      xs[i] = walk.x();
      tile.result[i] = panel.y.pixel(pixel);
      walk.next();
    } else {  // computed, but not stored
      at[i] = at[0];
      ys[i] = ys[0];
      xs[i] = xs[0];
    }
  }
  std::array<tiles::Segment<T>, 9> segments;
  int count = 0;
  for (int tap = part.tap_first; tap < part.tap_last; ++tap) {
    const Index dy = tap / panel.kernel - panel.kernel / 2;
    const Index dx = tap % panel.kernel - panel.kernel / 2;
    const Index offset = (dy * x.w + dx) * x.stride;
    tiles::Segment<T>& segment = segments[static_cast<std::size_t>(count)];
    segment.b = panel.weight + (tap * x.c + part.channel_first) * panel.weight_stride;
    bool any = false;
    for (std::size_t i = 0; i < tiles::max_rows; ++i) {
      const Index row = ys[i] + dy;
      const Index column = xs[i] + dx;
      const bool inside = row >= 0 && row < x.h && column >= 0 && column < x.w;
      segment.row[i] = inside ? at[i] + offset : tiles::zeros<T>;
      any |= inside;
    }
    if (any) ++count;
  }
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, prefetch_early,
                                lines_ahead.at != nullptr ? lines_ahead.at : panel.weight,
                                lines_ahead.step * Index{sizeof(T)}};
  tiles::compute(segments.data(), count, steps, tile);
}

/// The same where every pixel meets itself alone: the tile's pixels follow each other from `first` on.
template <class T>
void pixel_tile(const ConvPanel<T>& panel, const Depth& part, Index first, tiles::Tile<T>& tile,
                bool prefetch_early, const typename WeightsAhead<T>::Lines& lines_ahead) {
  tiles::Segment<T> segment{panel.weight + part.channel_first * panel.weight_stride, {}};
  for (int i = 0; i < tiles::max_rows; ++i) {
    const Index pixel = first + std::min(i, tile.rows - 1);
    segment.row[static_cast<std::size_t>(i)] = panel.x.pixel(pixel) + part.channel_first;
    tile.result[static_cast<std::size_t>(i)] = panel.y.pixel(pixel);
  }
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, prefetch_early,
                                lines_ahead.at != nullptr ? lines_ahead.at : panel.weight,
                                lines_ahead.step * Index{sizeof(T)}};
  tiles::compute(&segment, 1, steps, tile);
}

/// The parts of a sum over taps and channels: whole taps at a time if channels are few, parts of one tap if
/// they are many; equal parts.
class Depths {
public:
  Depths(int kernel, Index channels) : taps_(kernel * kernel), channels_(channels) {
    parts_ = std::max<Index>(1, (channels + depth_block - 1) / depth_block);
    depth_ = std::max<Index>(1, (channels + parts_ - 1) / parts_);
    const Index groups =
        parts_ > 1 ? taps_ : std::max<Index>(1, (taps_ * channels + depth_block - 1) / depth_block);
    group_ = static_cast<int>((taps_ + groups - 1) / groups);
  }
  Index count() const { return (taps_ + group_ - 1) / group_ * parts_; }
  Depth operator[](Index i) const {
    const int tap = static_cast<int>(i / parts_) * group_;
    const Index channel = i % parts_ * depth_;
    return {tap, std::min(tap + group_, taps_), channel, std::min(channel + depth_, channels_)};
  }

private:
  int taps_, group_;
  Index channels_, parts_, depth_;
};

/// The weights of a part of the sum of a panel of `columns` that begins at `weight`.
template <class T>
WeightsAhead<T> weights_of(const Depth& part, const T* weight, Index channels, Index stride, Index columns) {
  return {.at = weight + (part.tap_first * channels + part.channel_first) * stride,
          .taps = part.tap_last - part.tap_first,
          .tap = channels * stride,
          .rows = part.channel_last - part.channel_first,
          .row = stride,
          .columns = columns};
}

/// Block `block` of the pixels in a walk, or in their own order if the kernel is one pixel. Each block of a
/// panel prefetches its share of the weights that come next.
template <class T>
void conv_block(const ConvPanel<T>& panel, const PixelBlocks<T>& blocks, Index block) {
  const Index first = blocks.first(block), last = blocks.last(block);
  tiles::Tile<T> tile;
  tile.vectors = panel.vectors;
  tile.last = panel.last;
  tile.addend = panel.write == Write::accumulate ? nullptr
                : panel.bias != nullptr          ? panel.bias
                                                 : tiles::zeros<T>;
  const Depths depths(panel.kernel, panel.x.c);
  for (Index i = 0; i < depths.count(); ++i) {
    const Depth part = depths[i];
    const bool ends = i + 1 == depths.count();
    tile.activation = ends ? panel.activation : Activation::none;
    WeightsAhead<T> next = panel.next;
    if (!ends && panel.prefetch_early)
      next = weights_of(depths[i + 1], panel.weight, panel.x.c, panel.weight_stride, panel.y.c);
    // Weights are prefetched for the next part in every block; after the last part, once per panel.
    const Index from = ends ? 0 : first, to = ends ? panel.y.pixels() : last;
    PixelWalk walk(panel.x.n, panel.x.h, panel.x.w, first);
    for (Index p = first; p < last; p += tile.rows) {
      tile.rows = tiles::next_rows(last - p);
      const auto lines_ahead =
          next.lines((p - from) / tiles::max_rows, (to - from + tiles::max_rows - 1) / tiles::max_rows);
      const bool early = panel.prefetch_early && p == first;
      if (panel.kernel == 1)
        pixel_tile(panel, part, p, tile, early, lines_ahead);
      else
        conv_tile(panel, part, walk, tile, early, lines_ahead);
      if (tile.activation == Activation::elu) {
        for (int row = 0; row < tile.rows; ++row)
          elu_in_place(tile.result[static_cast<std::size_t>(row)], panel.y.c);
      }
    }
    tile.addend = nullptr;
  }
}

/// Numbers of transposed weights; what follows them begins on a cache line again.
template <class T>
constexpr Index transposed_size(int kernel, Index in, Index out) {
  constexpr Index line = 16;
  return simd::whole_packets<T>(in) * ((kernel * kernel * out + line - 1) / line * line);
}

/// The weights with rows and columns exchanged and taps reversed, panel after panel of input channels.
template <class T>
void transpose_weights(const Cpu& cpu, const T* weight, int kernel, const tiles::Panels<T>& panels, Index out,
                       T* to) {
  const Index in = panels.columns();
  const Index taps = kernel * kernel;
  cpu.parallel_for(taps * panels.count(), [&](Index task) {
    const Index panel = task / taps;
    const Index tap = task % taps;
    const Index stride = panels.vectors(panel) * simd::lanes<T>;
    const Index width = panels.width(panel);
    const T* from = weight + (tap * in + panels.first(panel)) * out;
    T* t = to + panels.first(panel) * taps * out + (taps - 1 - tap) * out * stride;
    for (Index c = 0; c < stride; c += simd::square<T>) {
      Index o = 0;
      if (c + simd::square<T> <= width) {
        for (; o + simd::square<T> <= out; o += simd::square<T>) {
          simd::transpose_square(from + c * out + o, out, t + o * stride + c, stride);
        }
      }
      for (; o < out; ++o) {
        for (Index i = c; i < c + simd::square<T>; ++i) {
          t[o * stride + i] = i < width ? from[i * out + o] : T{0};
        }
      }
    }
  });
}

inline constexpr Index gather_block = 256;

/// The pixels among [first, last) that have a neighbor at (dy, dx) in their image: offsets of the
/// neighbor in x and of the pixel in y. Returns how many.
template <class T>
Index neighbors(const Tensor<const T>& x, const Tensor<const T>& y, Index first, Index last, Index dy,
                Index dx, Index* x_offset, Index* y_offset) {
  Index count = 0;
  for (Index p = first; p < last;) {
    const Index row = p / x.w;
    const Index row_first = row * x.w;
    const Index row_last = std::min(row_first + x.w, last);
    const Index neighbor_row = row % x.h + dy;
    if (neighbor_row >= 0 && neighbor_row < x.h) {
      const Index from = std::max(p, row_first - std::min<Index>(dx, 0));
      const Index to = std::min(row_last, row_first + x.w - std::max<Index>(dx, 0));
      for (Index q = from; q < to; ++q, ++count) {
        x_offset[count] = (q + dy * x.w + dx) * x.stride;
        y_offset[count] = q * y.stride;
      }
    }
    p = row_last;
  }
  return count;
}

/// dweight += for one tap, input channels [c0, c1) and one panel of output channels, over all pixels.
template <class T>
void weights_block(const Tensor<const T>& x, const Tensor<const T>& dy, int kernel, int tap, Index c0,
                   Index c1, const tiles::Panels<T>& panels, Index panel, T* dweight) {
  const Index column = panels.first(panel);
  tiles::Tile<T> tile;
  tile.vectors = panels.vectors(panel);
  tile.last = panels.last(panel);
  tile.addend = nullptr;
  tile.activation = Activation::none;
  // Over the pixels that `steps` count from pixel p on.
  const auto add = [&](const auto& steps, Index p) {
    tiles::Segment<T> segment;
    segment.b = dy.pixel(p) + column;
    for (Index c = c0; c < c1; c += tile.rows) {
      tile.rows = tiles::next_rows(c1 - c);
      for (int i = 0; i < tiles::max_rows; ++i) {
        const Index channel = std::min(c + i, c1 - 1);
        segment.row[static_cast<std::size_t>(i)] = x.pixel(p) + channel;
        tile.result[static_cast<std::size_t>(i)] = dweight + (tap * x.c + channel) * dy.c + column;
      }
      tiles::compute(&segment, 1, steps, tile);
    }
  };
  const Index pixels = x.pixels();
  Index x_offset[gather_block];
  Index y_offset[gather_block];
  for (Index p = 0; p < pixels; p += gather_block) {
    const Index last = std::min(p + gather_block, pixels);
    if (kernel == 1) {  // every pixel meets itself
      add(tiles::StridedSteps{last - p, x.stride, dy.stride}, p);
      continue;
    }
    const Index count =
        neighbors(x, dy, p, last, tap / kernel - kernel / 2, tap % kernel - kernel / 2, x_offset, y_offset);
    if (count > 0) add(tiles::GatherSteps{count, x_offset, y_offset}, 0);
  }
}

/// dbias += for one panel of output channels.
template <class T>
void bias_block(const Tensor<const T>& dy, const tiles::Panels<T>& panels, Index panel, T* dbias) {
  const Index column = panels.first(panel);
  for (Index first = column; first < column + panels.width(panel); first += simd::lanes<T>) {
    const Index count = std::min(simd::lanes<T>, dy.c - first);
    simd::Packet<T> sum = simd::load_first(dbias + first, count);
    const T* from = dy.data + first;
    const Index pixels = dy.pixels();
    if (count == simd::lanes<T>) {
      for (Index p = 0; p < pixels; ++p) sum = simd::add<T>(sum, simd::load(from + p * dy.stride));
    } else {
      for (Index p = 0; p < pixels; ++p) {
        sum = simd::add<T>(sum, simd::load_first(from + p * dy.stride, count));
      }
    }
    simd::store_first(dbias + first, sum, count);
  }
}

}  // namespace densenf::kernels::detail
