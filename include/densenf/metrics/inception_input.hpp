#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "densenf/io/picture.hpp"

namespace densenf {

/// Pixels along a side of what the Inception network of 2015 looks at.
inline constexpr Index inception_side = 299;

namespace detail {

/// Along one axis: the two pixels between which a pixel of the scaled picture lies, and how far behind the
/// first.
struct Between {
  Index first = 0;
  Index second = 0;
  float behind = 0;  ///< in [0, 1)
};

/// Of `to` pixels made of `from`. Pixel i lies at i * from / to, so that first pixels lie on each other and
/// the last is beyond the picture's; what is between is not averaged when a picture becomes smaller. All of
/// it in single precision, as in TensorFlow.
inline std::vector<Between> between_pixels(Index from, Index to) {
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  std::vector<Between> all;
  for (Index i = 0; i < to; ++i) {
    const float at = static_cast<float>(i) * scale;
    const Index first = std::min(static_cast<Index>(at), from - 1);
    all.push_back({first, std::min(first + 1, from - 1), at - static_cast<float>(first)});
  }
  return all;
}

}  // namespace detail

/// Writes a picture as the first nodes of the Inception network of 2015 make of it: scaled to side x side
/// pixels by TensorFlow's ResizeBilinear of that time (align_corners false, no antialiasing, whatever the
/// picture's ratio of width to height), then (value - 128) / 128; red, green and blue one after the other.
/// Another scaling changes FID by more than models differ: these pixels lie where that network's were when
/// the published statistics were made. Throws ShapeError unless `out` has 3 x side x side numbers,
/// ArgumentError when the picture is empty.
inline void inception_input(const Picture& picture, std::span<float> out, Index side = inception_side) {
  require_values("An input of the network", 1, Shape{3, side, side}, out.size());
  if (picture.width < 1 || picture.height < 1 ||
      std::ssize(picture.rgb) != 3 * picture.width * picture.height)
    throw ArgumentError("A picture of {} x {} with {} values cannot be scaled.", picture.width,
                        picture.height, picture.rgb.size());
  const std::vector<detail::Between> columns = detail::between_pixels(picture.width, side);
  const std::vector<detail::Between> rows = detail::between_pixels(picture.height, side);
  const auto plane = static_cast<std::size_t>(side * side);
  std::size_t at = 0;
  for (const detail::Between& y : rows) {
    for (const detail::Between& x : columns) {
      const std::uint8_t* const corners[2][2] = {
          {picture.pixel(x.first, y.first), picture.pixel(x.second, y.first)},
          {picture.pixel(x.first, y.second), picture.pixel(x.second, y.second)}};
      for (std::size_t c = 0; c < 3; ++c) {
        const auto along = [&](const std::uint8_t* const(&pair)[2]) {
          const float left = pair[0][c], right = pair[1][c];
          return left + (right - left) * x.behind;
        };
        const float top = along(corners[0]), bottom = along(corners[1]);
        out[c * plane + at] = (top + (bottom - top) * y.behind - 128) / 128;
      }
      ++at;
    }
  }
}

}  // namespace densenf
