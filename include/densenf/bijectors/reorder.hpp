#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

// Fixed permutations of the channels, and of all numbers of an image.
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
    return ops::reorder_channels(ctx, x, order(x));
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::reorder_channels(ctx, z, order(z).back());
  }

  template <class V>
  static constexpr kernels::DealtOrder order(const V& x) {
    return {Hands, x.c() / Hands};
  }
};

/// The inverse of Deal.
template <int Hands>
struct Gather : Bijector<Gather<Hands>> {
  static std::string type_name() { return fmt::format("Gather<{}>", Hands); }
  static constexpr Shape output_shape(Shape in) { return Deal<Hands>::output_shape(in); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::reorder_channels(ctx, x, Deal<Hands>::order(x).back());
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::reorder_channels(ctx, z, Deal<Hands>::order(z));
  }
};

/// The last channel first.
struct ReverseChannels : Bijector<ReverseChannels> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::reorder_channels(ctx, x, kernels::ReversedOrder{x.c()});
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::reorder_channels(ctx, z, kernels::ReversedOrder{z.c()});
  }
};

/// C x H x W -> a vector, C H W x 1 x 1: channel by channel, rows within.
struct Flatten : Bijector<Flatten> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return {in.size(), 1, 1};
  }
  static constexpr Shape input_shape(Shape out) = delete;  // a vector does not say of which image
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::flatten(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::unflatten(ctx, z, input());
  }
};

}  // namespace densenf
