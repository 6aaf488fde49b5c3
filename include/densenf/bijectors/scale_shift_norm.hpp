#pragma once

#include <ratio>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/channel_affine.hpp"

namespace densenf {

namespace detail {

/// What the two bijectors below are: y = x exp(log_scale) + bias per channel. `Floor` (a std::ratio) is added
/// to the deviation of the batch that both start from.
template <class Floor>
class ScaleThenShift {
public:
  void declare(Builder& b, Shape in) {
    log_scale_ = b.vector("log_scale", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {log_scale_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    const auto scope = ctx.memory().scope();
    nn::standardize_output(ctx, forward(ctx, x, ctx.unused_log_prob(x.n())), 1,
                           static_cast<double>(Floor::num) / Floor::den, nn::StartScale::logarithm,
                           log_scale_, bias_, initialized_);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::channel_affine(ctx, x, ctx.parameter(log_scale_), ctx.parameter(bias_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::channel_affine_inverse(ctx, y, ctx.parameter(log_scale_), ctx.parameter(bias_));
  }

private:
  Param log_scale_, bias_, initialized_;
};

}  // namespace detail

/// y = x exp(log_scale) + bias per channel: an ActNorm that scales first. The batch that Flow::initialize is
/// given sets both so that its own channels come out with mean 0 and (unbiased) variance 1; it must hold at
/// least two pixels (ShapeError). RQ-NSF's.
class ScaleShiftNorm : public Bijector<ScaleShiftNorm>, public detail::ScaleThenShift<std::ratio<0>> {};

/// The same, but that 1e-6 is added to the deviation that the batch has. MaCow's.
class ScalingActNorm : public Bijector<ScalingActNorm>, public detail::ScaleThenShift<std::micro> {};

}  // namespace densenf
