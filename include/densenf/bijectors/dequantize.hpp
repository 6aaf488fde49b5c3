#pragma once

#include <numbers>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/flat.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/noise.hpp"
#include "densenf/bijectors/sampler.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/nn/features.hpp"
#include "densenf/nn/networks.hpp"

namespace densenf {

/// Noise for dequantization from a conditional flow q(u | x): squeezed normal noise goes through `Steps`
/// pairs of Conv1x1 and AffineCoupling, whose networks also see features of x, and a last Conv1x1, unsqueeze
/// and sigmoid. Width, Depth, Growth are those of the coupling networks; ContextWidth and ContextGrowth of
/// the features.
template <int Steps = 4, int Width = 64, int ContextWidth = 64, int Depth = 4, int Growth = 64,
          int ContextGrowth = 16>
using VariationalNoise = Sampler<
    ChannelNormal,
    Flat<Compose<
        Unit<Steps, Compose<Conv1x1, AffineCoupling<nn::ResidualDense<Width, Depth, Growth>, ContextWidth>>>,
        Conv1x1, Unsqueeze, Sigmoid>>,
    nn::HalvedFeatures<Width, ContextWidth, ContextGrowth>>;

/// How a noise model sees gray levels 0 ... levels - 1: from -1 to 1.
struct FromMinusOneToOne {
  static constexpr double scale(Index levels) { return 2 / static_cast<double>(levels - 1); }
  static constexpr double shift = -1;
};
/// x / levels - 1/2, as Flow++ has it.
struct FromMinusHalf {
  static constexpr double scale(Index levels) { return 1 / static_cast<double>(levels); }
  static constexpr double shift = -0.5;
};

/// The first piece of a flow over images of integers 0 ... 2^Bits - 1: y = (x + u) / 2^Bits with u in (0, 1)
/// from the noise model, which sees x scaled as `Seen` says, and the flow's context if it takes one.
/// Contributes -C H W Bits ln 2 - log q(u | x), which makes the likelihood a lower bound. y is in (0, 1) also
/// where (x + u) / 2^Bits rounds to 1. The noise's parameters are named below "encoder", or the name that
/// Named<name, Noise> gives them.
///
/// Its inverse gives gray levels: x itself when decoding what encode kept, else x + u.
template <int Bits = 8, class Noise = VariationalNoise<>, class Seen = FromMinusOneToOne>
class Dequantize : public Bijector<Dequantize<Bits, Noise, Seen>> {
  static_assert(Bits >= 1 && Bits <= 8, "Dequantize takes images of 1 to 8 bits.");

public:
  static constexpr Kind kind = Kind::stochastic;
  static constexpr bool takes_context = takes_context_of<Noise>;
  static constexpr bool pieces_make_noise = true;
  static constexpr Index levels = Index{1} << Bits;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if constexpr (requires { Noise::require(in, in); }) Noise::require(in, in);
    return in;
  }

  static std::string type_name() { return fmt::format("Dequantize<{}>", Bits); }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(detail::scope_name_of<Noise>("encoder"));
    noise_.declare(b, in, in);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    return ops::dequantize(ctx, V{x.value}, draw(ctx, x, log_prob, context...), levels);
  }

  /// This and a Logit behind it, at once: y = (x + u) / 2^Bits has no digits left of what the logit is made
  /// of where it is near 1.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward_with(const Logit&, const Ctx& ctx, const V& x, LogProb log_prob,
                 const Context&... context) const {
    return ops::dequantized_logit(ctx, V{x.value}, draw(ctx, x, log_prob, context...), levels, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, const V& y, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, static_cast<double>(levels), 0, x);
    if (auto* kept = ctx.pass().kept) {
      const auto u = ctx.tensor(y.n(), y.shape());
      kept->take(u);
      accumulate_scaled(ctx.device(), as_const(u), T(-1), x.value);
    }
    return x;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    if constexpr (requires { noise_.for_each_piece(f); }) noise_.for_each_piece(f);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    if constexpr (requires { noise_.for_each_piece_backwards(f); }) noise_.for_each_piece_backwards(f);
  }

private:
  template <class Ctx, class V, class... Context>
  V draw(const Ctx& ctx, const V& x, LogProb log_prob, [[maybe_unused]] const Context&... context) const {
    const V seen{ctx.tensor(x.n(), x.shape())};
    ops::scale_shift_into(ctx, V{x.value}, Seen::scale(levels), Seen::shift, seen);
    const V u = [&] {
      if constexpr (takes_context)
        return noise_.draw(ctx, seen, log_prob, context...);
      else
        return noise_.draw(ctx, seen, log_prob);
    }();
    if (auto* latents = ctx.pass().latents) latents->keep(as_const(u.value));
    const double term = -static_cast<double>(x.shape().size() * Bits) * std::numbers::ln2;
    add_to_each(ctx.device(), term, x.n(), log_prob.value);
    return u;
  }

  Noise noise_;
};

}  // namespace densenf
