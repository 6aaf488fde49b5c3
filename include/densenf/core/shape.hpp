#pragma once

#include <cstddef>
#include <string>

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

inline std::string to_string(const Shape& s) { return fmt::format("{}x{}x{}", s.c, s.h, s.w); }

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

}  // namespace densenf
