#pragma once

#include <cstddef>
#include <vector>

#include "densenf/core/tensor.hpp"

// Batches for tests of the CPU's kernels.
namespace strided {

using namespace densenf;

template <class T>
std::vector<T> ramp(Index count) {
  std::vector<T> x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i % 19) / 8 - 1;
  return x;
}

/// A batch of images with gaps between the pixels, which must stay as they are.
template <class T>
struct Strided {
  Strided(Index n, const Shape& s, Index gap)
      : numbers(ramp<T>(n * s.h * s.w * (s.c + gap))), view{numbers.data(), n, s.h, s.w, s.c, s.c + gap} {}
  std::vector<T> numbers;
  Tensor<T> view;
};

}  // namespace strided
