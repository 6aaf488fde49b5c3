#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "densenf/core/batch.hpp"

namespace densenf_test {

using densenf::Batch, densenf::Index, densenf::Shape;

/// All 0, all 255, a checkerboard of both, and noise, 32 rows high.
inline Batch<std::uint8_t> extreme_images() {
  const Shape shape{3, 32, 8};
  Batch<std::uint8_t> x{shape, 4, {}};
  std::uint32_t random = 1;
  for (Index i = 0; i < 4 * shape.size(); ++i) {
    const Index image = i / shape.size(), row = i / shape.w % shape.h, column = i % shape.w;
    random = random * 1664525u + 1013904223u;
    const std::uint8_t values[] = {0, 255, static_cast<std::uint8_t>((row + column) % 2 * 255),
                                   static_cast<std::uint8_t>(random >> 24)};
    x.values.push_back(values[image]);
  }
  return x;
}

/// The largest error of decode(encode(x)), in gray levels.
template <class FlowType>
double coding_error(FlowType& flow, const Batch<std::uint8_t>& x) {
  const auto back = flow.decode(flow.encode(x));
  double worst = 0;
  for (std::size_t i = 0; i < back.values.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(back.values[i]) - x.values[i]));
  return worst;
}

}  // namespace densenf_test
