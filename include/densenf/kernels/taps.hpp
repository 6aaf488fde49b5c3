#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// Where a convolution looks: tap t of output pixel (y, x) sees (stride y + dy[t], stride x + dx[t]) of the
/// input, of which there is nothing (zeros) outside of the image. With `spread` s the input's pixels lie at
/// the multiples of s, with zeros between them: that is what a transposed convolution of stride s looks at.
struct Taps {
  static constexpr int most = 16;
  int count = 0;
  int dy[most] = {};
  int dx[most] = {};
  Index stride = 1;
  Index spread = 1;

  /// Taps of a kernel of h x w pixels, row by row, the first of which sees (top, left) beside each pixel.
  static constexpr Taps window(int h, int w, int top, int left, Index stride = 1) {
    if (h < 1 || w < 1 || h * w > most) shape_mismatch("A kernel has 1 to 16 taps.", {1, h, w});
    Taps taps;
    for (int i = 0; i < h; ++i) {
      for (int j = 0; j < w; ++j, ++taps.count) {
        taps.dy[taps.count] = top + i;
        taps.dx[taps.count] = left + j;
      }
    }
    taps.stride = stride;
    return taps;
  }
  /// Those of a transposed convolution: the output's pixel (stride y - padding + i, stride x - padding + j)
  /// meets tap (i, j) of the input's pixel (y, x).
  static constexpr Taps transposed(int h, int w, int padding, Index stride) {
    Taps taps = window(h, w, 0, 0);
    for (int t = 0; t < taps.count; ++t) {
      taps.dy[t] = padding - taps.dy[t];
      taps.dx[t] = padding - taps.dx[t];
    }
    taps.spread = stride;
    return taps;
  }

  /// The same for an output that begins at pixel (y, x) of this one's, for strides of 1.
  constexpr Taps from(Index y, Index x) const {
    Taps moved = *this;
    for (int t = 0; t < count; ++t) {
      moved.dy[t] += static_cast<int>(y);
      moved.dx[t] += static_cast<int>(x);
    }
    return moved;
  }

  /// The input's row that a tap at offset d sees from the output's row `at`; -1 if there is none. Columns
  /// likewise.
  constexpr Index source(Index at, int d, Index extent) const {
    Index row = at * stride + d;
    if (row < 0) return -1;
    if (spread != 1) {
      if (row % spread != 0) return -1;
      row /= spread;
    }
    return row < extent ? row : -1;
  }
  /// The output's row from which a tap at offset d sees the input's row `at`; -1 if there is none.
  constexpr Index seen_from(Index at, int d, Index extent) const {
    Index row = at * spread - d;
    if (row < 0) return -1;
    if (stride != 1) {
      if (row % stride != 0) return -1;
      row /= stride;
    }
    return row < extent ? row : -1;
  }
};

}  // namespace densenf::kernels
