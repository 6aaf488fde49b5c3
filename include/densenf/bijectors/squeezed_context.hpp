#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// A model over squeezed images within one over whole images: its context is squeezed likewise, as
/// ops::squeeze with `order` does. It stands between a squeeze and an unsqueeze of x.
template <ops::SqueezeOrder order, class Model>
class SqueezedContext : public Bijector<SqueezedContext<order, Model>> {
  static_assert(Model::takes_context, "A SqueezedContext is for a model that takes a context.");

public:
  static constexpr Kind kind = Model::kind;
  static constexpr bool takes_context = true;
  static constexpr bool names_itself = Model::names_itself;
  static constexpr bool numbers_pieces = Model::numbers_pieces;

  static constexpr Shape output_shape(Shape in) { return Model::output_shape(in); }
  static constexpr Shape input_shape(Shape out) { return Model::input_shape(out); }

  void declare(Builder& b, Shape in) { model_.build(b, in); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const V& context) const {
    return model_.apply(ctx, x, log_prob, ops::squeeze(ctx, context, order));
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z, const V& context) const {
    return model_.invert(ctx, z, ops::squeeze(ctx, context, order));
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
  Model model_;
};

}  // namespace densenf
