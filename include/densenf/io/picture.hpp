#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf {

struct Color {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  constexpr bool operator==(const Color&) const = default;
};

inline constexpr Color black{0, 0, 0};
inline constexpr Color white{255, 255, 255};

/// A picture to look at: rows from top to bottom, three bytes (red, green, blue) per pixel.
struct Picture {
  static constexpr Index most =
      1'000'000;  ///< pixels along one side, which is what PNG readers take by default

  Index width = 0;
  Index height = 0;
  std::vector<std::uint8_t> rgb;

  Picture() = default;

  /// A picture of one color. Throws ArgumentError unless both extents lie in [1, 1000000].
  Picture(Index picture_width, Index picture_height, Color color)
      : width(picture_width), height(picture_height) {
    if (width < 1 || height < 1 || width > most || height > most) {
      throw ArgumentError("A picture needs extents from 1 to {}, not {} x {}.", most, width, height);
    }
    rgb.resize(static_cast<std::size_t>(3 * width * height));
    for (Index y = 0; y < height; ++y) {
      for (Index x = 0; x < width; ++x) set(x, y, color);
    }
  }

  std::uint8_t* pixel(Index x, Index y) { return rgb.data() + 3 * (y * width + x); }
  const std::uint8_t* pixel(Index x, Index y) const { return rgb.data() + 3 * (y * width + x); }

  void set(Index x, Index y, Color color) {
    std::uint8_t* p = pixel(x, y);
    p[0] = color.r;
    p[1] = color.g;
    p[2] = color.b;
  }
  Color at(Index x, Index y) const {
    const std::uint8_t* p = pixel(x, y);
    return {p[0], p[1], p[2]};
  }
};

struct GridOptions {
  Index columns = 0;        ///< images per row; 0 makes the grid as square as it can be
  Index magnification = 1;  ///< every value becomes a square of this many pixels a side
  Index padding = 2;        ///< pixels around each image
  Color background = white;
};

/// Images side by side in rows. `values`: N x C x H x W, C 1 (gray) or 3 (red, green, blue), each value
/// in [0, levels), drawn from black to full brightness. Cells without an image stay background. Throws
/// ShapeError when `values` is not a whole number of images, ArgumentError for the rest.
inline Picture image_grid(std::span<const std::uint8_t> values, const Shape& shape, int levels = 256,
                          const GridOptions& options = {}) {
  const Index size = value_count("A grid", 1, shape);
  if (shape.c != 1 && shape.c != 3) shape_mismatch("A picture is drawn from 1 or 3 channels.", shape);
  const auto total = static_cast<Index>(values.size());
  if (total == 0 || total % size != 0) {
    throw ShapeError("{} values are not one or more whole images of {} (channels x height x width).", total,
                     to_string(shape));
  }
  if (levels < 2 || levels > 256) throw ArgumentError("Images have from 2 to 256 levels, not {}.", levels);
  // All of them within what a picture can have, so that no product overflows.
  if (options.columns < 0 || options.magnification < 1 || options.padding < 0 ||
      options.columns > Picture::most || options.magnification > Picture::most ||
      options.padding > Picture::most || shape.h > Picture::most || shape.w > Picture::most) {
    throw ArgumentError("An image grid of {} columns, magnification {} and padding {} cannot be drawn.",
                        options.columns, options.magnification, options.padding);
  }
  const Index count = total / size;
  Index columns = options.columns;
  while (options.columns == 0 && columns * columns < count) ++columns;
  const Index rows = (count + columns - 1) / columns;
  const Index step_x = shape.w * options.magnification + options.padding;
  const Index step_y = shape.h * options.magnification + options.padding;
  Picture picture(columns * step_x + options.padding, rows * step_y + options.padding, options.background);

  const auto brightness = [&](Index at) {
    const int value = values[static_cast<std::size_t>(at)];
    if (value >= levels) {
      throw ArgumentError("Value {} of image {} is not below the {} levels to draw.", value, at / size,
                          levels);
    }
    return static_cast<std::uint8_t>((value * 255 + (levels - 1) / 2) / (levels - 1));
  };
  const Index plane = shape.pixels();
  for (Index i = 0; i < count; ++i) {
    const Index left = i % columns * step_x + options.padding;
    const Index top = i / columns * step_y + options.padding;
    for (Index p = 0; p < plane; ++p) {
      const Index first = i * size + p;
      const std::uint8_t red = brightness(first);
      const Color color = shape.c == 1 ? Color{red, red, red}
                                       : Color{red, brightness(first + plane), brightness(first + 2 * plane)};
      const Index x = left + p % shape.w * options.magnification;
      const Index y = top + p / shape.w * options.magnification;
      for (Index dy = 0; dy < options.magnification; ++dy) {
        for (Index dx = 0; dx < options.magnification; ++dx) picture.set(x + dx, y + dy, color);
      }
    }
  }
  return picture;
}

}  // namespace densenf
