#pragma once

#include <type_traits>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/features.hpp"

namespace densenf {

namespace detail {
/// Draws from a base that looks at `given`, and at the flow's context if it takes one; adds -log q.
template <class Ctx, class Base, class V = typename Ctx::Value, class... Context>
V draw_base(const Ctx& ctx, const Base& base, LogProb log_prob, const V& given, const Context&... context) {
  if constexpr (requires { Base::draws_have_gradients; }) {
    static_assert(
        Base::draws_have_gradients,
        "The draws of a Sampler's base are differentiable, which those of a mixture are not: choose "
        "another base.");
  }
  const auto draw = [&](const auto&... looks_at) {
    const V z = base.sample(ctx, given.n(), 1, looks_at...);
    base.log_prob(ctx, z, -1, log_prob, looks_at...);
    return z;
  };
  if constexpr (takes_context_of<Base>)
    return draw(given, context...);
  else
    return draw(given);
}
}  // namespace detail

/// A flow that is run as a sampler: draws from `Base` go forward through `Model`, a bijection, and the
/// density q of what comes out is known. It is a noise model (bijectors/noise.hpp) that may look at
/// something: `Features` (nn/features.hpp) makes of it, and of the flow's context if they take one, the
/// context of the model's pieces that take one, and what a conditional base looks at; the base may look at
/// the flow's context itself. Passes are recorded and differentiable; what they keep is a matter of the
/// memory policy, by the units of the model.
///
/// Without a model (void) the draws are the base's.
template <class Base, class Model = void, class Features = nn::AsSeen>
class Sampler {
  static_assert(Model::kind == Kind::bijection && Model::levels == 0,
                "The model of a Sampler is a bijection: then the density of its draws is known.");

public:
  static constexpr bool takes_context = takes_context_of<Features> || takes_context_of<Base>;

  static constexpr void require(Shape out, Shape seen) {
    const Shape start = Model::input_shape(out);
    if (Model::output_shape(start) != out)
      shape_mismatch("The model of a Sampler does not make such images: look at its pieces' input_shape.",
                     out);
    if constexpr (requires { Base::require(start, start.c); })
      Base::require(start, Features::output_shape(seen).c);
    else
      static_cast<void>(Features::output_shape(seen));
  }

  void declare(Builder& b, Shape out, Shape seen) {
    require(out, seen);
    features_shape_ = Features::output_shape(seen);
    base_.declare(b, Model::input_shape(out), features_shape_.c);
    features_.declare(b, seen);
    model_.build(b, Model::input_shape(out));
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob, const Context&... context) const {
    const V given = [&] {
      if constexpr (takes_context_of<Features>)
        return features(ctx, seen, context...);
      else
        return features(ctx, seen);
    }();
    return model_.apply(ctx, detail::draw_base(ctx, base_, log_prob, given, context...), log_prob, given);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    f(model_);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    f(model_);
  }

private:
  template <class Ctx, class V, class... Context>
  V features(const Ctx& ctx, const V& seen, const Context&... context) const {
    if constexpr (std::is_same_v<Features, nn::AsSeen>) {
      return seen;
    } else {
      const auto run = [this, seen, context...](const auto& c, LogProb) {
        return features_.forward(c, seen, context...);
      };
      if constexpr (Ctx::records) {
        if (ctx.pass().policy != MemoryPolicy::store)
          return recomputed(ctx, features_shape_, LogProb{}, run, seen, context...);
      }
      return scoped(
          ctx, features_shape_, [&](const auto& c) { return run(c, LogProb{}); }, seen, context...);
    }
  }

  Base base_;
  Features features_;
  Model model_;
  Shape features_shape_;
};

template <class Base>
class Sampler<Base, void, nn::AsSeen> {
public:
  static constexpr bool takes_context = takes_context_of<Base>;

  static constexpr void require(Shape out, Shape seen) {
    if constexpr (requires { Base::require(out, seen.c); }) Base::require(out, seen.c);
  }

  void declare(Builder& b, Shape out, Shape seen) { base_.declare(b, out, seen.c); }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob, const Context&... context) const {
    return detail::draw_base(ctx, base_, log_prob, seen, context...);
  }

private:
  Base base_;
};

}  // namespace densenf
