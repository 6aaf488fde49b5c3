#pragma once

#include "densenf/ops/layout.hpp"
#include "densenf/ops/map.hpp"

namespace densenf::nn {

/// Images of h x w pixels: v itself, or where v is of one pixel, that pixel everywhere. Throws ShapeError for
/// other extents.
template <class Ctx, class V = typename Ctx::Value>
V over_pixels(const Ctx& ctx, const V& v, Index h, Index w) {
  if (v.value.h == h && v.value.w == w) return v;
  if (v.value.h != 1 || v.value.w != 1)
    ops::require_batch("What a network looks at", v.value, v.n(), {v.c(), h, w});
  return ops::spread_pixels(ctx, v, h, w);
}

/// The channels of all, in this order, over h x w pixels: what a network sees that looks at several things.
template <class Ctx, class V = typename Ctx::Value, class... Others>
V joined(const Ctx& ctx, Index h, Index w, const V& first, const Others&... others) {
  V all = over_pixels(ctx, first, h, w);
  ((all = ops::concat(ctx, all, over_pixels(ctx, others, h, w))), ...);
  return all;
}

/// What is seen, with the flow's context behind it where `Channels` of it are looked at: images of the same
/// height and width, or of one pixel. Else ShapeError, of `what`: "The context of a coupling".
template <int Channels, class Ctx, class V = typename Ctx::Value, class... Context>
V with_context(const Ctx& ctx, const char* what, const V& seen, const Context&... context) {
  static_assert(
      sizeof...(Context) == (Channels > 0 ? 1 : 0),
      "What looks at a flow's context is called with one, and declared with its number of channels.");
  const Index h = seen.value.h, w = seen.value.w;
  [[maybe_unused]] const auto require = [&](const V& v) {
    if (v.shape() != Shape{Channels, 1, 1}) ops::require_batch(what, v.value, seen.n(), {Channels, h, w});
  };
  (require(context), ...);
  if constexpr (Channels > 0)
    return joined(ctx, h, w, seen, context...);
  else
    return seen;
}

}  // namespace densenf::nn
