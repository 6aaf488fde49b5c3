#pragma once

#include <cstring>

#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/kernels/write.hpp"

// Rearrangements: 2x2 squeeze, halves of the channels, and the N,C,H,W order of the outside world.
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

/// y from memory of the host, of any arithmetic type, in which number i (in C, H, W order) of image n is at
/// x[n * image_stride + i * value_stride]. The host may change x when this returns.
template <class U, class T>
void from_strided(const Cuda& cuda, const U* x, Index image_stride, Index value_stride, Tensor<T> y) {
  if (y.size() == 0) return;
  const Index hw = y.h * y.w, per_image = y.shape().size();
  const auto bytes = static_cast<std::size_t>(y.size()) * sizeof(U);
  CudaStaging& staging = cuda.staging();
  staging.reserve(bytes, cuda.stream());
  U* to = static_cast<U*>(staging.host());
  for (Index n = 0; n < y.n; ++n, to += per_image) {
    const U* from = x + n * image_stride;
    if (value_stride == 1) {
      std::memcpy(to, from, static_cast<std::size_t>(per_image) * sizeof(U));
    } else {
      for (Index i = 0; i < per_image; ++i) to[i] = from[i * value_stride];
    }
  }
  staging.send(bytes, cuda.stream());
  const U* arrived = static_cast<const U*>(staging.device());
  for_each_number(cuda, "unpacking images", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    y(p, c) = static_cast<T>(arrived[(p / hw * y.c + c) * hw + p % hw]);
  });
}

/// y from contiguous N,C,H,W memory of the host, of any arithmetic type.
template <class U, class T>
void from_nchw(const Cuda& cuda, const U* x, Tensor<T> y) {
  from_strided(cuda, x, y.c * y.h * y.w, 1, y);
}

/// Contiguous N,C,H,W memory of the host, of any arithmetic type, from x. Waits for the card.
template <class T, class U>
void to_nchw(const Cuda& cuda, Tensor<const T> x, U* y) {
  if (x.size() == 0) return;
  const Index hw = x.h * x.w;
  const auto bytes = static_cast<std::size_t>(x.size()) * sizeof(U);
  CudaStaging& staging = cuda.staging();
  staging.reserve(bytes, cuda.stream());
  U* leaving = static_cast<U*>(staging.device());
  for_each_number(cuda, "packing images", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    leaving[(p / hw * x.c + c) * hw + p % hw] = static_cast<U>(x(p, c));
  });
  staging.fetch(bytes, cuda.stream());
  std::memcpy(y, staging.host(), bytes);
}

}  // namespace densenf::kernels
