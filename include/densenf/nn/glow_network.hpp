#pragma once

#include "densenf/nn/act_norm.hpp"
#include "densenf/nn/border.hpp"
#include "densenf/nn/zero_conv.hpp"

namespace densenf::nn {

/// The network of Glow's couplings: conv 3x3 -> ActNorm -> relu -> conv 1x1 -> ActNorm -> relu -> conv 3x3,
/// which starts at zero. The 3x3 convolutions know the border.
template <int Width>
class GlowNetwork {
  static_assert(Width > 0, "A GlowNetwork has a positive width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    detail::check_channels(in, out);
    weight1_ = b.weight("weight1", {Width, in + 1, 3, 3}, Init::normal(0.05));
    declare_in(b, "norm1", [&] { norm1_.declare(b, Width); });
    weight2_ = b.weight("weight2", {Width, Width, 1, 1}, Init::normal(0.05));
    declare_in(b, "norm2", [&] { norm2_.declare(b, Width); });
    declare_in(b, "last", [&] { last_.declare(b, Width, out); });
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V hidden = ctx.output_like(x, Width), marked = ctx.output_like(x, Width + 1);
    normed_into(ctx, with_border(ctx, x), border_filter(ctx, ctx.parameter(weight1_)), norm1_, hidden);
    normed_into(ctx, hidden, ops::Filter<V>{ctx.parameter(weight2_)}, norm2_, marked.channels(0, Width));
    mark_inside(ctx, marked.channels(Width, 1));
    return last_.forward_marked(ctx, marked);
  }

private:
  template <class Declare>
  static void declare_in(Builder& b, const char* name, const Declare& declare) {
    const auto scope = b.scope(name);
    declare();
  }

  template <class Ctx, class V>
  static void normed_into(const Ctx& ctx, const V& x, const ops::Filter<V>& filter, const ActNorm& norm,
                          const V& y) {
    if constexpr (!Ctx::records && !carries_tangents<Ctx>) {
      if (ctx.starts()) {
        const auto mark = ctx.memory().mark();
        norm.start(ctx, ops::conv(ctx, x, filter));
        ctx.memory().release(mark);
      }
    }
    ops::conv_into(ctx, x, norm.behind(ctx, filter), Activation::relu, y);
  }

  Param weight1_, weight2_;
  ActNorm norm1_, norm2_;
  ZeroConv last_;
};

}  // namespace densenf::nn
