#pragma once

#include <algorithm>

#include "densenf/kernels/at_hand.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/cpu/spline_block.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Splines whose raw numbers lie in a batch beside that of their arguments: those of channel c at c *
// Spline::parameters and behind. Where they are not to map, z = x.
namespace densenf::kernels {

namespace detail {
/// What a spline costs, in additions, for each number.
template <int Bins>
inline constexpr Index cost_of_spline = cost_of_exp*(Bins + 6) / 2;

/// Blocks of splines over the numbers of a stretch of pixels: calls done(block, pixels, channels, count) for
/// each block, whose splines are those of the pixels and channels listed; and keep(p) for pixels where
/// nothing is to be mapped.
template <class T, int Bins, class Where, class Keep, class Done>
void for_each_spline_block(const RationalQuadratic<Bins>& spline, const Where& where,
                           const Tensor<const T>& x, const Tensor<const T>& raw, Index first, Index last,
                           const Keep& keep, const Done& done) {
  using Block = SplineBlock<T, Bins>;
  Block block(spline);
  Index pixel[Block::width] = {}, channel[Block::width] = {};
  const T* numbers[Block::width] = {};
  int count = 0;
  const auto flush = [&] {
    block.take(numbers, count);
    done(block, pixel, channel, count);
    count = 0;
  };
  for (Index p = first; p < last; ++p) {
    if (!where(p)) {
      keep(p);
      continue;
    }
    const T* r = raw.pixel(p);
    for (Index c = 0; c < x.c; ++c, r += RationalQuadratic<Bins>::parameters) {
      numbers[count] = r;
      block.at[count] = x(p, c);
      pixel[count] = p;
      channel[count] = c;
      if (++count == Block::width) flush();
    }
  }
  if (count > 0) flush();
}
}  // namespace detail

/// z from x; log_prob[n] += sum of log dz/dx.
template <class T, int Bins, class Where>
void spline_forward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                    Tensor<const T> raw, Tensor<T> z, double* log_prob) {
  using Block = detail::SplineBlock<T, Bins>;
  const Index per_image = x.h * x.w, cost = detail::cost_of_spline<Bins> * x.c * per_image;
  cpu.parallel_ranges(x.n, std::max<Index>(1, task_size / std::max<Index>(1, cost)),
                      [&](Index first, Index last) {
                        detail::for_each_spline_block<T>(
                            spline, where, x, raw, first * per_image, last * per_image,
                            [&](Index p) { put_channels(Write::assign, x, p, z, p); },
                            [&](Block& block, const Index* pixel, const Index* channel, int count) {
                              alignas(64) T y[Block::width], log_slope[Block::width];
                              block.forward(y, log_slope);
                              for (int e = 0; e < count; ++e) {
                                z(pixel[e], channel[e]) = y[e];
                                // In the order of an image's numbers, whatever block they are in.
                                log_prob[pixel[e] / per_image] += static_cast<double>(log_slope[e]);
                              }
                            });
                      });
}

namespace detail {
/// Calls f(first pixel, last pixel) for stretches of pixels, of splines for `channels` numbers each.
template <int Bins, class F>
void for_each_stretch(const Cpu& cpu, Index pixels, Index channels, const F& f) {
  cpu.parallel_ranges(pixels,
                      std::max<Index>(1, task_size / std::max<Index>(1, cost_of_spline<Bins> * channels)), f);
}
}  // namespace detail

/// x from z.
template <class T, int Bins, class Where>
void spline_inverse(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> z,
                    Tensor<const T> raw, Tensor<T> x) {
  using Block = detail::SplineBlock<T, Bins>;
  detail::for_each_stretch<Bins>(cpu, z.pixels(), z.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, z, raw, first, last, [&](Index p) { put_channels(Write::assign, z, p, x, p); },
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T back[Block::width];
          block.inverse(back);
          for (int e = 0; e < count; ++e) x(pixel[e], channel[e]) = back[e];
        });
  });
}

/// dx = or +=, draw = or += adjoint of spline_forward. dx.data may be null when x is data.
template <class T, int Bins, class Where>
void spline_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  using Block = detail::SplineBlock<T, Bins>;
  const Index per_image = x.h * x.w;
  const auto keep = [&](Index p) {
    if (write_draw == Write::assign) zero_channels(draw, p);
    if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
  };
  detail::for_each_stretch<Bins>(cpu, x.pixels(), x.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, x, raw, first, last, keep,
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T dy[Block::width] = {}, dl[Block::width] = {}, through[Block::width];
          T* gradients[Block::width];
          for (int e = 0; e < count; ++e) {
            dy[e] = dz(pixel[e], channel[e]);
            dl[e] = static_cast<T>(dlog_prob[pixel[e] / per_image]);
            gradients[e] = draw.pixel(pixel[e]) + channel[e] * RationalQuadratic<Bins>::parameters;
          }
          block.backward(dy, dl, through);
          block.put(write_draw, gradients, count);
          if (dx.data == nullptr) return;
          for (int e = 0; e < count; ++e) detail::put(write_dx, dx(pixel[e], channel[e]), through[e]);
        });
  });
}

/// dz +=, draw += adjoint of spline_inverse, which made x.
template <class T, int Bins, class Where>
void spline_inverse_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                             Tensor<const T> raw, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  using Block = detail::SplineBlock<T, Bins>;
  detail::for_each_stretch<Bins>(cpu, x.pixels(), x.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, x, raw, first, last, [&](Index p) { put_channels(Write::accumulate, dx, p, dz, p); },
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T d[Block::width] = {}, through[Block::width];
          T* gradients[Block::width];
          for (int e = 0; e < count; ++e) {
            d[e] = dx(pixel[e], channel[e]);
            gradients[e] = draw.pixel(pixel[e]) + channel[e] * RationalQuadratic<Bins>::parameters;
          }
          block.inverse_backward(d, through);
          block.put(Write::accumulate, gradients, count);
          for (int e = 0; e < count; ++e) dz(pixel[e], channel[e]) += through[e];
        });
  });
}

/// So that operations over types of the program's own find these definitions beside densenf::compiled.
template <int Bins>
struct SplineDefinitions {};

}  // namespace densenf::kernels

#ifdef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/in_library.hpp"
#endif
