#pragma once

#include <array>
#include <cstddef>

#include "densenf/bijectors/augment.hpp"
#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/networks.hpp"

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

  static std::string type_name() { return fmt::format("CrossUnit<{}, {}>", Count, Growth); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    for (int i = 0; i < Count; ++i) {
      if (i > 0) in.c += Growth;
      in = UnitType::output_shape(in);
    }
    return in;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c - (Count - 1) * Growth, out.h, out.w}; }

  void declare(Builder& b, Shape in) {
    {
      const auto scope = b.scope("noise_params");
      for (std::size_t i = 0; i < augments_.size(); ++i) {
        const auto inner = b.scope(static_cast<Index>(i));
        const auto earlier = static_cast<Index>(i);
        augments_[i].look_at(seen_by(earlier + 1, in.c));
        augments_[i].build(b, {in.c + earlier * Growth, in.h, in.w});
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
      // Not by `apply`, which says in the backward pass that all parameters behind its own are final: those
      // of units that come before it are behind them.
      if (i > 0) {
        const auto& augment = augments_[static_cast<std::size_t>(i - 1)];
        x = augment.observed(ctx, log_prob,
                             [&] { return augment.widened(ctx, x, earlier.channels(0, seen), log_prob); });
      }
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
      if (i > 0) z = augments_[i - 1].inverse(ctx, z);
    }
    return z;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (i > 0) f(augments_[i - 1]);
      f(units_[i]);
    }
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    for (std::size_t i = units_.size(); i-- > 0;) {
      f(units_[i]);
      if (i > 0) f(augments_[i - 1]);
    }
  }

private:
  /// Channels of the first `count` states z_0, z_1, ...: C, C, C + Growth, C + 2 Growth, ...
  static constexpr Index seen_by(Index count, Index channels) {
    Index total = 0;
    for (Index i = 0; i < count; ++i) total += channels + (i > 0 ? (i - 1) * Growth : 0);
    return total;
  }

  std::array<Augment<Growth, AffineNoise<nn::NoiseNetwork>>, static_cast<std::size_t>(Count - 1)> augments_;
  std::array<UnitType, static_cast<std::size_t>(Count)> units_;
};

}  // namespace densenf
