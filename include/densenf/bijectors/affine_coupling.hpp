#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// x = [x1, x2], x1 the first half of the channels (the larger one when their number is odd). The network
/// maps x1 to s and t, interleaved; z = [x1, t + exp(l) x2] with l = 2 tanh(s / 2).
///
/// Network is any type with
///
///   void build(Builder&, Index in, Index out);            // for this many channels
///   V forward(const Ctx&, const V& x) const;              // which keeps height and width
///   static constexpr void require(Shape in);              // if it takes only some images
///
/// `require` is given the shape of the network's input and calls shape_mismatch("One sentence.", in) for
/// those that it does not take; what it says is part of output_shape, so that a flow over such images is
/// refused when it is made. A network without it must take any images.
///
/// With `Context` channels, the network sees [x1, context]; the context is a batch of images with the height
/// and width of x, or of one pixel, which is then seen at every pixel.
template <class Network, int Context = 0>
class AffineCoupling : public Bijector<AffineCoupling<Network, Context>> {
public:
  static constexpr bool takes_context = Context > 0;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c < 2)
      shape_mismatch("AffineCoupling needs at least two channels, one to look at and one to change.", in);
    require_of<Network>({in.c - in.c / 2 + Context, in.h, in.w});
    return in;
  }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope("coupling_net.0");
    network_.build(b, in.c - in.c / 2 + Context, 2 * (in.c / 2));
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    const Halves<V> in(x);
    const V raw = scales_and_shifts(ctx, in.first, context...);
    const V z = ctx.output_like(x, x.c());
    const Halves<V> out(z);
    ops::copy_into(ctx, in.first, out.first);
    ops::affine_into(ctx, in.second, raw, ops::AffineLayout::interleaved(), log_prob, out.second);
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& z, const C&... context) const {
    const V x = ctx.output_like(z, z.c());
    const Halves<V> in(z), out(x);
    const V raw = scales_and_shifts(ctx, in.first, context...);
    ops::copy_into(ctx, in.first, out.first);
    affine_inverse(ctx.device(), as_const(in.second.value), as_const(raw.value),
                   ops::AffineLayout::interleaved(), out.second.value);
    return x;
  }

  /// The network runs once, with its adjoints recorded, and serves both the inverse and the backward pass.
  template <class Ctx, class V = typename Ctx::Value, class... C>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const C&... context) const {
    const Halves<V> out(z), in(x);
    copy(ctx.device(), as_const(out.first.value), in.first.value);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob, [&](const auto& c, LogProb unused) {
      const V raw = scales_and_shifts(c, in.first, context...);
      affine_inverse(c.device(), as_const(out.second.value), as_const(raw.value),
                     ops::AffineLayout::interleaved(), in.second.value);
      const V again = c.variable(z.value);
      const Halves<V> parts(again);
      ops::copy_into(c, in.first, parts.first);
      ops::affine_into(c, in.second, raw, ops::AffineLayout::interleaved(), unused, parts.second);
      return again;
    });
  }

private:
  template <class V>
  struct Halves {
    explicit Halves(const V& x)
        : first(x.channels(0, x.c() - x.c() / 2)), second(x.channels(x.c() - x.c() / 2, x.c() / 2)) {}
    V first, second;
  };

  /// What the network makes of x1: s and t for each channel that changes.
  template <class Ctx, class V, class... C>
  V scales_and_shifts(const Ctx& ctx, const V& x1, const C&... context) const {
    const V raw = network_.forward(ctx, network_input(ctx, x1, context...));
    ops::require_batch("The output of an AffineCoupling's network", raw.value, x1.n(),
                       {2 * (this->input().c / 2), x1.value.h, x1.value.w});
    return raw;
  }

  template <class Ctx, class V>
  static V network_input(const Ctx&, const V& x1) {
    static_assert(Context == 0, "This AffineCoupling was declared with a context: call it with one.");
    return x1;
  }
  template <class Ctx, class V>
  static V network_input(const Ctx& ctx, const V& x1, const V& context) {
    static_assert(Context > 0,
                  "This AffineCoupling takes no context: declare it as AffineCoupling<Network, Channels>.");
    const Index h = x1.value.h, w = x1.value.w;
    if (context.shape() == Shape{Context, 1, 1} && h * w > 1)
      return ops::concat(ctx, x1, ops::spread_pixels(ctx, context, h, w));
    ops::require_batch("The context of an AffineCoupling", context.value, x1.n(), {Context, h, w});
    return ops::concat(ctx, x1, context);
  }

  Network network_;
};

}  // namespace densenf
