#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// Space to depth: C x H x W -> 4C x H/2 x W/2; channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x +
/// j).
struct Squeeze : Bijector<Squeeze> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::squeezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::unsqueezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::squeeze(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::unsqueeze(ctx, z);
  }
};

/// Depth to space, the inverse of Squeeze.
struct Unsqueeze : Bijector<Unsqueeze> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::unsqueezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::squeezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::unsqueeze(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::squeeze(ctx, z);
  }
};

/// [x1, x2] -> [x2, x1], where x1 is the first half of the channels, the larger one when their number is odd.
struct SwitchHalves : Bijector<SwitchHalves> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::rotate_channels(ctx, x, x.c() - x.c() / 2);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::rotate_channels(ctx, z, z.c() / 2);
  }
};

}  // namespace densenf
