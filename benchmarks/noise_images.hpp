#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "densenf/core/batch.hpp"

namespace bench {

using namespace densenf;

/// Images of noise; the time does not depend on what they show.
inline Batch<std::uint8_t> noise_images(const Shape& shape, Index count) {
  Batch<std::uint8_t> images{shape, count,
                             std::vector<std::uint8_t>(static_cast<std::size_t>(count * shape.size()))};
  std::uint32_t state = 1;
  for (std::uint8_t& v : images.values)
    v = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return images;
}

}  // namespace bench
