#pragma once

#include <type_traits>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/features.hpp"

namespace densenf {

/// A flow that is run as a sampler: draws from `Base` go forward through `Model`, a bijection, and the
/// density q of what comes out is known. It is a noise model (bijectors/noise.hpp) that may look at
/// something: `Features` makes of it the context of the model's pieces that take one, and what a conditional
/// base looks at. Passes are recorded and differentiable; what they keep is a matter of the memory policy, by
/// the units of the model.
///
/// Without a model (void) the draws are the base's.
template <class Base, class Model = void, class Features = nn::AsSeen>
class Sampler {
  static_assert(Model::kind == Kind::bijection && Model::levels == 0,
                "The model of a Sampler is a bijection: then the density of its draws is known.");

public:
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

  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob) const {
    const V given = features(ctx, seen);
    const V z = base_.sample(ctx, seen.n(), 1, given);
    base_.log_prob(ctx, z, -1, log_prob, given);
    return model_.apply(ctx, z, log_prob, given);
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
  template <class Ctx, class V>
  V features(const Ctx& ctx, const V& seen) const {
    if constexpr (std::is_same_v<Features, nn::AsSeen>) {
      return seen;
    } else {
      const auto run = [this, seen](const auto& c, LogProb) { return features_.forward(c, seen); };
      if constexpr (Ctx::records) {
        if (ctx.pass().policy != MemoryPolicy::store)
          return recomputed(ctx, features_shape_, LogProb{}, run, seen);
      }
      return scoped(
          ctx, features_shape_, [&](const auto& c) { return run(c, LogProb{}); }, seen);
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
  static constexpr void require(Shape out, Shape seen) {
    if constexpr (requires { Base::require(out, seen.c); }) Base::require(out, seen.c);
  }

  void declare(Builder& b, Shape out, Shape seen) { base_.declare(b, out, seen.c); }

  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob) const {
    const V z = base_.sample(ctx, seen.n(), 1, seen);
    base_.log_prob(ctx, z, -1, log_prob, seen);
    return z;
  }

private:
  Base base_;
};

}  // namespace densenf
