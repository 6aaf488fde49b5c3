#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "densenf/core/error.hpp"

namespace densenf {

/// Extents, strides and offsets. Signed, so that differences are safe.
using Index = std::ptrdiff_t;

/// The extents of one image: channels, height, width. A vector of D numbers is {D, 1, 1}.
struct Shape {
  Index c = 0;
  Index h = 1;
  Index w = 1;

  constexpr Index pixels() const { return h * w; }
  constexpr Index size() const { return c * h * w; }
  constexpr bool operator==(const Shape&) const = default;
};

inline std::string to_string(const Shape& s) {
  return std::to_string(s.c) + 'x' + std::to_string(s.h) + 'x' + std::to_string(s.w);
}

/// Called where a bijector cannot take a shape. In a constant expression the call itself is the error,
/// and the compiler quotes the line with its sentence; at run time it throws that sentence.
[[noreturn]] inline void shape_mismatch(const char* sentence, const Shape& got) {
  throw ShapeError("{} Got {} (channels x height x width).", sentence, to_string(got));
}

/// What every output_shape begins with.
constexpr void require_positive(const Shape& s) {
  if (s.c < 1 || s.h < 1 || s.w < 1) shape_mismatch("Every extent of an image must be at least 1.", s);
}

/// What a part that only works on some images says to images of shape `s`: calls the static Part::require(s),
/// if there is one, which calls shape_mismatch. A part without it takes any images.
template <class Part>
constexpr void require_of(const Shape& s) {
  if constexpr (requires(const Part& part) { part.require(s); }) Part::require(s);
}

/// How many values `count` images have. Throws ShapeError, whose sentence begins with `what` they are the
/// values of ("A batch"), when the count is negative, an extent is not at least 1, or memory cannot hold so
/// many.
inline Index value_count(std::string_view what, Index count, const Shape& s) {
  if (count < 0 || s.c < 1 || s.h < 1 || s.w < 1) {
    throw ShapeError(
        "{} cannot have {} images of {}: the count must be at least 0 and every extent at least 1.", what,
        count, to_string(s));
  }
  constexpr Index most = std::numeric_limits<Index>::max() / 16;  // so that their bytes can be counted too
  if (s.h > most / s.c || s.w > most / (s.c * s.h) || count > most / s.size()) {
    throw ShapeError("{} cannot have {} images of {}: those are more values than can be counted.", what,
                     count, to_string(s));
  }
  return count * s.size();
}

/// Throws ShapeError unless `held` values are what `count` images have. Whatever is made of values, a count
/// and a shape that somebody else has put together goes through here.
inline void require_values(std::string_view what, Index count, const Shape& s, std::size_t held) {
  const Index needed = value_count(what, count, s);
  if (std::cmp_not_equal(needed, held)) {
    throw ShapeError("{} needs {} values for {} image{} of {}, but has {}.", what, needed, count,
                     count == 1 ? "" : "s", to_string(s), held);
  }
}

/// Throws ArgumentError unless images [first, first + how_many) are among `count`.
inline void require_images(Index first, Index how_many, Index count) {
  if (first < 0 || how_many < 0 || first > count - how_many) {
    throw ArgumentError("{} images from number {} on were asked for, but there are {}.", how_many, first,
                        count);
  }
}

}  // namespace densenf
