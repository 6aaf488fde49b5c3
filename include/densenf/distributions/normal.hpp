#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/probability.hpp"

// Densities over batches of images. A distribution is a struct with build, log_prob and sample; the last two
// are given the context behind everything else where there is one, which these do not look at.
namespace densenf {

/// A normal with one learned mean and log-scale per channel; starts as the standard normal.
class ChannelNormal {
public:
  void build(Builder& b, Shape shape) {
    shape_ = shape;
    const auto scope = b.scope("base_dist");
    loc_ = b.vector("loc", {1, shape.c, 1, 1}, Init::zeros());
    log_scale_ = b.vector("log_scale", {1, shape.c, 1, 1}, Init::zeros());
  }

  /// Adds factor * log density of each image of x to log_prob.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::normal_log_prob(ctx, x, ctx.parameter(loc_), ctx.parameter(log_scale_), factor, log_prob);
  }

  /// n draws, with the standard deviation multiplied by `temperature`; differentiable at temperature 1.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    const auto noise = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), noise);
    return ops::normal_from_noise(ctx, noise, ctx.parameter(loc_), ctx.parameter(log_scale_), temperature);
  }

private:
  Shape shape_;
  Param loc_, log_scale_;
};

/// N(0, I)
class StandardNormal {
public:
  void build(Builder&, Shape shape) { shape_ = shape; }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::standard_normal_log_prob(ctx, x, factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V x{ctx.tensor(n, shape_)};
    ctx.noise().normal(ctx.device(), x.value);
    scale_shift(ctx.device(), as_const(x.value), static_cast<T>(temperature), T(0), x.value);
    return x;
  }

private:
  Shape shape_;
};

}  // namespace densenf
