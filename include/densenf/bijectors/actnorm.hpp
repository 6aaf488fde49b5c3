#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// z = (x - shift) * exp(-log_scale) per channel. The batch that Flow::initialize is given (a trainer gives
/// it the first one) sets both so that its own channels come out with mean 0 and standard deviation 1; it
/// must hold at least two pixels (ShapeError).
class ActNorm : public Bijector<ActNorm> {
public:
  void declare(Builder& b, Shape in) {
    shift_ = b.vector("shift", {1, in.c, 1, 1}, Init::zeros());
    log_scale_ = b.vector("log_scale", {1, in.c, 1, 1}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {shift_, log_scale_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    nn::start_actnorm(ctx, x, shift_, log_scale_, initialized_);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, ctx.parameter(shift_), ctx.parameter(log_scale_), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::actnorm_inverse(ctx, z, ctx.parameter(shift_), ctx.parameter(log_scale_));
  }

private:
  Param shift_, log_scale_, initialized_;
};

}  // namespace densenf
