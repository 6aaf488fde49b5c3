#pragma once

#include <cstdint>

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels::detail {

/// With so few pixels or fewer, reading the weights from memory takes as long as computing with them; so the
/// weights that the same thread needs next are prefetched early.
inline constexpr Index few_pixels = 1024;

/// Weights that a thread is going to need: of some taps, rows of a panel.
template <class T>
struct WeightsAhead {
  const T* at = nullptr;    // null: unknown
  Index taps = 0, tap = 0;  // how many, and from one to the next
  Index rows = 0, row = 0;
  Index columns = 0;

  /// Cache lines at equal distances.
  struct Lines {
    const T* at;
    Index step;
  };

  /// What step i of n prefetches, line by line, as many as it has use for: a tap's rows if these follow each
  /// other without gaps, else a tap's rows at the same columns. With fewer steps than such stretches, some
  /// are left out.
  Lines lines(Index i, Index n) const {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    const bool whole = row == columns,
               aligned = row % line == 0 && reinterpret_cast<std::uintptr_t>(at) % 64 == 0;
    const Index each = whole ? 1 : (columns + line - 1) / line + (aligned ? 0 : 1), all = taps * each,
                now = all * i / n;
    if (all == 0 || (i > 0 && all * (i - 1) / n == now)) return {nullptr, 0};
    return {at + now / each * tap + now % each * line, whole ? line : row};
  }
};

/// A convolution with one panel of output columns: y = activation(conv(x) + bias), or, where `write` says
/// so, y += conv(x). Row `tap * x.c + channel` of the weights is at weight + row * weight_stride.
template <class T>
struct ConvPanel {
  Tensor<const T> x;
  Tensor<T> y;  // the panel's channels
  int vectors;
  Index last;
  int kernel;
  const T* weight;
  Index weight_stride;
  const T* bias;  // may be null
  Activation activation;
  Write write;
  bool prefetch_early = false;  // for weights, see few_pixels
  WeightsAhead<T> next = {};    // what the thread needs after this panel, if it prefetches early
};

}  // namespace densenf::kernels::detail
