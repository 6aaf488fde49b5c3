#pragma once

#include <cmath>

#include "densenf/core/batch.hpp"

namespace architectures {

/// The correlation of pixels with their neighbors to the right and below, in the same channel: near 1 in
/// photographs, 0 in noise. 0 for images of one value.
inline double correlation_of_neighbors(const densenf::Batch<std::uint8_t>& images) {
  using densenf::Index;
  double count = 0, sum_a = 0, sum_b = 0, sum_aa = 0, sum_bb = 0, sum_ab = 0;
  const auto add = [&](double a, double b) {
    ++count;
    sum_a += a;
    sum_b += b;
    sum_aa += a * a;
    sum_bb += b * b;
    sum_ab += a * b;
  };
  const Index h = images.shape.h, w = images.shape.w;
  for (Index plane = 0; plane < images.count * images.shape.c; ++plane) {
    const std::uint8_t* p = images.values.data() + plane * h * w;
    for (Index y = 0; y < h; ++y) {
      for (Index x = 0; x < w; ++x) {
        if (x + 1 < w) add(p[y * w + x], p[y * w + x + 1]);
        if (y + 1 < h) add(p[y * w + x], p[(y + 1) * w + x]);
      }
    }
  }
  const double variance_a = sum_aa - sum_a * sum_a / count, variance_b = sum_bb - sum_b * sum_b / count;
  if (!(variance_a > 0 && variance_b > 0)) return 0;
  return (sum_ab - sum_a * sum_b / count) / std::sqrt(variance_a * variance_b);
}

}  // namespace architectures
