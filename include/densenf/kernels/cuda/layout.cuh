#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze, and halves of the channels.
namespace densenf::kernels {

namespace detail {
/// Where number c of pixel p of a squeezed batch (4C x H/2 x W/2) lies in the batch that it came from
/// (C x H x W): channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j).
struct SqueezedPlace {
  std::uint32_t w;  ///< of the squeezed batch
  __device__ Index pixel(Index p, Index c) const {
    const auto at = static_cast<std::uint32_t>(p), column = at % w, line = at / w;
    const auto i = static_cast<std::uint32_t>(c) / 2 % 2, j = static_cast<std::uint32_t>(c) % 2;
    return static_cast<Index>((2 * line + i) * 2 * w + 2 * column + j);
  }
};
}  // namespace detail

/// z (4C x H/2 x W/2) from x (C x H x W).
template <class T>
void squeeze(const Cuda& cuda, Tensor<const T> x, Tensor<T> z, Write write = Write::assign) {
  const detail::SqueezedPlace place{static_cast<std::uint32_t>(z.w)};
  for_each_number(cuda, "squeezing", z.pixels(), z.c, [=] __device__(Index p, Index c) {
    detail::put(write, z(p, c), x(place.pixel(p, c), c / 4));
  });
}

/// x (C x H x W) from z (4C x H/2 x W/2).
template <class T>
void unsqueeze(const Cuda& cuda, Tensor<const T> z, Tensor<T> x, Write write = Write::assign) {
  const detail::SqueezedPlace place{static_cast<std::uint32_t>(z.w)};
  for_each_number(cuda, "unsqueezing", z.pixels(), z.c, [=] __device__(Index p, Index c) {
    detail::put(write, x(place.pixel(p, c), c / 4), z(p, c));
  });
}

/// y = [x from channel `first` on, x up to channel `first`].
template <class T>
void rotate_channels(const Cuda& cuda, Tensor<const T> x, Index first, Tensor<T> y,
                     Write write = Write::assign) {
  const Index rest = x.c - first;
  for_each_number(cuda, "rotating channels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p, c), x(p, c < rest ? first + c : c - rest));
  });
}

}  // namespace densenf::kernels
