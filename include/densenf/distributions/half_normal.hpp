#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// |e| with e ~ N(0, 1), number by number; the density is 0 below 0.
class HalfNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder&, Shape shape, Index = 0) { shape_ = shape; }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::add_to_log_prob(ctx, ops::map(ctx, x, kernels::maps::HalfNormalLogDensity{}), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V e{ctx.tensor(n, shape_)};
    ctx.noise().normal(ctx.device(), e.value);
    scale_shift(ctx.device(), as_const(e.value), static_cast<T>(temperature), T(0), e.value);
    return ops::map(ctx, e, kernels::maps::Abs{});
  }

private:
  Shape shape_;
};

}  // namespace densenf
