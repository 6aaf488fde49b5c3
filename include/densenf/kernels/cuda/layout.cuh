#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze, and halves of the channels.
namespace densenf::kernels {

namespace detail {
/// Number c of pixel p of a squeezed batch (4C x H/2 x W/2) in the batch that it came from (C x H x W).
template <class T>
struct BeforeSqueeze {
  Tensor<T> x;
  SqueezeOrder order;
  __device__ T& operator()(Index p, Index c) const {
    const auto w = static_cast<std::uint32_t>(x.w) / 2, at = static_cast<std::uint32_t>(p), line = at / w;
    const SqueezedFrom from = squeezed_from(order, c, x.c);
    return x((2 * static_cast<Index>(line) + from.i) * x.w + 2 * static_cast<Index>(at % w) + from.j, from.c);
  }
};
}  // namespace detail

/// z (4C x H/2 x W/2) from x (C x H x W).
template <class T>
void squeeze(const Cuda& cuda, Tensor<const T> x, Tensor<T> z, Write write = Write::assign,
             SqueezeOrder order = SqueezeOrder::plain) {
  const detail::BeforeSqueeze<const T> before{x, order};
  for_each_number(cuda, "squeezing", z.pixels(), z.c,
                  [=] __device__(Index p, Index c) { detail::put(write, z(p, c), before(p, c)); });
}

/// x (C x H x W) from z (4C x H/2 x W/2).
template <class T>
void unsqueeze(const Cuda& cuda, Tensor<const T> z, Tensor<T> x, Write write = Write::assign,
               SqueezeOrder order = SqueezeOrder::plain) {
  const detail::BeforeSqueeze<T> before{x, order};
  for_each_number(cuda, "unsqueezing", z.pixels(), z.c,
                  [=] __device__(Index p, Index c) { detail::put(write, before(p, c), z(p, c)); });
}

namespace detail {
/// Number k of pixel p of a batch of patches in the images that they are of: number (c, i, j) of a patch of s
/// x s pixels, channel, row and column, is channel (c s + i) s + j.
template <class T>
struct BeforePatches {
  Tensor<T> x;
  Index side;
  __device__ T& operator()(Index p, Index k) const {
    const Index w = x.w / side;
    return x((p / w * side + k / side % side) * x.w + p % w * side + k % side, k / (side * side));
  }
};
}  // namespace detail

/// z (s s C x H/s x W/s) = or += the patches of s x s pixels of x (C x H x W).
template <class T>
void to_patches(const Cuda& cuda, Tensor<const T> x, Index side, Tensor<T> z, Write write = Write::assign) {
  const detail::BeforePatches<const T> before{x, side};
  for_each_number(cuda, "making patches", z.pixels(), z.c,
                  [=] __device__(Index p, Index k) { detail::put(write, z(p, k), before(p, k)); });
}

/// x (C x H x W) = or += the images of which to_patches makes z.
template <class T>
void from_patches(const Cuda& cuda, Tensor<const T> z, Index side, Tensor<T> x, Write write = Write::assign) {
  const detail::BeforePatches<T> before{x, side};
  for_each_number(cuda, "making images of patches", z.pixels(), z.c,
                  [=] __device__(Index p, Index k) { detail::put(write, before(p, k), z(p, k)); });
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

/// The channels of y are those of x as cards are dealt to `hands` players: 0, hands, 2 hands, ..., 1, hands +
/// 1, ... With x.c / hands instead of hands it is the way back.
template <class T>
void deal_channels(const Cuda& cuda, Tensor<const T> x, Index hands, Tensor<T> y,
                   Write write = Write::assign) {
  const Index each = x.c / hands;
  for_each_number(cuda, "dealing channels", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    detail::put(write, y(p, c), x(p, c % each * hands + c / each));
  });
}

}  // namespace densenf::kernels
