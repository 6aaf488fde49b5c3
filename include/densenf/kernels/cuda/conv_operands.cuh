#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "densenf/core/tensor.hpp"

// The factors of a convolution as matrices, which blocks read tile by tile. A product is rows times columns,
// summed over a depth that is walked in steps; a class below is one factor's 64 rows (or columns) of one
// step, of which every thread reads some groups of four neighboring numbers. Whatever lies outside is zero.
namespace densenf::kernels::detail {

/// Rows and columns of a block's tile of results, and threads of a block.
inline constexpr int tile_side = 64, product_threads = 128;

/// Four numbers that are neighbors in memory.
template <class T>
struct Quad {
  T v[4];
};

/// What a thread can read at once, where it is aligned.
template <class T>
struct alignas(16) Packet {
  static constexpr int size = 16 / sizeof(T);
  T v[size];
};

/// The first `count` of the four numbers at p, and zeros. `aligned`: p is a multiple of 16 bytes.
template <class T>
__device__ inline Quad<T> load_quad(const T* p, std::int32_t count, bool aligned) {
  Quad<T> q{};
  if (count >= 4 && aligned) {
    constexpr int size = Packet<T>::size;
    for (int i = 0; i < 4 / size; ++i) {
      const Packet<T> part = *reinterpret_cast<const Packet<T>*>(p + i * size);
      for (int j = 0; j < size; ++j) q.v[i * size + j] = part.v[j];
    }
  } else {
    for (int i = 0; i < 4; ++i) {
      if (i < count) q.v[i] = p[i];
    }
  }
  return q;
}

/// Stores the first `count` of four numbers at p.
template <class T>
__device__ inline void store_quad(T* p, std::int32_t count, bool aligned, const Quad<T>& q) {
  if (count >= 4 && aligned) {
    constexpr int size = Packet<T>::size;
    for (int i = 0; i < 4 / size; ++i) {
      Packet<T> part;
      for (int j = 0; j < size; ++j) part.v[j] = q.v[i * size + j];
      *reinterpret_cast<Packet<T>*>(p + i * size) = part;
    }
  } else {
    for (int i = 0; i < 4; ++i) {
      if (i < count) p[i] = q.v[i];
    }
  }
}

/// Whether vectors may be read or written at all pixels of a view.
template <class T>
bool packets_fit(const T* data, Index stride) {
  return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 &&
         static_cast<std::size_t>(stride) * sizeof(T) % 16 == 0;
}

/// How threads share a tile of `depth` by 64 numbers whose neighbors lie along the depth.
template <int depth>
struct AlongDepth {
  static constexpr bool along_depth = true;
  static constexpr int quads = depth * tile_side / (4 * product_threads);
  static __device__ std::int32_t depth_of(int) {
    return static_cast<std::int32_t>(threadIdx.x % (depth / 4) * 4);
  }
  static __device__ std::int32_t place_of(int i) {
    return static_cast<std::int32_t>(threadIdx.x / (depth / 4)) + i * (product_threads * 4 / depth);
  }
};

/// The same where neighbors lie along the rows or columns.
template <int depth>
struct AcrossDepth {
  static constexpr bool along_depth = false;
  static constexpr int quads = depth * tile_side / (4 * product_threads);
  static __device__ std::int32_t depth_of(int i) {
    return static_cast<std::int32_t>(threadIdx.x / (tile_side / 4)) + i * (product_threads * 4 / tile_side);
  }
  static __device__ std::int32_t place_of(int) {
    return static_cast<std::int32_t>(threadIdx.x % (tile_side / 4) * 4);
  }
};

/// A batch of images for kernels.
template <class T>
struct PixelSource {
  const T* data;
  Index stride;
  std::int32_t pixels, h, w, channels;
  std::int32_t kernel;  ///< 1 or 3: whose taps are visited
  bool aligned;
};

/// Rows are pixels; depth is the channels of the pixel one tap away, tap after tap.
template <class T, int depth>
class ShiftedRows : public AlongDepth<depth> {
  using Share = AlongDepth<depth>;

public:
  using Source = PixelSource<T>;

  __device__ ShiftedRows(const Source& s, std::int32_t first, std::int32_t, std::int32_t step) : s_(s) {
    const std::int32_t steps_per_tap = (s.channels + depth - 1) / depth;
    tap_ = step / steps_per_tap;
    channel_ = step % steps_per_tap * depth;
    for (int i = 0; i < Share::quads; ++i) {
      const std::int32_t row = first + Share::place_of(i);
      at_[i] = s.data + static_cast<Index>(row) * s.stride;
      inside_[i] = row < s.pixels ? taps_inside(row) : 0;
    }
  }

  /// Reads this thread's share of a step, and goes on to the next.
  __device__ void read(Quad<T> (&to)[Share::quads]) {
    const std::int32_t dy = tap_ / s_.kernel - s_.kernel / 2, dx = tap_ % s_.kernel - s_.kernel / 2;
    const std::int32_t channel = channel_ + Share::depth_of(0);
    const Index shift = static_cast<Index>(dy * s_.w + dx) * s_.stride + channel;
    for (int i = 0; i < Share::quads; ++i) {
      const bool inside = (inside_[i] >> tap_ & 1u) != 0;
      to[i] = load_quad(at_[i] + shift, inside ? s_.channels - channel : 0, s_.aligned);
    }
    channel_ += depth;
    if (channel_ >= s_.channels) {
      channel_ = 0;
      ++tap_;
    }
  }

private:
  /// One bit for each tap at which a pixel's neighbor lies in its image.
  __device__ std::uint32_t taps_inside(std::int32_t pixel) const {
    const std::int32_t x = pixel % s_.w, y = pixel / s_.w % s_.h;
    std::uint32_t bits = 0;
    for (std::int32_t tap = 0; tap < s_.kernel * s_.kernel; ++tap) {
      const std::int32_t a = y + tap / s_.kernel - s_.kernel / 2, b = x + tap % s_.kernel - s_.kernel / 2;
      if (a >= 0 && a < s_.h && b >= 0 && b < s_.w) bits |= 1u << tap;
    }
    return bits;
  }

