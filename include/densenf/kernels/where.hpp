#pragma once

#include "densenf/core/shape.hpp"

// Which pixels of a batch something is done to, as functions of the pixel's number: nothing of it lies in
// memory.
namespace densenf::kernels {

struct Everywhere {
  static constexpr bool everywhere = true;
  constexpr bool operator()(Index) const { return true; }
  /// How many of the first `pixels`.
  constexpr Index count(Index pixels) const { return pixels; }
};

/// Where row + column is even (parity 0) or odd (1).
struct CheckerboardWhere {
  static constexpr bool everywhere = false;
  Index h, w;  ///< extents of an image
  Index parity;
  constexpr bool operator()(Index pixel) const {
    const Index in_image = pixel % (h * w);
    return (in_image / w + in_image % w) % 2 == parity;
  }
  constexpr Index count(Index pixels) const {
    Index found = 0;
    for (Index p = 0; p < pixels; ++p) found += (*this)(p);
    return found;
  }
};

/// Either of them, as a program that runs says: for kernels that are compiled once.
class SomeWhere {
public:
  constexpr SomeWhere(Everywhere) {}
  constexpr SomeWhere(CheckerboardWhere board) : everywhere_(false), board_(board) {}
  constexpr bool operator()(Index pixel) const { return everywhere_ || board_(pixel); }

private:
  bool everywhere_ = true;
  CheckerboardWhere board_{1, 1, 0};
};

}  // namespace densenf::kernels
