#pragma once

#include <cmath>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/write.hpp"

// What weights are made of before something is multiplied with them: lengths and scales of each output. A
// weight is a tensor of a pixel for each tap and input, whose channels are the outputs.
namespace densenf::kernels {

template <class T>
Index weight_norm_forward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

namespace detail {

/// What v is multiplied with in some channels: their magnitude, or 1 where there is none, over their length.
template <class T>
simd::Pack<T> scale_of(const ChannelPack<T>& channels, const T* magnitude, const T* one_over_length) {
  const simd::Pack<T> scale = channels(one_over_length);
  return magnitude != nullptr ? scale * channels(magnitude) : scale;
}

}  // namespace detail

/// w = v magnitude[c] / |v[c]| where |v[c]| is the root of the sum of squares over all pixels of channel c;
/// one_over_length[c] = 1 / |v[c]|. Without a magnitude (null) the length of w is 1.
template <class T>
void weight_norm_forward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, T* one_over_length,
                         Tensor<T> w, Scratch) {
  sum_over_pixels<T>(
      cpu, v.pixels(), v.c, [&](Index p, const auto& channels) { return squared(channels(v, p)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i)
          one_over_length[first + i] = static_cast<T>(1 / std::sqrt(sums[i]));
      });
  for_each_pixel_with<T>(
      cpu, v.pixels(), v.c,
      [&](const auto& channels) { return detail::scale_of<T>(channels, magnitude, one_over_length); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto s, auto to) { to = from * s; }, v.pixel(p) + first, scale.data(),
            w.pixel(p) + first);
      });
}

template <class T>
Index weight_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> v) {
  return Scratch::bytes_for<T>(v.c);
}

/// dv = or +=, dmagnitude += adjoint of weight_norm_forward. dv.data and dmagnitude may be null.
template <class T>
void weight_norm_backward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, const T* one_over_length,
                          Tensor<const T> dw, Tensor<T> dv, Write write, T* dmagnitude, Scratch scratch) {
  // With r = 1 / |v| and the sum s = dw v: dmagnitude = s r, dv = magnitude r (dw - v s r r).
  T* const along = scratch.take<T>(v.c);
  sum_over_pixels<T>(
      cpu, v.pixels(), v.c, [&](Index p, const auto& channels) { return channels(dw, p) * channels(v, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          const double r = static_cast<double>(one_over_length[first + i]);
          if (dmagnitude != nullptr) dmagnitude[first + i] += static_cast<T>(sums[i] * r);
          along[first + i] = static_cast<T>(sums[i] * r * r);
        }
      });
  if (dv.data == nullptr) return;
  for_each_pixel_with<T>(
      cpu, v.pixels(), v.c,
      [&](const auto& channels) { return detail::scale_of<T>(channels, magnitude, one_over_length); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(),
            [write](auto d, auto from, auto a, auto s, auto to) {
              detail::put(write, to, s * (d - from * a));
            },
            dw.pixel(p) + first, v.pixel(p) + first, static_cast<const T*>(along + first), scale.data(),
            dv.pixel(p) + first);
      });
}

/// y = x scale[c]
template <class T>
void scale_channels_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [](auto from, auto s, auto to) { to = from * s; }, x.pixel(p), scale, y.pixel(p));
  });
}

template <class T>
Index scale_channels_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dscale += adjoint of scale_channels_forward. dx.data and dscale may be null.
template <class T>
void scale_channels_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                             Tensor<T> dx, Write write, T* dscale, Scratch) {
  if (dscale != nullptr) {
    sum_over_pixels<T>(
        cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(dy, p) * channels(x, p); },
        [&](Index first, const auto& sums) {
          for (Index i = 0; i < sums.size(); ++i) dscale[first + i] += static_cast<T>(sums[i]);
        });
  }
  if (dx.data == nullptr) return;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [write](auto d, auto s, auto to) { detail::put(write, to, d * s); }, dy.pixel(p), scale,
        dx.pixel(p));
  });
}

}  // namespace densenf::kernels
