#pragma once

#include <string_view>
#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/probability.hpp"

// Densities over batches of images. A distribution is a type with
//
//   static constexpr bool takes_context;                  // whether it looks at the flow's context
//   static constexpr void require(Shape x, Index given);  // if it takes only some
//   static constexpr bool draws_have_gradients = false;   // if its draws are not differentiable
//   void declare(Builder&, Shape x, Index given = 0);       // over images of x
//   void log_prob(const Ctx&, const V& x, double factor, LogProb, const Given&...) const;
//   V sample(const Ctx&, Index n, double temperature, const Given&...) const;
//
// log_prob adds factor * log density of each image. sample makes n draws, with the standard deviation
// multiplied by `temperature`; they are differentiable at temperature 1, unless it says that they are not.
// What these are given stands behind
// everything else: first what the owner of the distribution has it look at (FactorOut: the channels that
// stay), of which `given` is the number of channels, then the flow's context if there is one. It is for
// distributions that are conditional.
namespace densenf {

/// A normal with one learned mean and log-scale per channel; starts as the standard normal.
class ChannelNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder& b, Shape shape, Index = 0) {
    const auto scope = b.scope("base_dist");
    declare_as(b, shape, "loc", "log_scale", {1, shape.c, 1, 1});
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

protected:
  /// Declares the parameters under other names, as tensors of another shape.
  void declare_as(Builder& b, Shape shape, std::string_view mean, std::string_view log_scale,
                  const std::vector<Index>& tensor) {
    shape_ = shape;
    loc_ = b.vector(mean, tensor, Init::zeros());
    log_scale_ = b.vector(log_scale, tensor, Init::zeros());
  }

private:
  Shape shape_;
  Param loc_, log_scale_;
};

/// N(0, I)
class StandardNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder&, Shape shape, Index = 0) { shape_ = shape; }

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
