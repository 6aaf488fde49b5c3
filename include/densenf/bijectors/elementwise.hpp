#pragma once

#include <ratio>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// y = scale x + shift, the same for every number; scale and shift are std::ratio.
template <class Scale, class Shift>
struct ScalarAffine : Bijector<ScalarAffine<Scale, Shift>> {
  static_assert(Scale::num != 0, "A scale of 0 has no inverse.");
  static constexpr double scale = static_cast<double>(Scale::num) / static_cast<double>(Scale::den);
  static constexpr double shift = static_cast<double>(Shift::num) / static_cast<double>(Shift::den);

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    ops::scale_shift_into(ctx, x, scale, shift, y);
    const double log_det = static_cast<double>(x.shape().size()) * std::log(std::abs(scale));
    add_to_each(ctx.device(), log_det, x.n(), log_prob.value);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, 1 / scale, -shift / scale, x);
    return x;
  }
};

/// y = x - 1/2: centers the dequantized image.
using Center = ScalarAffine<std::ratio<1>, std::ratio<-1, 2>>;

/// y = 1 / (1 + exp(-x)), in (0, 1).
///
/// Near the ends of (0, 1) many x become the same y, of which the inverse is infinite: below -87 and above 16
/// in float, below -708 and above 36 in double. Flow::decode reports such a number.
struct Sigmoid : Bijector<Sigmoid> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::sigmoid(ctx, x, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    sigmoid_inverse(ctx.device(), as_const(y.value), x.value);
    return x;
  }
  /// The adjoint needs y alone. x is rebuilt as far as y tells what it was, and finite: a number that is
  /// large is no reason to stop training.
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& y, const V& x, LogProb log_prob) const {
    const auto mark = ctx.memory().mark();
    logit_forward(ctx.device(), as_const(y.value), x.value, ctx.unused_log_prob(y.n()).value);
    ctx.memory().release(mark);
    sigmoid_backward(ctx.device(), as_const(y.value), as_const(ctx.gradient(y)), log_prob.gradient,
                     ctx.gradient(x));
  }
};

/// y = log(x / (1 - x)) for x in (0, 1), outside of which the density is 0.
struct Logit : Bijector<Logit> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::logit(ctx, x, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::sigmoid(ctx, y, ctx.unused_log_prob(y.n()));
  }
};

/// y with softplus(y) = x, for x > 0, outside of which the density is 0.
struct SoftplusInverse : Bijector<SoftplusInverse> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::map(ctx, x, kernels::maps::SoftplusInverse{}, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::softplus(ctx, y);
  }
};

}  // namespace densenf
