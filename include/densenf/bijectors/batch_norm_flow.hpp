#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/batch_norm_flow.hpp"

namespace densenf {

/// y = (x - mean) / sqrt(var + 1e-5) exp(log_gain) + bias per channel, a layer of MAF (NeurIPS 2017). In
/// training mean and (biased) variance are those of the batch, of at least two pixels (ShapeError), and the
/// stored ones move towards them by a tenth at each step; in evaluation and back they are the stored ones.
/// These start as those of the batch that Flow::initialize is given.
class BatchNormFlow : public Bijector<BatchNormFlow> {
public:
  /// In training x cannot be rebuilt from y alone, which does not say with what x was normalized; so this is
  /// no module of a Unit.
  static constexpr Kind kind = Kind::surjection;

  void declare(Builder& b, Shape in) {
    log_gain_ = b.vector("log_gain", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    mean_ = b.state("mean", {in.c}, Init::zeros());
    variance_ = b.state("var", {in.c}, Init::constant(1));
    initialized_ = b.starts_from_data("initialized", {});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    if (!is_zero(ctx.device(), ctx.state(initialized_))) return;
    const Tensor<T> flag = make_tensor(ctx.start_state(initialized_), 1, Shape{1, 1, 1});
    channel_statistics(ctx.device(), as_const(x.value), ctx.start_state(mean_), ctx.start_state(variance_));
    scale_shift(ctx.device(), as_const(flag), T(0), T(1), flag);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::batch_norm_flow(ctx, x, norm(ctx), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::batch_norm_flow_inverse(ctx, y, norm(ctx));
  }

private:
  template <class Ctx>
  ops::BatchNormFlow<typename Ctx::Value> norm(const Ctx& ctx) const {
    return {ctx.parameter(log_gain_), ctx.parameter(bias_), mean_, variance_};
  }

  Param log_gain_, bias_, mean_, variance_, initialized_;
};

}  // namespace densenf
