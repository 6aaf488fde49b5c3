#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf {

/// A set of images in memory, N x C x H x W bytes as image files have them (channels first).
struct Images {
  Shape shape;                       ///< of one image
  Index count = 0;                   ///< how many there are
  int levels = 256;                  ///< every value is in [0, levels)
  std::vector<std::uint8_t> values;  ///< count * shape.size() of them

  /// One image, C x H x W. Throws ArgumentError unless 0 <= i < count.
  std::span<const std::uint8_t> image(Index i) const { return images(i, 1); }

  /// Images [first, first + how_many). Throws ArgumentError unless all of them exist, ShapeError unless there
  /// are as many values as count and shape need.
  std::span<const std::uint8_t> images(Index first, Index how_many) const {
    require_images(first, how_many, count);
    require_values("A set", count, shape, values.size());
    const auto size = static_cast<std::size_t>(shape.size());
    return std::span(values).subspan(static_cast<std::size_t>(first) * size,
                                     static_cast<std::size_t>(how_many) * size);
  }
};

}  // namespace densenf
