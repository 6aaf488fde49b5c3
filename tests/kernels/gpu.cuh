#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "densenf/core/cpu.hpp"
#include "densenf/core/cuda.cuh"
#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/tensor.hpp"
#include "scratch.hpp"

// What tests of the GPU's kernels have in common: the same numbers here and there, and how far results are
// apart.
namespace densenf::testing {

inline const Cuda& gpu() {
  static const Cuda device({.host_visible = true});
  return device;
}

/// What results of the GPU are compared with.
inline const Cpu cpu(1);

/// How far apart sums of a few hundred numbers may be that were added in another order.
template <class T>
inline constexpr double tolerance = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());

template <class T>
std::vector<T> normal_numbers(Index count, unsigned seed, double scale = 1, double mean = 0) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(mean, scale);
  std::vector<T> x(static_cast<std::size_t>(count));
  for (T& v : x) v = static_cast<T>(normal(generator));
  return x;
}

template <class T>
Buffer<T, Cuda> on_gpu(const std::vector<T>& values) {
  Buffer<T, Cuda> buffer(gpu(), static_cast<Index>(values.size()));
  buffer.assign(values);
  return buffer;
}

/// A number of images, and how many numbers lie between their pixels.
struct Sizes {
  Index n;
  Shape shape;
  Index gap;
};

/// A batch of images in both places, with a gap between the pixels, whose numbers must stay as they are.
template <class T>
struct Images {
  Images(Index n, const Shape& s, Index gap, unsigned seed, double scale = 1, double mean = 0)
      : numbers(normal_numbers<T>(n * s.h * s.w * (s.c + gap), seed, scale, mean)),
        copies(on_gpu(numbers)),
        here{numbers.data(), n, s.h, s.w, s.c, s.c + gap},
        there{copies.data(), n, s.h, s.w, s.c, s.c + gap} {}

  std::vector<T> numbers;
  Buffer<T, Cuda> copies;
  Tensor<T> here, there;
};

/// The largest difference, in units of the largest number (or of 1, if that is more); infinite where only one
/// is NaN. Of other infinities both must be the same.
template <class T>
double apart(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return INFINITY;
  double difference = 0, size = 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (std::isfinite(x) && std::isfinite(y)) {
      difference = std::max(difference, std::abs(x - y));
      size = std::max({size, std::abs(x), std::abs(y)});
    } else if (x != y && !(std::isnan(x) && std::isnan(y))) {
      return INFINITY;
    }
  }
  return difference / size;
}
template <class T>
double apart(const std::vector<T>& a, const Buffer<T, Cuda>& b) {
  return apart(a, b.to_host());
}
/// All of it, gaps included.
template <class T>
double apart(const Images<T>& images) {
  return apart(images.numbers, images.copies);
}

}  // namespace densenf::testing
