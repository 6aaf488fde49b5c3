#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/channel_affine.hpp"

namespace densenf {

/// y = x exp(log_scale) + bias per channel: an ActNorm that scales first. The batch that Flow::initialize is
/// given sets both so that its own channels come out with mean 0 and standard deviation 1, relative to what
/// they were; it must hold at least two pixels (ShapeError).
class ScalingActNorm : public Bijector<ScalingActNorm> {
public:
  void declare(Builder& b, Shape in) {
    log_scale_ = b.vector("log_scale", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {log_scale_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    const auto scope = ctx.memory().scope();
    nn::standardize_output(ctx, run(ctx, x, ctx.unused_log_prob(x.n())), 1, nn::StartScale::logarithm,
                           log_scale_, bias_, initialized_);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return run(ctx, x, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    const auto scope = ctx.memory().scope();
    actnorm_forward(ctx.device(), as_const(y.value), ctx.value(bias_), ctx.value(log_scale_), x.value,
                    ctx.unused_log_prob(y.n()).value);
    return x;
  }

private:
  template <class Ctx, class V>
  V run(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::channel_affine(ctx, x, ctx.parameter(log_scale_), ctx.parameter(bias_), log_prob);
  }

  Param log_scale_, bias_, initialized_;
};

}  // namespace densenf
