#pragma once

#include "densenf/ops/normal_mixture.hpp"

namespace densenf {

/// A mixture of normals over whole images, each with a learned mean and log-scale for every number and a
/// learned logit, of which the softmax is its probability. Starts with standard normals around means that
/// are drawn from N(0, I), all equally likely. TrainOptions may leave it as it is: freeze(options, flow,
/// "base_dist").
///
/// At a temperature, draws deviate from the mean of their component by that many times as much. Which
/// component a draw is of has no gradient, so that this is no base of a Sampler.
template <int Components>
class NormalMixture {
  static_assert(Components > 0, "A NormalMixture has at least one component.");

public:
  static constexpr bool takes_context = false;
  static constexpr bool draws_have_gradients = false;

  static std::string type_name() { return fmt::format("NormalMixture<{}>", Components); }

  void declare(Builder& b, Shape shape, Index = 0) {
    shape_ = shape;
    const auto scope = b.scope("base_dist");
    const std::vector<Index> images{Components, shape.c, shape.h, shape.w};
    logits_ = b.vector("logits", {Components}, Init::zeros());
    loc_ = b.vector("loc", images, Init::normal(1));
    log_scale_ = b.vector("log_scale", images, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::normal_mixture_log_prob(ctx, x, ctx.parameter(logits_), ctx.parameter(loc_),
                                 ctx.parameter(log_scale_), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const auto u = ctx.tensor(n, {1, 1, 1}), e = ctx.tensor(n, shape_);
    ctx.noise().uniform(ctx.device(), u);
    ctx.noise().normal(ctx.device(), e);
    const V x{ctx.tensor(n, shape_)};
    normal_mixture_from_noise(ctx.device(), as_const(u), as_const(e), Components, ctx.value(logits_),
                              ctx.value(loc_), ctx.value(log_scale_), static_cast<T>(temperature), x.value);
    return x;
  }

private:
  Shape shape_;
  Param logits_, loc_, log_scale_;
};

}  // namespace densenf
