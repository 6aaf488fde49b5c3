#pragma once

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/taps.hpp"
#include "densenf/kernels/write.hpp"

// What a convolution's taps see, side by side in the channels of each output pixel (im2col), and back.
namespace densenf::kernels {

/// y = or += what the taps see: channel t * x.c + c of an output pixel is channel c of what tap t sees.
template <class T>
void unfold(const Cuda& cuda, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write = Write::assign) {
  for_each_number(cuda, "unfolding", y.pixels(), y.c, [=] __device__(Index p, Index k) {
    const auto at = static_cast<std::uint32_t>(p), width = static_cast<std::uint32_t>(y.w),
               height = static_cast<std::uint32_t>(y.h), channels = static_cast<std::uint32_t>(x.c);
    const std::uint32_t t = static_cast<std::uint32_t>(k) / channels, line = at / width;
    const Index i = taps.source(line % height, taps.dy[t], x.h), j = taps.source(at % width, taps.dx[t], x.w);
    const T v = i >= 0 && j >= 0
                    ? x((static_cast<Index>(line / height) * x.h + i) * x.w + j, k - t * channels)
                    : T(0);
    detail::put(write, y(p, k), v);
  });
}

/// x = or += the adjoint of unfold.
template <class T>
void fold(const Cuda& cuda, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write = Write::assign) {
  for_each_number(cuda, "folding", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    const auto at = static_cast<std::uint32_t>(p), width = static_cast<std::uint32_t>(x.w),
               height = static_cast<std::uint32_t>(x.h);
    const std::uint32_t line = at / width;
    T sum = T(0);
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.seen_from(line % height, taps.dy[t], y.h),
                  j = taps.seen_from(at % width, taps.dx[t], y.w);
      if (i >= 0 && j >= 0) sum += y((static_cast<Index>(line / height) * y.h + i) * y.w + j, t * x.c + c);
    }
    detail::put(write, x(p, c), sum);
  });
}

}  // namespace densenf::kernels
