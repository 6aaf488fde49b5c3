#pragma once

#include <algorithm>
#include <cstdint>

#include "densenf/data/images.hpp"

// Images of another height and width, with the old ones in their middle: 28 x 28 becomes 32 x 32 for models
// whose pieces halve the extents again and again. Labels stay what they are.
namespace densenf {

namespace detail {

/// Copies what two sets of images have in common when their middles lie on each other; where the difference
/// of an extent is odd, the larger has its additional row at the bottom and its additional column at the
/// right.
inline void copy_middle(const Images& from, Images& to) {
  // How far the first common row or column lies from the edge of the larger image.
  const auto inset = [](Index larger, Index smaller) { return std::max<Index>(0, (larger - smaller) / 2); };
  const Index from_y = inset(from.shape.h, to.shape.h), to_y = inset(to.shape.h, from.shape.h);
  const Index from_x = inset(from.shape.w, to.shape.w), to_x = inset(to.shape.w, from.shape.w);
  const Index height = std::min(from.shape.h, to.shape.h), width = std::min(from.shape.w, to.shape.w);
  for (Index plane = 0; plane < from.count * from.shape.c; ++plane) {
    for (Index y = 0; y < height; ++y) {
      const auto* row = from.values.data() + (plane * from.shape.h + from_y + y) * from.shape.w + from_x;
      std::copy(row, row + width, to.values.data() + (plane * to.shape.h + to_y + y) * to.shape.w + to_x);
    }
  }
}

}  // namespace detail

/// The images with a border of `value` that makes them h x w pixels; they lie in the middle, and one row more
/// is below or one column more to the right of them where the border cannot be even. Throws ShapeError when
/// an extent is smaller than the images' own, or values or labels are not as many as the images need,
/// ArgumentError unless `value` is one of their levels.
inline Images pad(const Images& images, Index h, Index w, std::uint8_t value = 0) {
  require_values("A set", images.count, images.shape, images.values.size());
  require_labels(images);
  if (h < images.shape.h || w < images.shape.w) {
    throw ShapeError("Images of {} cannot be padded to {} x {} pixels: use crop to make them smaller.",
                     to_string(images.shape), h, w);
  }
  if (value >= images.levels)
    throw ArgumentError("Images of {} levels cannot have a border of {}.", images.levels, value);
  const Shape shape{images.shape.c, h, w};
  const auto size = static_cast<std::size_t>(value_count("A padded set", images.count, shape));
  Images padded{shape, images.count, images.levels, std::vector<std::uint8_t>(size, value), images.labels};
  detail::copy_middle(images, padded);
  return padded;
}

/// The middle of the images, h x w pixels; of a border that is not even, one row more below or one column
/// more to the right is left out, so that `crop` gives back what `pad` has got. Throws ShapeError when an
/// extent is not at least 1 or is larger than the images' own.
inline Images crop(const Images& images, Index h, Index w) {
  require_values("A set", images.count, images.shape, images.values.size());
  require_labels(images);
  if (h > images.shape.h || w > images.shape.w) {
    throw ShapeError("Images of {} cannot be cropped to {} x {} pixels: use pad to make them larger.",
                     to_string(images.shape), h, w);
  }
  const Shape shape{images.shape.c, h, w};
  const auto size = static_cast<std::size_t>(value_count("A cropped set", images.count, shape));
  Images cropped{shape, images.count, images.levels, std::vector<std::uint8_t>(size), images.labels};
  detail::copy_middle(images, cropped);
  return cropped;
}

}  // namespace densenf
