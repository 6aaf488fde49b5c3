#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "densenf/io/picture.hpp"

// Pictures of any size become images of one: a part is cut out, scaled, and laid out channels first. All of
// it is computed in integers, so that the same file gives the same image on every machine.
namespace densenf {

/// A part of a picture: w x h pixels, of which the first is that at x, y.
struct PictureRegion {
  Index x = 0;
  Index y = 0;
  Index w = 0;
  Index h = 0;
  bool operator==(const PictureRegion&) const = default;
};

/// The middle of a picture, w x h pixels; where a border cannot be even, one pixel more of it is at the right
/// or at the bottom. Throws ShapeError unless 1 <= w <= width and 1 <= h <= height.
inline PictureRegion middle(Index width, Index height, Index w, Index h) {
  if (w < 1 || h < 1 || w > width || h > height) {
    throw ShapeError("The middle {} x {} pixels cannot be cut out of a picture of {} x {}.", w, h, width,
                     height);
  }
  return {(width - w) / 2, (height - h) / 2, w, h};
}

/// The largest middle of a picture that is as wide to its height as w to h, to whole pixels.
inline PictureRegion middle_of_ratio(Index width, Index height, Index w, Index h) {
  const auto part = [](Index of, Index above, Index below) {  // rounded
    return std::clamp<Index>((2 * of * above + below) / (2 * below), 1, of * above / below + 1);
  };
  if (width * h > w * height) return middle(width, height, std::min(width, part(height, w, h)), height);
  return middle(width, height, width, std::min(height, part(width, h, w)));
}

namespace detail {

/// Along one axis: the pixels that lie under one pixel of the scaled image, at least in part. `weights` are
/// the lengths of what lies there, in fractions whose sum is the same for every pixel.
struct Coverage {
  Index first = 0;
  std::vector<std::uint32_t> weights;
};

/// What each of `to` pixels covers of `from` pixels; weights add up to `from`.
inline std::vector<Coverage> coverages(Index from, Index to) {
  std::vector<Coverage> all(static_cast<std::size_t>(to));
  // On a scale on which a pixel of the old axis is `to` long, and one of the new axis `from`.
  for (Index i = 0; i < to; ++i) {
    const Index begin = i * from, end = begin + from;
    Coverage& c = all[static_cast<std::size_t>(i)];
    c.first = begin / to;
    for (Index p = c.first; p * to < end; ++p) {
      c.weights.push_back(static_cast<std::uint32_t>(std::min(end, (p + 1) * to) - std::max(begin, p * to)));
    }
  }
  return all;
}

}  // namespace detail

/// Writes a part of a picture to `out` as an image of `shape`, C x H x W. Each pixel of the image is the mean
/// of what it covers of the part (area averaging), rounded to the nearest, halves up; an enlarged pixel
/// becomes a square. One channel is the brightness (299 r + 587 g + 114 b) / 1000 of these. Throws ShapeError
/// unless C is 1 or 3, `out` has as many bytes as the image and the part lies in the picture.
inline void rescale(const Picture& picture, const PictureRegion& part, const Shape& shape,
                    std::span<std::uint8_t> out) {
  if (shape.c != 1 && shape.c != 3)
    throw ShapeError("A picture becomes an image of 1 or 3 channels, not of {}.", to_string(shape));
  require_values("An image", 1, shape, out.size());
  if (part.x < 0 || part.y < 0 || part.w < 1 || part.h < 1 || part.x > picture.width - part.w ||
      part.y > picture.height - part.h) {
    throw ShapeError("There are no {} x {} pixels from {}, {} on in a picture of {} x {}.", part.w, part.h,
                     part.x, part.y, picture.width, picture.height);
  }
  const std::vector<detail::Coverage> columns = detail::coverages(part.w, shape.w);
  const std::vector<detail::Coverage> rows = detail::coverages(part.h, shape.h);
  const auto area = static_cast<std::uint64_t>(part.w * part.h);  // times 255 far from 2^64
  const auto plane = static_cast<std::size_t>(shape.pixels());
  std::size_t at = 0;
  for (const detail::Coverage& row : rows) {
    for (const detail::Coverage& column : columns) {
      std::uint64_t sums[3] = {};
      Index y = part.y + row.first;
      for (const std::uint64_t height : row.weights) {
        const std::uint8_t* p = picture.pixel(part.x + column.first, y++);
        std::uint32_t r = 0, g = 0, b = 0;  // up to 255 * part.w, and sides are below 2^20
        for (const std::uint32_t width : column.weights) {
          r += width * p[0];
          g += width * p[1];
          b += width * p[2];
          p += 3;
        }
        sums[0] += height * r;
        sums[1] += height * g;
        sums[2] += height * b;
      }
      for (std::uint64_t& sum : sums) sum = (2 * sum + area) / (2 * area);
      if (shape.c == 1) {
        out[at] = static_cast<std::uint8_t>((299 * sums[0] + 587 * sums[1] + 114 * sums[2] + 500) / 1000);
      } else {
        for (std::size_t c = 0; c < 3; ++c) out[at + c * plane] = static_cast<std::uint8_t>(sums[c]);
      }
      ++at;
    }
  }
}

}  // namespace densenf
