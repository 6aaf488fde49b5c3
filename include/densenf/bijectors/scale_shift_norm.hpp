#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/channel_affine.hpp"

namespace densenf {

/// y = x exp(log_scale) + bias per channel: an ActNorm that scales first. The batch that Flow::initialize is
/// given sets both so that its own channels come out with mean 0 and (unbiased) standard deviation 1, but for
/// Derived::floor, which is added to the deviation that they had; it must hold at least two pixels
/// (ShapeError).
template <class Derived>
class ScaleThenShift : public Bijector<Derived> {
public:
  void declare(Builder& b, Shape in) {
    log_scale_ = b.vector("log_scale", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {log_scale_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    const auto scope = ctx.memory().scope();
    nn::standardize_output(ctx, run(ctx, x, ctx.unused_log_prob(x.n())), 1, Derived::floor,
                           nn::StartScale::logarithm, log_scale_, bias_, initialized_);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return run(ctx, x, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::channel_affine_inverse(ctx, y, ctx.parameter(log_scale_), ctx.parameter(bias_));
  }

private:
  template <class Ctx, class V>
  V run(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::channel_affine(ctx, x, ctx.parameter(log_scale_), ctx.parameter(bias_), log_prob);
  }

  Param log_scale_, bias_, initialized_;
};

/// RQ-NSF's.
struct ScaleShiftNorm : ScaleThenShift<ScaleShiftNorm> {
  static constexpr double floor = 0;
};

/// MaCow's.
struct ScalingActNorm : ScaleThenShift<ScalingActNorm> {
  static constexpr double floor = 1e-6;
};

}  // namespace densenf
