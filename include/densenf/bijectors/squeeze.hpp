#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

namespace detail {
inline std::string squeeze_name(ops::SqueezeOrder order, const char* what) {
  const std::string which = order == ops::SqueezeOrder::plain   ? ""
                            : order == ops::SqueezeOrder::block ? "Block"
                                                                : "Diagonal";
  return which + what;
}
}  // namespace detail

/// Space to depth: C x H x W -> 4C x H/2 x W/2, with the numbers of each cell of 2x2 pixels in one of the
/// orders of kernels/squeeze_order.hpp. Halves of the channels are other parts of the image in each of them.
template <ops::SqueezeOrder order>
struct SqueezeBy : Bijector<SqueezeBy<order>> {
  static std::string type_name() { return detail::squeeze_name(order, "Squeeze"); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::squeezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::unsqueezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::squeeze(ctx, x, order);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::unsqueeze(ctx, z, order);
  }
};

/// Depth to space, the inverse of SqueezeBy.
template <ops::SqueezeOrder order>
struct UnsqueezeBy : Bijector<UnsqueezeBy<order>> {
  static std::string type_name() { return detail::squeeze_name(order, "Unsqueeze"); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::unsqueezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::squeezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::unsqueeze(ctx, x, order);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::squeeze(ctx, z, order);
  }
};

/// Channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j): Glow's, DenseFlow's, Real NVP's for
/// couplings.
using Squeeze = SqueezeBy<ops::SqueezeOrder::plain>;
using Unsqueeze = UnsqueezeBy<ops::SqueezeOrder::plain>;
/// Channel (2i + j) C + c: Flow++'s.
using BlockSqueeze = SqueezeBy<ops::SqueezeOrder::block>;
using BlockUnsqueeze = UnsqueezeBy<ops::SqueezeOrder::block>;
/// The pixels (0, 0) and (1, 1) of each cell are the first half of the channels: Real NVP's for factoring
/// out.
using DiagonalSqueeze = SqueezeBy<ops::SqueezeOrder::diagonal>;
using DiagonalUnsqueeze = UnsqueezeBy<ops::SqueezeOrder::diagonal>;

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
