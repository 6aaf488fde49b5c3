#pragma once

#include <array>
#include <cstddef>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/probability.hpp"

namespace densenf {

/// The dense block of the paper: `Count` units with cross-unit coupling. Before each unit but the first,
/// `Growth` channels of noise enter: mu + sigma e, where e ~ N(0, I) and mu, sigma come from a small network
/// over the inputs of all earlier units. Dropping those channels inverts the step, since mu, sigma and so e
/// can be recomputed. Unit i (from 0) has C + i Growth channels.
template <int Count, int Growth, class UnitType>
class CrossUnit : public Bijector<CrossUnit<Count, Growth, UnitType>> {
  static_assert(Count > 0, "A CrossUnit has at least one unit.");
  static_assert(Growth > 0,
                "The growth of a CrossUnit is the number of noise channels per step: at least 1.");

public:
  static constexpr Kind kind = Count > 1 ? Kind::stochastic : UnitType::kind;
  /// Its units do; the noise does not look at the context.
  static constexpr bool takes_context = UnitType::takes_context;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    for (int i = 0; i < Count; ++i) {
      if (i > 0) in.c += Growth;
      in = UnitType::output_shape(in);
    }
    return in;
  }

  void declare(Builder& b, Shape in) {
    {
      const auto scope = b.scope("noise_params");
      for (std::size_t i = 0; i < noise_.size(); ++i) {
        const auto inner = b.scope(static_cast<Index>(i));
        noise_[i].build(b, seen_by(static_cast<Index>(i) + 1, in.c), Growth);
      }
    }
    const auto scope = b.scope("blocks");
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const auto inner = b.scope(static_cast<Index>(i));
      if (i > 0) in.c += Growth;
      units_[i].build(b, in);
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    // All inputs of units that later noise looks at, side by side.
    const V earlier = ctx.output_like(x, seen_by(Count - 1, x.c()));
    Index seen = 0;
    for (int i = 0; i < Count; ++i) {
      const V state = x;
      if (i > 0)
        x = widen(ctx, x, noise_[static_cast<std::size_t>(i - 1)], earlier.channels(0, seen), log_prob);
      if (i + 1 < Count) {
        ops::copy_into(ctx, state, earlier.channels(seen, state.c()));
        seen += state.c();
      }
      x = units_[static_cast<std::size_t>(i)].apply(ctx, x, log_prob, context...);
    }
    return x;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    for (std::size_t i = units_.size(); i-- > 0;) {
      z = units_[i].invert(ctx, z, context...);
      if (i > 0) z = z.channels(0, z.c() - Growth);
    }
    return z;
  }

private:
  /// mu and s of the noise from the states before: conv 3x3 -> relu -> conv 1x1 (starts at zero).
  struct NoiseNetwork {
    nn::Conv spread, mix;
    void build(Builder& b, Index in, Index growth) {
      spread.build(b, "transformation.0", in, 4 * in, 3);
      mix.build(b, "transformation.2", 4 * in, 2 * growth, 1, nn::Conv::Start::zero);
    }
  };

  /// Channels of the first `count` states z_0, z_1, ...: C, C, C + Growth, C + 2 Growth, ...
  static constexpr Index seen_by(Index count, Index channels) {
    Index total = 0;
    for (Index i = 0; i < count; ++i) total += channels + (i > 0 ? (i - 1) * Growth : 0);
    return total;
  }

  template <class Ctx, class V>
  V widen(const Ctx& ctx, const V& x, const NoiseNetwork& network, const V& earlier, LogProb log_prob) const {
    return scoped(
        ctx, {x.c() + Growth, x.value.h, x.value.w},
        [&](const auto& c) {
          const V raw = network.mix.forward(c, network.spread.forward(c, earlier, nn::Activation::relu));
          const V e{c.tensor(x.n(), {Growth, x.value.h, x.value.w})};
          c.noise().normal(c.device(), e.value);
          ops::standard_normal_log_prob(c, e, -1, log_prob);
          const V wide = c.output_like(x, x.c() + Growth);
          ops::copy_into(c, x, wide.channels(0, x.c()));
          ops::affine_into(c, e, raw, ops::AffineLayout::shifts_first(Growth), log_prob,
                           wide.channels(x.c(), Growth));
          return wide;
        },
        x, earlier);
  }

  std::array<NoiseNetwork, static_cast<std::size_t>(Count - 1)> noise_;
  std::array<UnitType, static_cast<std::size_t>(Count)> units_;
};

}  // namespace densenf
