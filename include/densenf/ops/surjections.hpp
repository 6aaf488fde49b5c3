#pragma once

#include "densenf/ops/layout.hpp"

namespace densenf::ops {

/// What max_pool makes of x.
template <class V>
struct Pooled {
  V largest;  ///< of each 2x2 cell, for each channel
  V below;    ///< >= 0: how far the three others of the cell, row by row, are below it; channels 3c + j
};

/// The largest number of each cell of 2x2 pixels, and how far below it the others are. The place of the
/// largest in its cell (0 to 3, row by row; the first of equal ones) is written to `place`, which is null or
/// has the extents of the result.
template <class Ctx, class V = typename Ctx::Value>
Pooled<V> max_pool(const Ctx& ctx, const V& x, Tensor<typename Ctx::Scalar> place = {}) {
  const Shape small{x.c(), squeezed(x.shape()).h, squeezed(x.shape()).w};
  const Pooled<V> y{ctx.output(x.n(), small), ctx.output(x.n(), {3 * small.c, small.h, small.w})};
  max_pool_forward(ctx.device(), as_const(x.value), y.largest.value, y.below.value, place);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dlargest = as_const(c.gradient(y.largest)), dbelow = as_const(c.gradient(y.below));
    const auto dx = c.gradient_target(x);
    max_pool_backward(c.device(), as_const(x.value), dlargest, dbelow, dx.tensor, dx.write);
  });
  return y;
}

/// Pixel i of each image is pixel order(i, 0) of x's, where `order` is a permutation of an image's pixels.
template <class Ctx, class V = typename Ctx::Value>
V take_pixels(const Ctx& ctx, const V& x, Tensor<typename Ctx::Scalar> order) {
  const V y = ctx.output_like(x, x.c());
  take_pixels(ctx.device(), as_const(x.value), as_const(order), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    put_pixels(c.device(), dy, as_const(order), dx.tensor, dx.write);
  });
  return y;
}

}  // namespace densenf::ops
