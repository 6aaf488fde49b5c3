#pragma once

#include "densenf/distributions/normal.hpp"
#include "densenf/ops/position.hpp"

namespace densenf {

/// A normal with a learned mean and log-scale for each number of an image; starts as the standard normal.
/// i-ResNet's.
class DiagonalNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder& b, Shape shape, Index = 0) {
    shape_ = shape;
    mean_ = b.image("mean", shape, Init::zeros());
    log_scale_ = b.image("log_std", shape, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Given&...) const {
    ops::normal_log_prob(ctx, x, moments(ctx, x.n()), layout(), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  V sample(const Ctx& ctx, Index n, double temperature, const Given&...) const {
    const auto e = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, moments(ctx, n), layout(), temperature);
  }

private:
  kernels::AffineLayout layout() const { return kernels::AffineLayout::shifts_first(shape_.c); }

  /// Means and log-scales, the same for each of n images.
  template <class Ctx, class V = typename Ctx::Value>
  V moments(const Ctx& ctx, Index n) const {
    const V zeros{ctx.tensor(n, shape_)};
    fill_zero(ctx.device(), zeros.value);
    const V both = ctx.output(n, {2 * shape_.c, shape_.h, shape_.w});
    ops::copy_into(ctx, ops::add_positions(ctx, zeros, ctx.parameter(mean_)), both.channels(0, shape_.c));
    ops::copy_into(ctx, ops::add_positions(ctx, zeros, ctx.parameter(log_scale_)),
                   both.channels(shape_.c, shape_.c));
    return both;
  }

  Shape shape_;
  Param mean_, log_scale_;
};

}  // namespace densenf
