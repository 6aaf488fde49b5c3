#pragma once

#include <type_traits>

#include "densenf/nn/dense_branch.hpp"
#include "densenf/nn/joined.hpp"

// What a Sampler makes of what it looks at. Features are a type with
//
//   static constexpr Shape output_shape(Shape seen);
//   void declare(Builder&, Shape seen);
//   V forward(const Ctx&, const V& seen) const;
//   static constexpr bool takes_context;      // if they are also of the flow's context: one more value
//
// forward draws no noise, because the memory policies may run it twice.
namespace densenf::nn {

/// What is seen, as it is.
struct AsSeen {
  static constexpr Shape output_shape(Shape seen) { return seen; }
  void declare(Builder&, Shape) {}
};

/// Features of what is seen and `Channels` of the flow's context behind it, which is of the same height and
/// width or of one pixel: for noise that depends on a flow's condition.
template <int Channels, class Features = AsSeen>
class WithContext {
  static_assert(Channels > 0, "A context has at least one channel.");
  static constexpr Shape wider(Shape seen) { return {seen.c + Channels, seen.h, seen.w}; }

public:
  static constexpr bool takes_context = true;

  static constexpr Shape output_shape(Shape seen) { return Features::output_shape(wider(seen)); }

  void declare(Builder& b, Shape seen) { features_.declare(b, wider(seen)); }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& seen, const Context&... context) const {
    const V both = with_context<Channels>(ctx, "The context of a Sampler's features", seen, context...);
    if constexpr (std::is_same_v<Features, AsSeen>)
      return both;
    else
      return features_.forward(ctx, both);
  }

private:
  [[no_unique_address]] Features features_;
};

/// Features of half the height and width: a dense branch over the image, to `Width` channels, a convolution
/// that halves it, and another dense branch, to `Out` channels.
template <int Width, int Out, int Growth, int Depth = 4, NamesOf names = NamesOf::denseflow>
class HalvedFeatures {
public:
  static constexpr Shape output_shape(Shape seen) {
    HalvingConv::require(seen);
    return {Out, seen.h / 2, seen.w / 2};
  }

  void declare(Builder& b, Shape seen) {
    constexpr bool survae = names == NamesOf::survae;
    {
      const auto fine = b.scope(survae ? "context1" : "context_init.1");
      fine_.declare(b, seen.c, Width, Depth, Growth, names);
    }
    halve_.declare(b, survae ? "down" : "context_init.2", Width, Width);
    const auto coarse = b.scope(survae ? "context2" : "context_init.3");
    coarse_.declare(b, Width, Out, Depth, Growth, names);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& seen) const {
    return branch(ctx, coarse_, halve_.forward(ctx, branch(ctx, fine_, seen)));
  }

private:
  template <class Ctx, class V>
  static V branch(const Ctx& ctx, const DenseBranch& dense, const V& x) {
    const V buffer = dense.buffer(ctx, x);
    ops::copy_into(ctx, x, dense.input(buffer));
    const V y = ctx.output_like(x, dense.output_channels());
    dense.forward_into(ctx, buffer, y);
    return y;
  }

  DenseBranch fine_, coarse_;
  HalvingConv halve_;
};

}  // namespace densenf::nn
