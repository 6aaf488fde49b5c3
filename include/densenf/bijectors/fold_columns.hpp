#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// Even columns beside odd ones: C x H x W -> 2C x H x W/2, with the even columns in the first C channels. So
/// what works on halves of the channels works on halves of the columns.
struct FoldColumns : Bijector<FoldColumns> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::folded_columns(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::unfolded_columns(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::fold_columns(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::unfold_columns(ctx, z);
  }
};

/// The inverse of FoldColumns.
struct UnfoldColumns : Bijector<UnfoldColumns> {
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::unfolded_columns(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::folded_columns(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::unfold_columns(ctx, x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::fold_columns(ctx, z);
  }
};

}  // namespace densenf
