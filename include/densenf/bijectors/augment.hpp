#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/noise.hpp"
#include "densenf/bijectors/sampler.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// `Growth` channels of noise enter behind those of x, from a noise model (bijectors/noise.hpp) that looks at
/// x or at what else it is given, and at the flow's context if it takes one, with -log q: the likelihood
/// becomes a lower bound. The inverse drops the channels.
template <int Growth, class Noise = Sampler<StandardNormal>>
class Augment : public Bijector<Augment<Growth, Noise>> {
  static_assert(Growth > 0, "An Augment adds at least one channel.");

public:
  static constexpr Kind kind = Kind::stochastic;
  static constexpr bool takes_context = takes_context_of<Noise>;
  static constexpr bool pieces_make_noise = true;

  static std::string type_name() { return fmt::format("Augment<{}>", Growth); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if constexpr (requires { Noise::require(in, in); }) Noise::require({Growth, in.h, in.w}, in);
    in.c += Growth;
    return in;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c - Growth, out.h, out.w}; }

  /// Said before it is built where the noise looks at another value than x, of so many channels.
  void look_at(Index channels) { seen_ = channels; }

  void declare(Builder& b, Shape in) {
    noise_.declare(b, {Growth, in.h, in.w}, {seen_ > 0 ? seen_ : in.c, in.h, in.w});
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    return widened(ctx, x, x, log_prob, context...);
  }

  /// The same where the noise looks at `seen`.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V widened(const Ctx& ctx, const V& x, const V& seen, LogProb log_prob, const Context&... context) const {
    return scoped(
        ctx, {x.c() + Growth, x.value.h, x.value.w},
        [&](const auto& c) {
          const V wide = c.output_like(x, x.c() + Growth);
          draw_noise_into(c, noise_, seen, log_prob, wide.channels(x.c(), Growth), context...);
          ops::copy_into(c, x, wide.channels(0, x.c()));
          return wide;
        },
        x, seen, context...);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx&, const V& z, const Context&...) const {
    return z.channels(0, z.c() - Growth);
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
  Index seen_ = 0;  ///< channels; 0: x itself
  Noise noise_;
};

}  // namespace densenf
