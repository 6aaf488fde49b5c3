#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf {

/// The class of an image: a number from 0. Files have one byte for it; this type is wide enough for every
/// set's classes, and is what rows of an embedding are looked up with.
using Label = std::int32_t;

/// A set of images in memory, N x C x H x W bytes as image files have them (channels first).
struct Images {
  Shape shape;                       ///< of one image
  Index count = 0;                   ///< how many there are
  int levels = 256;                  ///< every value is in [0, levels)
  std::vector<std::uint8_t> values;  ///< count * shape.size() of them
  std::vector<Label> labels = {};    ///< the class of each image; empty where none is known

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

  /// A copy of images [first, first + how_many) and of their labels. Throws as `images` does, and ShapeError
  /// unless there is a label for each image of the set, or none.
  Images part(Index first, Index how_many) const;
};

/// Throws ShapeError unless a set of `count` images has a label for each of them, or none.
inline void require_labels(Index count, std::size_t labels) {
  if (labels > 0 && std::cmp_not_equal(labels, count)) {
    throw ShapeError("A set of {} images needs a label for each of them, or none, but has {}.", count,
                     labels);
  }
}
inline void require_labels(const Images& set) { require_labels(set.count, set.labels.size()); }

namespace detail {
/// Throws ArgumentError unless it is a number of classes, or 0 for any number of them.
inline void require_classes(Label classes) {
  if (classes < 0) throw ArgumentError("The number of classes must be 0 (any) or more, not {}.", classes);
}
}  // namespace detail

inline Images Images::part(Index first, Index how_many) const {
  const auto chosen = images(first, how_many);
  require_labels(*this);
  Images copy{shape, how_many, levels, {chosen.begin(), chosen.end()}};
  if (!labels.empty()) copy.labels.assign(labels.begin() + first, labels.begin() + first + how_many);
  return copy;
}

}  // namespace densenf
