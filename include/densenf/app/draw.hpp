#pragma once

// The font's functions are static, and a user of this header may not need them all.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_easy_font.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "densenf/io/picture.hpp"

// Drawing into a Picture: rectangles, lines, text. What lies outside the picture is cut off.
namespace densenf::app {

/// A point in pixels, from the left and from the top; pixel (x, y) has its center at (x + 0.5, y + 0.5).
struct Point {
  double x = 0;
  double y = 0;
};

/// Mixes `color` into a pixel of the picture; `opacity` from 0 (nothing) to 1 (all).
inline void blend(Picture& picture, Index x, Index y, Color color, double opacity) {
  std::uint8_t* p = picture.pixel(x, y);
  const auto mix = [opacity](std::uint8_t under, std::uint8_t over) {
    return static_cast<std::uint8_t>(std::lround(under + opacity * (over - under)));
  };
  p[0] = mix(p[0], color.r);
  p[1] = mix(p[1], color.g);
  p[2] = mix(p[2], color.b);
}

/// Fills the pixels [x, x + width) x [y, y + height).
inline void fill_rectangle(Picture& picture, Index x, Index y, Index width, Index height, Color color,
                           double opacity = 1) {
  for (Index row = std::max<Index>(y, 0); row < std::min(y + height, picture.height); ++row) {
    for (Index column = std::max<Index>(x, 0); column < std::min(x + width, picture.width); ++column) {
      blend(picture, column, row, color, opacity);
    }
  }
}

/// Collects smooth-edged strokes and mixes them in at once, so that where they meet or cross the color
/// is not laid on twice.
class Strokes {
public:
  /// `width` in pixels.
  Strokes(Picture& picture, double width)
      : picture_(picture),
        radius_(width / 2),
        cover_(static_cast<std::size_t>(picture.width * picture.height)) {}

  /// A stroke with round ends; a dot where both are the same point. Throws ArgumentError unless both are
  /// finite.
  void line(Point a, Point b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length2 = dx * dx + dy * dy;
    if (!std::isfinite(length2) || !std::isfinite(a.x + a.y)) {
      throw ArgumentError("A line from ({}, {}) to ({}, {}) cannot be drawn.", a.x, a.y, b.x, b.y);
    }
    const double margin = radius_ + 1;
    const Index left = within(std::min(a.x, b.x) - margin, picture_.width);
    const Index right = within(std::max(a.x, b.x) + margin + 1, picture_.width);
    const Index bottom = within(std::max(a.y, b.y) + margin + 1, picture_.height);
    for (Index y = within(std::min(a.y, b.y) - margin, picture_.height); y < bottom; ++y) {
      for (Index x = left; x < right; ++x) {
        const double px = static_cast<double>(x) + 0.5 - a.x;
        const double py = static_cast<double>(y) + 0.5 - a.y;
        const double t = length2 > 0 ? std::clamp((px * dx + py * dy) / length2, 0.0, 1.0) : 0.0;
        const double cover = radius_ + 0.5 - std::hypot(px - t * dx, py - t * dy);
        float& old = cover_[static_cast<std::size_t>(y * picture_.width + x)];
        old = std::max(old, static_cast<float>(std::clamp(cover, 0.0, 1.0)));
      }
    }
  }

  void paint(Color color, double opacity = 1) const {
    for (Index y = 0; y < picture_.height; ++y) {
      for (Index x = 0; x < picture_.width; ++x) {
        const double cover = cover_[static_cast<std::size_t>(y * picture_.width + x)];
        if (cover > 0) blend(picture_, x, y, color, cover * opacity);
      }
    }
  }

private:
  static Index within(double at, Index extent) {
    return static_cast<Index>(std::clamp(at, 0.0, static_cast<double>(extent)));
  }

  Picture& picture_;
  double radius_;
  std::vector<float> cover_;
};

/// Height of a line of text, in pixels at scale 1, from the top of a capital to the foot of a p.
inline constexpr Index text_height = 9;

namespace detail {

// The font looks characters up without a bound.
inline void require_printable(const std::string& text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) {
      throw ArgumentError("The text '{}' cannot be drawn: the font has printable ASCII characters only.",
                          text);
    }
  }
}

}  // namespace detail

/// Width of one line of text in pixels. Throws ArgumentError unless it is printable ASCII, as draw_text does.
inline Index text_width(std::string text, Index scale) {
  detail::require_printable(text);
  return scale * stb_easy_font_width(text.data());
}

enum class Reading { rightwards, upwards };

/// Draws one line of text at `scale` pixels to a font dot. (x, y) is the top left corner of the text or, when
/// it reads upwards, the bottom left one.
inline void draw_text(Picture& picture, Index x, Index y, std::string text, Index scale, Color color,
                      Reading reading = Reading::rightwards) {
  detail::require_printable(text);
  struct Corner {
    float x, y, z;
    std::uint8_t color[4];
  };
  static_assert(sizeof(Corner) == 16, "The font writes 16 bytes a corner.");
  constexpr std::size_t most_corners = 4 * 12;  // of one character: X has 4 * 11, no other has more
  std::vector<Corner> corners(text.size() * most_corners + 4);
  const int quads = stb_easy_font_print(0, 0, text.data(), nullptr, corners.data(),
                                        static_cast<int>(corners.size() * sizeof(Corner)));
  for (std::size_t q = 0; q < static_cast<std::size_t>(quads); ++q) {
    const auto left = static_cast<Index>(corners[4 * q].x) * scale;
    const auto top = static_cast<Index>(corners[4 * q].y) * scale;
    const auto width = static_cast<Index>(corners[4 * q + 2].x) * scale - left;
    const auto height = static_cast<Index>(corners[4 * q + 2].y) * scale - top;
    if (reading == Reading::rightwards) {
      fill_rectangle(picture, x + left, y + top, width, height, color);
    } else {
      fill_rectangle(picture, x + top, y - left - width, height, width, color);
    }
  }
}

}  // namespace densenf::app
