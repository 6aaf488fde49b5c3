#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// Channels 0, Hands, 2 Hands, ..., then 1, Hands + 1, ...: of two hands the even ones and then the odd ones.
template <int Hands>
struct Deal : Bijector<Deal<Hands>> {
  static_assert(Hands > 0, "Deal has at least one hand.");
  static std::string type_name() { return fmt::format("Deal<{}>", Hands); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % Hands != 0) shape_mismatch("Deal needs as many channels for each hand.", in);
    return in;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::deal_channels(ctx, x, Hands);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::deal_channels(ctx, z, z.c() / Hands);
  }
};

/// The inverse of Deal.
template <int Hands>
struct Gather : Bijector<Gather<Hands>> {
  static std::string type_name() { return fmt::format("Gather<{}>", Hands); }
  static constexpr Shape output_shape(Shape in) { return Deal<Hands>::output_shape(in); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::deal_channels(ctx, x, x.c() / Hands);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::deal_channels(ctx, z, Hands);
  }
};

}  // namespace densenf
