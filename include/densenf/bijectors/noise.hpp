#pragma once

#include "densenf/autodiff/scope.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/probability.hpp"

// Noise that enters a flow, one draw for each image. A noise model is a type with
//
//   static constexpr void require(Shape out, Shape seen);               // if it takes only some
//   void declare(Builder&, Shape out, Shape seen);                        // draws are of shape out
//   V draw(const Ctx&, const V& seen, LogProb) const;                   // adds -log q(draw | seen)
//   void draw_into(const Ctx&, const V& seen, LogProb, const V& out) const;  // to a place that is there
//   static constexpr bool takes_context;                                // if it looks at the flow's context
//   void for_each_piece(const F& f) const;                              // if there are pieces inside of it
//
// of which it has one of the two draws. It is recorded and differentiable by what it looks at and its
// parameters. Where takes_context is true, draws take one more value, the flow's context.
// bijectors/sampler.hpp makes noise models of flows.
namespace densenf {

/// A draw to a place that is there, by the one of the two that the model has.
template <class Ctx, class Noise, class V = typename Ctx::Value, class... Context>
void draw_noise_into(const Ctx& ctx, const Noise& noise, const V& seen, LogProb log_prob, const V& out,
                     const Context&... context) {
  if constexpr (requires { noise.draw_into(ctx, seen, log_prob, out, context...); })
    noise.draw_into(ctx, seen, log_prob, out, context...);
  else
    ops::copy_into(ctx, noise.draw(ctx, seen, log_prob, context...), out);
}

/// Uniform in (0, 1), whatever it sees: for dequantization.
class UniformNoise {
public:
  void declare(Builder&, Shape out, Shape) { shape_ = out; }

  /// Adds -log q = 0.
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& seen, LogProb) const {
    const V u{ctx.tensor(seen.n(), shape_)};
    ctx.noise().uniform(ctx.device(), u.value);
    return u;
  }

private:
  Shape shape_;
};

/// t + exp(2 tanh(s / 2)) e with e ~ N(0, I), where the network makes all t and then all s of what it sees,
/// and of `Context` channels of the flow's context behind it; it is like that of a Coupling. Where it starts
/// at zero, the noise starts as N(0, I).
template <class Network, int Context = 0>
class AffineNoise {
public:
  static constexpr bool takes_context = Context > 0;

  static constexpr void require(Shape out, Shape seen) {
    if (out.h != seen.h || out.w != seen.w)
      shape_mismatch("AffineNoise has the height and width of what it looks at.", seen);
    require_of<Network>({seen.c + Context, seen.h, seen.w});
  }

  void declare(Builder& b, Shape out, Shape seen) { network_.declare(b, seen.c + Context, 2 * out.c); }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  void draw_into(const Ctx& ctx, const V& seen, LogProb log_prob, const V& out, const C&... context) const {
    const V raw =
        network_.forward(ctx, nn::with_context<Context>(ctx, "The context of AffineNoise", seen, context...));
    const V e{ctx.tensor(out.n(), out.shape())};
    ctx.noise().normal(ctx.device(), e.value);
    ops::standard_normal_log_prob(ctx, e, -1, log_prob);
    ops::affine_into(ctx, e, raw, ops::AffineLayout::shifts_first(out.c()), log_prob, out);
  }

private:
  Network network_;
};

}  // namespace densenf
