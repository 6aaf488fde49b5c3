#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/splits.hpp"
#include "densenf/bijectors/transforms.hpp"
#include "densenf/nn/joined.hpp"

namespace densenf {

/// A network looks at one part of x and says how the other changes, which can be undone, because the first
/// part stays as it is. `Split` says which is which (bijectors/splits.hpp), `Transform` how numbers change
/// (bijectors/transforms.hpp).
///
/// Network is any type with
///
///   void declare(Builder&, Index in, Index out);            // for this many channels
///   V forward(const Ctx&, const V& x) const;              // which keeps height and width
///   static constexpr void require(Shape in);              // if it takes only some images
///
/// `require` is given the shape of the network's input and calls shape_mismatch("One sentence.", in) for
/// those that it does not take; what it says is part of output_shape, so that a flow over such images is
/// refused when it is made. A network without it must take any images.
///
/// A network whose result for an image does not depend on the others of the batch says so by `static
/// constexpr bool images_apart = true`. The coupling then works on Pass::slice images at once.
///
/// The network's parameters are named below "coupling_net.0", or the name that Named<name, Network> gives
/// them.
///
/// With `Context` channels, the network sees them behind those of x; the context is a batch of images with
/// the height and width of x, or of one pixel, which is then seen at every pixel.
///
/// A network whose parameters depend on more of its input, or which tells x and the context apart, has
///
///   void declare(Builder&, Shape in, Index out, Index context);
///   V forward(const Ctx&, const V& x, const V& context) const;    // no last argument without a context
///
/// instead, and `require` is given the shape without the context.
template <class Split, class Transform, class Network, int Context = 0>
class Coupling : public Bijector<Coupling<Split, Transform, Network, Context>> {
public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = images_apart_of<Network>;

  static std::string type_name() {
    return fmt::format("Coupling<{}, {}>", detail::type_name_of<Split>(), detail::type_name_of<Transform>());
  }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Split::require(in);
    require_of<Network>({Split::kept(in.c) + (apart ? 0 : Context), in.h, in.w});
    return in;
  }

  void declare(Builder& b, Shape in) {
    const Index changed = Split::changed(in.c);
    if constexpr (requires { transform_.declare(b, in); }) transform_.declare(b, {changed, in.h, in.w});
    const auto scope = b.scope(detail::scope_name_of<Network>("coupling_net.0"));
    const Index out = Transform::parameters * changed;
    if constexpr (apart)
      network_.declare(b, Shape{Split::kept(in.c), in.h, in.w}, out, Context);
    else
      network_.declare(b, Split::kept(in.c) + Context, out);
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    const V raw = raw_numbers(ctx, x, context...);
    const V z = ctx.output_like(x, x.c());
    map_into(ctx, x, raw, log_prob, z);
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& z, const C&... context) const {
    const V x = ctx.output_like(z, z.c());
    const V raw = raw_numbers(ctx, z, context...);
    Split::keep_into(ctx, z, x);
    transform_.inverse_into(ctx, Split::changed(z), raw, Split::where(z), Split::changed(x));
    return x;
  }

  /// The network runs once, with its adjoints recorded, and serves both the inverse and the backward pass.
  template <class Ctx, class V = typename Ctx::Value, class... C>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const C&... context) const {
    copy(ctx.device(), as_const(Split::kept(z).value), Split::kept(x).value);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob, [&](const auto& c, LogProb unused) {
      const V raw = raw_numbers(c, x, context...);
      transform_.inverse_into(c.evaluating(), Split::changed(z), raw, Split::where(z), Split::changed(x));
      const V again = c.variable(z.value);
      map_into(c, x, raw, unused, again);
      return again;
    });
  }

private:
  /// Whether the network tells x and the context apart.
  static constexpr bool apart = requires(Network & network, Builder& b) {
    network.declare(b, Shape{}, Index{}, Index{});
  };

  /// What the network makes of what it sees.
  template <class Ctx, class V, class... C>
  V raw_numbers(const Ctx& ctx, const V& x, const C&... context) const {
    const V raw = run_network(ctx, Split::seen(ctx, x), context...);
    ops::require_batch("The output of a coupling's network", raw.value, x.n(),
                       {Transform::parameters * Split::changed(x.c()), x.value.h, x.value.w});
    return raw;
  }

  template <class Ctx, class V>
  V run_network(const Ctx& ctx, const V& seen) const {
    static_assert(Context == 0, "This coupling was declared with a context: call it with one.");
    return network_.forward(ctx, seen);
  }
  template <class Ctx, class V>
  V run_network(const Ctx& ctx, const V& seen, const V& context) const {
    static_assert(Context > 0,
                  "This coupling takes no context: declare it with the number of the context's channels, as "
                  "AffineCoupling<Network, Channels>.");
    if constexpr (apart) {
      if (context.shape() != Shape{Context, 1, 1})
        ops::require_batch("The context of a coupling", context.value, seen.n(),
                           {Context, seen.value.h, seen.value.w});
      return network_.forward(ctx, seen, nn::over_pixels(ctx, context, seen.value.h, seen.value.w));
    } else {
      return network_.forward(ctx,
                              nn::with_context<Context>(ctx, "The context of a coupling", seen, context));
    }
  }

  template <class Ctx, class V>
  void map_into(const Ctx& ctx, const V& x, const V& raw, LogProb log_prob, const V& z) const {
    Split::keep_into(ctx, x, z);
    transform_.forward_into(ctx, Split::changed(x), raw, Split::where(x), log_prob, Split::changed(z));
  }

  Network network_;
  [[no_unique_address]] Transform transform_;
};

/// x = [x1, x2], halves of the channels; the network maps x1 to s and t, interleaved; z = [x1, t + exp(l) x2]
/// with l = 2 tanh(s / 2).
template <class Network, int Context = 0>
using AffineCoupling = Coupling<ChannelHalves, AffineTanh2, Network, Context>;

/// z = [x1, t + x2]
template <class Network, int Context = 0>
using AdditiveCoupling = Coupling<ChannelHalves, Additive, Network, Context>;

}  // namespace densenf
