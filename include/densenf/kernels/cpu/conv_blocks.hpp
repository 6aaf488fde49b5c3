#pragma once

#include <algorithm>
#include <array>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/conv_panel.hpp"
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

/// Calls task(panel, block, worker) for all panels of columns and blocks of pixels. Neighbouring tasks, which
/// go to one thread, share a block of pixels, or else a panel of weights.
template <class Task>
void for_each_panel_and_block(const Cpu& cpu, Index panels, Index blocks, bool share_pixels,
                              const Task& task) {
  cpu.parallel_for_workers(panels * blocks, [&](Index i, int worker) {
    share_pixels ? task(i % panels, i / panels, worker) : task(i / blocks, i % blocks, worker);
  });
}

/// Cuts pixels and panels into tasks; calls task(panel, first pixel, last pixel, whether the same thread
/// comes to the next panel). No sum depends on the cut, so this one looks at the number of threads: as many
/// tasks for each, where there are enough.
template <class Task>
void for_each_block(const Cpu& cpu, Index pixels, Index panels, Index multiplications, const Task& task) {
  const Index threads = cpu.threads(), rows = tiles::max_rows, most = (pixels + rows - 1) / rows;
  const Index wanted =
      std::min((enough_tasks + panels - 1) / panels, multiplications / (panels * smallest_task));
  Index pieces = std::max((pixels + pixel_block - 1) / pixel_block, std::min(wanted, most));
  if (pieces > 1 || (panels % threads != 0 && multiplications >= threads * smallest_task))
    pieces = std::min((pieces + threads - 1) / threads * threads, most);
  const Index block = ((pixels + pieces - 1) / pieces + rows - 1) / rows * rows;
  const Index blocks = (pixels + block - 1) / block, tasks = panels * blocks;
  // Few pixels: each weight should go to one core, and that is where the results are wanted next.
  for_each_panel_and_block(cpu, panels, blocks, pixels > few_pixels, [&](Index panel, Index i, int) {
    const Index now = panel * blocks + i, then = now + blocks;
    const bool goes_on = then < tasks && cpu.share_of(now, tasks) == cpu.share_of(then, tasks);
    task(panel, i * block, std::min((i + 1) * block, pixels), goes_on);
  });
}

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
               bool ask_early) {
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
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, ask_early};
  tiles::compute(segments.data(), count, steps, tile);
}

/// The same where every pixel meets itself alone: the tile's pixels follow each other from `first` on.
template <class T>
void pixel_tile(const ConvPanel<T>& panel, const Depth& part, Index first, tiles::Tile<T>& tile,
                bool ask_early) {
  tiles::Segment<T> segment{panel.weight + part.channel_first * panel.weight_stride, {}};
  for (int i = 0; i < tiles::max_rows; ++i) {
    const Index pixel = first + std::min(i, tile.rows - 1);
    segment.row[static_cast<std::size_t>(i)] = panel.x.pixel(pixel) + part.channel_first;
    tile.result[static_cast<std::size_t>(i)] = panel.y.pixel(pixel);
  }
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, ask_early};
  tiles::compute(&segment, 1, steps, tile);
}

/// Asks for this tile's share of the weights of the panel that comes next, of those that pixels [first, last)
/// have among all pixels: all at once would make the first pixels wait.
template <class T>
void ask_for_next(const ConvPanel<T>& panel, Index first, Index last) {
  if (panel.next == 0) return;
  constexpr Index line = 64 / static_cast<Index>(sizeof(T));
  const Index rows = panel.x.c, pixels = panel.x.pixels();
  for (Index row = rows * first / pixels; row < rows * last / pixels; ++row) {
    const T* const weights = panel.weight + row * panel.weight_stride + panel.next;
    for (Index c = 0; c < panel.vectors * simd::lanes<T>; c += line) simd::prefetch_second_level(weights + c);
  }
}

/// Pixels [first, last) of the walk, or in their own order if the kernel is one pixel.
template <class T>
void conv_block(const ConvPanel<T>& panel, Index first, Index last) {
  // Whole taps at a time if channels are few, parts of one tap if they are many; equal parts.
  const Index channels = panel.x.c;
  const int taps = panel.kernel * panel.kernel;
  const Index parts = std::max<Index>(1, (channels + depth_block - 1) / depth_block);
  const Index depth = std::max<Index>(1, (channels + parts - 1) / parts);
  const Index groups =
      parts > 1 ? taps : std::max<Index>(1, (taps * channels + depth_block - 1) / depth_block);
  const int group = static_cast<int>((taps + groups - 1) / groups);

  tiles::Tile<T> tile;
  tile.vectors = panel.vectors;
  tile.last = panel.last;
  tile.addend = panel.write == Write::accumulate ? nullptr
                : panel.bias != nullptr          ? panel.bias
                                                 : tiles::zeros<T>;
  for (int tap = 0; tap < taps; tap += group) {
    for (Index channel = 0; channel == 0 || channel < channels; channel += depth) {
      const Depth part{tap, std::min(tap + group, taps), channel, std::min(channel + depth, channels)};
      const bool ends = part.tap_last == taps && part.channel_last == channels;
      tile.activation = ends ? panel.activation : Activation::none;
      PixelWalk walk(panel.x.n, panel.x.h, panel.x.w, first);
      for (Index p = first; p < last; p += tile.rows) {
        tile.rows = tiles::next_rows(last - p);
        if (panel.kernel == 1) {
          if (ends) ask_for_next(panel, p, p + tile.rows);
          pixel_tile(panel, part, p, tile, panel.ask_early && p == first);
        } else {
          conv_tile(panel, part, walk, tile, panel.ask_early && p == first);
        }
      }
      tile.addend = nullptr;
    }
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

/// The pixels among [first, last) that have a neighbour at (dy, dx) in their image: offsets of the
/// neighbour in x and of the pixel in y. Returns how many.
template <class T>
Index neighbours(const Tensor<const T>& x, const Tensor<const T>& y, Index first, Index last, Index dy,
                 Index dx, Index* x_offset, Index* y_offset) {
  Index count = 0;
  for (Index p = first; p < last;) {
    const Index row = p / x.w;
    const Index row_first = row * x.w;
    const Index row_last = std::min(row_first + x.w, last);
    const Index neighbour_row = row % x.h + dy;
    if (neighbour_row >= 0 && neighbour_row < x.h) {
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
  const Index ky = tap / kernel - kernel / 2;
  const Index kx = tap % kernel - kernel / 2;
  const Index column = panels.first(panel);
  Index x_offset[gather_block];
  Index y_offset[gather_block];
  tiles::Tile<T> tile;
  tile.vectors = panels.vectors(panel);
  tile.last = panels.last(panel);
  tile.addend = nullptr;
  tile.activation = Activation::none;
  const Index pixels = x.pixels();
  for (Index p = 0; p < pixels; p += gather_block) {
    const tiles::GatherSteps steps{
        neighbours(x, dy, p, std::min(p + gather_block, pixels), ky, kx, x_offset, y_offset), x_offset,
        y_offset};
    if (steps.count == 0) continue;
    tiles::Segment<T> segment;
    segment.b = dy.data + column;
    for (Index c = c0; c < c1; c += tile.rows) {
      tile.rows = tiles::next_rows(c1 - c);
      for (int i = 0; i < tiles::max_rows; ++i) {
        const Index channel = std::min(c + i, c1 - 1);
        segment.row[static_cast<std::size_t>(i)] = x.data + channel;
        tile.result[static_cast<std::size_t>(i)] = dweight + (tap * x.c + channel) * dy.c + column;
      }
      tiles::compute(&segment, 1, steps, tile);
    }
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
