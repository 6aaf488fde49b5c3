#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// Patches of Side x Side pixels become pixels: C x H x W -> Side^2 C x H/Side x W/Side, where the numbers of
/// a patch are in the order of channel, row and column. So the tokens of a transformer are pixels.
template <int Side>
struct Patches : Bijector<Patches<Side>> {
  static_assert(Side > 0, "A patch has at least one pixel.");
  static std::string type_name() { return fmt::format("Patches<{}>", Side); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::patches_of(in, Side);
  }
  static constexpr Shape input_shape(Shape out) { return ops::of_patches(out, Side); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::to_patches(ctx, x, Side);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::from_patches(ctx, z, Side);
  }
};

}  // namespace densenf