  Source s_;
  const T* at_[Share::quads];
  std::uint32_t inside_[Share::quads];
  std::int32_t tap_, channel_;
};

/// A convolution's weights [taps][in][out] for kernels.
template <class T>
struct WeightSource {
  const T* weight;
  std::int32_t taps, in, out;
  bool aligned;
};

/// Columns are output channels; depth is the input channels, tap after tap.
template <class T, int depth>
class WeightColumns : public AcrossDepth<depth> {
  using Share = AcrossDepth<depth>;

public:
  using Source = WeightSource<T>;

  __device__ WeightColumns(const Source& s, std::int32_t first, std::int32_t, std::int32_t step) : s_(s) {
    const std::int32_t steps_per_tap = (s.in + depth - 1) / depth;
    tap_ = step / steps_per_tap;
    channel_ = step % steps_per_tap * depth;
    column_ = first + Share::place_of(0);
  }

  __device__ void read(Quad<T> (&to)[Share::quads]) {
    for (int i = 0; i < Share::quads; ++i) {
      const std::int32_t c = channel_ + Share::depth_of(i);
      const T* p = s_.weight + static_cast<Index>(tap_ * s_.in + c) * s_.out + column_;
      to[i] = load_quad(p, c < s_.in ? s_.out - column_ : 0, s_.aligned);
    }
    channel_ += depth;
    if (channel_ >= s_.in) {
      channel_ = 0;
      ++tap_;
    }
  }

private:
  Source s_;
  std::int32_t tap_, channel_, column_;
};

/// Columns are input channels; depth is the output channels, the last tap first: a gradient goes back to
/// where its pixel's neighbors came from.
template <class T, int depth>
class TransposedWeights : public AlongDepth<depth> {
  using Share = AlongDepth<depth>;

public:
  using Source = WeightSource<T>;

  __device__ TransposedWeights(const Source& s, std::int32_t first, std::int32_t, std::int32_t step)
      : s_(s), first_(first) {
    const std::int32_t steps_per_tap = (s.out + depth - 1) / depth;
    tap_ = s.taps - 1 - step / steps_per_tap;
    channel_ = step % steps_per_tap * depth;
  }

  __device__ void read(Quad<T> (&to)[Share::quads]) {
    const std::int32_t channel = channel_ + Share::depth_of(0);
    for (int i = 0; i < Share::quads; ++i) {
      const std::int32_t column = first_ + Share::place_of(i);
      const T* p = s_.weight + static_cast<Index>(tap_ * s_.in + column) * s_.out + channel;
      to[i] = load_quad(p, column < s_.in ? s_.out - channel : 0, s_.aligned);
    }
    channel_ += depth;
    if (channel_ >= s_.out) {
      channel_ = 0;
      --tap_;
    }
  }

private:
  Source s_;
  std::int32_t first_, tap_, channel_;
};

/// Rows (or columns) are channels; depth is the pixels. What a pixel contributes lies one tap away from it,
/// the same for the whole tile; with a 1x1 kernel, it is always the pixel itself.
template <class T, int depth>
class ShiftedDepth : public AcrossDepth<depth> {
  using Share = AcrossDepth<depth>;

public:
  using Source = PixelSource<T>;

  __device__ ShiftedDepth(const Source& s, std::int32_t first, std::int32_t tap, std::int32_t step)
      : s_(s),
        dy_(tap / s.kernel % s.kernel - s.kernel / 2),
        dx_(tap % s.kernel - s.kernel / 2),
        step_y_(depth / s.w % s.h),
        step_x_(depth % s.w) {
    const std::int32_t channel = first + Share::place_of(0);
    left_ = s.channels - channel;
    pixel_ = step * depth + Share::depth_of(0);
    at_ = s.data + (static_cast<Index>(pixel_) + dy_ * s.w + dx_) * s.stride + channel;
    for (int i = 0; i < Share::quads; ++i) {
      const std::int32_t pixel = step * depth + Share::depth_of(i);
      x_[i] = pixel % s.w;
      y_[i] = pixel / s.w % s.h;
    }
  }

  __device__ void read(Quad<T> (&to)[Share::quads]) {
    for (int i = 0; i < Share::quads; ++i) {
      const std::int32_t ahead = Share::depth_of(i) - Share::depth_of(0);
      const std::int32_t a = y_[i] + dy_, b = x_[i] + dx_;
      const bool inside = pixel_ + ahead < s_.pixels && a >= 0 && a < s_.h && b >= 0 && b < s_.w;
      to[i] = load_quad(at_ + ahead * s_.stride, inside ? left_ : 0, s_.aligned);
      // `depth` pixels on, without a division.
      x_[i] += step_x_;
      y_[i] += step_y_;
      if (x_[i] >= s_.w) {
        x_[i] -= s_.w;
        ++y_[i];
      }
      if (y_[i] >= s_.h) y_[i] -= s_.h;
    }
    pixel_ += depth;
    at_ += depth * s_.stride;
  }

private:
  Source s_;
  std::int32_t dy_, dx_, step_y_, step_x_, left_, pixel_;
  const T* at_;
  std::int32_t x_[Share::quads], y_[Share::quads];
};

}  // namespace densenf::kernels::detail
