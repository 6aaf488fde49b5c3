#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf {

/// z = exp(log_scale) x per channel; starts as the identity.
class ScaleChannels : public Bijector<ScaleChannels> {
public:
  void declare(Builder& b, Shape in) { log_scale_ = b.vector("log_scale", {in.c}, Init::zeros()); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V log_scale = ctx.parameter(log_scale_);
    ops::add_sum_to_log_prob(ctx, log_scale, static_cast<double>(x.shape().pixels()), x.n(), log_prob);
    return ops::scale_channels(ctx, x, ops::exp(ctx, log_scale));
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::scale_channels(ctx, z, ops::map(ctx, ctx.parameter(log_scale_), kernels::maps::ExpOf{-1}));
  }

private:
  Param log_scale_;
};

}  // namespace densenf
