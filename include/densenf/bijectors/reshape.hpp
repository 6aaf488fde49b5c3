#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/rearrange.hpp"

namespace densenf {

/// [x1, x2, ..., xC] -> [xC, ..., x2, x1], the channels in the opposite order.
struct ReverseChannels : Bijector<ReverseChannels> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::reverse_channels(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::reverse_channels(ctx, y);
  }
};

/// Images of C x H x W as vectors, images of one pixel, with their numbers in this order.
struct Flatten : Bijector<Flatten> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return {in.size(), 1, 1};
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::flatten(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::unflatten(ctx, y, this->input());
  }
};

}  // namespace densenf
