#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/ops/probability.hpp"

namespace densenf {

/// The second half of the channels leaves the flow under N(0, I). Its inverse takes the half that was kept by
/// encode, or draws it anew.
struct FactorOut : Bijector<FactorOut> {
  static constexpr Kind kind = Kind::surjection;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % 2 != 0) shape_mismatch("FactorOut needs an even number of channels.", in);
    return {in.c / 2, in.h, in.w};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const Index half = x.c() / 2;
    const V leaving = x.channels(half, half);
    ops::standard_normal_log_prob(ctx, leaving, 1, log_prob);
    if (auto* latents = ctx.pass().latents) latents->keep(as_const(leaving.value));
    return x.channels(0, half);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    using T = typename Ctx::Scalar;
    const V x = ctx.output_like(z, 2 * z.c());
    ops::copy_into(ctx, z, x.channels(0, z.c()));
    const V other = x.channels(z.c(), z.c());
    if (auto* kept = ctx.pass().kept) {
      kept->take(other.value);
    } else {
      ctx.noise().normal(ctx.device(), other.value);
      scale_shift(ctx.device(), as_const(other.value), static_cast<T>(ctx.pass().temperature), T(0),
                  other.value);
    }
    return x;
  }
};

/// What stands between the scales of DenseFlow.
using Transition = Compose<Squeeze, FactorOut>;

}  // namespace densenf
