#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// The standard logistic distribution of each number: the density is sigmoid(x) sigmoid(-x). Draws are
/// multiplied by the temperature.
class StandardLogistic {
public:
  static constexpr bool takes_context = false;

  void declare(Builder&, Shape shape, Index = 0) { shape_ = shape; }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::add_to_log_prob(ctx, ops::map(ctx, x, kernels::maps::LogisticLogDensity{}), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V u{ctx.tensor(n, shape_)}, x{ctx.tensor(n, shape_)};
    ctx.noise().uniform(ctx.device(), u.value);
    logit_forward(ctx.device(), as_const(u.value), x.value, ctx.unused_log_prob(n).value);
    scale_shift(ctx.device(), as_const(x.value), static_cast<T>(temperature), T(0), x.value);
    return x;
  }

private:
  Shape shape_;
};

}  // namespace densenf
