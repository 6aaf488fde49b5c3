#pragma once

#include <algorithm>

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/cpu/simd.hpp"
#include "densenf/kernels/write.hpp"

// Numbers of some pixels side by side, so that packets are full where pixels have few channels, as rows of a
// table do.
namespace densenf::kernels::detail {

/// Channels [first, first + count) of `pixels` pixels from `pixel` on.
struct PixelRun {
  Index pixel, pixels, first, count;

  Index numbers() const { return pixels * count; }
};

/// The sum of numbers, of which the last may not fill a packet.
template <class T>
double sum_of_numbers(const T* from, Index count) {
  constexpr auto width = std::size_t{simd::lanes<T>};
  double totals[width] = {};
  for (Index i = 0; i < count; i += simd::lanes<T>) {
    alignas(64) T some[width];
    simd::store(some, simd::load_up_to(from + i, count - i));
    for (std::size_t lane = 0; lane < width; ++lane) totals[lane] += static_cast<double>(some[lane]);
  }
  // By halves: one number after the other would wait for each addition.
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) totals[lane] += totals[lane + half];
  }
  return totals[0];
}

/// Numbers of a run side by side, in packets: where they lie if they lie so, else copied. For each channel of
/// the run it is the channel `first` + `step` times its place there.
template <class T>
class RunNumbers {
public:
  static constexpr Index most = 64;

  const T* read(const Tensor<const T>& from, const PixelRun& run) { return read(from, run, run.first, 1); }
  const T* read(const Tensor<const T>& from, const PixelRun& run, Index first, Index step) {
    if (lies_so(from.stride, run, step)) return from.pixel(run.pixel) + first;
    T* to = room_;
    for (Index k = 0; k < run.pixels; ++k, to += run.count) {
      const T* const pixel = from.pixel(run.pixel + k) + first;
      if (step == 1) {
        for (Index i = 0; i < run.count; i += simd::lanes<T>)
          simd::store(to + i, simd::load_up_to(pixel + i, run.count - i));
      } else {
#pragma GCC unroll 8
        for (Index i = 0; i < run.count; ++i) to[i] = pixel[i * step];
      }
    }
    return room_;
  }

  /// Where to put numbers, before write() has them come to the tensor.
  T* prepare(Write write, const Tensor<T>& to, const PixelRun& run) {
    return prepare(write, to, run, run.first, 1);
  }
  T* prepare(Write write, const Tensor<T>& to, const PixelRun& run, Index first, Index step) {
    return write == Write::assign && lies_so(to.stride, run, step) ? to.pixel(run.pixel) + first : room_;
  }
  void write(Write write, const Tensor<T>& to, const PixelRun& run) const {
    this->write(write, to, run, run.first, 1);
  }
  void write(Write write, const Tensor<T>& to, const PixelRun& run, Index first, Index step) const {
    if (write == Write::assign && lies_so(to.stride, run, step)) return;
    const T* from = room_;
    for (Index k = 0; k < run.pixels; ++k, from += run.count) {
      T* const pixel = to.pixel(run.pixel + k) + first;
      if (step == 1) {
        for (Index i = 0; i < run.count; i += simd::lanes<T>) {
          simd::Packet<T> values = simd::load(from + i);
          if (write == Write::accumulate)
            values = simd::add<T>(values, simd::load_up_to(pixel + i, run.count - i));
          simd::store_up_to(pixel + i, values, run.count - i);
        }
      } else if (write == Write::assign) {
#pragma GCC unroll 8
        for (Index i = 0; i < run.count; ++i) pixel[i * step] = from[i];
      } else {
        for (Index i = 0; i < run.count; ++i) pixel[i * step] += from[i];
      }
    }
  }
  T* room() { return room_; }

private:
  /// Without gaps, and in whole packets, because what is behind them is not the run's.
  static bool lies_so(Index stride, const PixelRun& run, Index step) {
    return step == 1 && (run.pixels == 1 || stride == run.count) && run.numbers() % simd::lanes<T> == 0;
  }

  alignas(64) T room_[most + simd::lanes<T>] = {};
};

/// Calls f(first, last) in parallel for parts of the pixels of x, each of whose numbers costs as much as
/// `cost` additions.
template <class T, class F>
void in_parts_of_pixels(const Cpu& cpu, const Tensor<T>& x, Index cost, const F& f) {
  if (x.size() == 0) return;
  cpu.parallel_ranges(x.pixels(), std::max<Index>(1, task_size / (cost * x.c)), f);
}

/// Calls f(image, first, count) for each image that a run has pixels of, whose numbers in it are [first,
/// first + count).
template <class F>
void for_each_image_of(const PixelRun& run, Index per_image, const F& f) {
  for (Index k = 0; k < run.pixels;) {
    const Index image = (run.pixel + k) / per_image;
    const Index end = std::min(run.pixels, (image + 1) * per_image - run.pixel);
    f(image, k * run.count, (end - k) * run.count);
    k = end;
  }
}

/// Calls f(run) for the pixels in [first, last) at which `where` holds, each of whose `channels` is in one
/// run, and other(pixel) for the others. How an image is cut depends on the image alone if `first` begins
/// one: a run has pixels of one image, or as many whole images as it has room for.
template <class T, class Where, class F, class Other>
void for_each_run(const Where& where, Index per_image, Index first, Index last, Index channels, const F& f,
                  const Other& other) {
  constexpr Index most = RunNumbers<T>::most;
  const Index room = std::max<Index>(1, most / channels);
  const Index together = std::max<Index>(1, room / per_image) * per_image;  // from an image's first pixel on
  Index images_end = first / per_image * per_image + together;
  for (Index p = first; p < last;) {
    if (p >= images_end) images_end = p / per_image * per_image + together;
    if (!where(p)) {
      other(p++);
      continue;
    }
    const Index most_end = std::min({last, p + room, images_end});
    Index end = p + 1;
    while (end < most_end && where(end)) ++end;
    for (Index c = 0; c < channels; c += most) f(PixelRun{p, end - p, c, std::min(most, channels - c)});
    p = end;
  }
}

}  // namespace densenf::kernels::detail
