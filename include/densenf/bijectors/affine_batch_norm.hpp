#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/ops/channel_affine.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// y = (x - mean) / sqrt(var + 1e-5) exp(log_gain) + bias per channel, a layer of MAF (NeurIPS 2017). In
/// training mean and (biased) variance are those of the batch, and the stored ones move towards them by a
/// tenth at each step; in evaluation and back they are the stored ones. These start as those of the batch
/// that Flow::initialize is given.
class AffineBatchNorm : public Bijector<AffineBatchNorm> {
public:
  /// In training x cannot be rebuilt from y alone, which does not say with what x was normalized; so this is
  /// no module of a Unit.
  static constexpr Kind kind = Kind::surjection;

  void declare(Builder& b, Shape in) {
    log_gain_ = b.vector("log_gain", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    running_ = {b.state("mean", {in.c}, Init::zeros()), b.state("var", {in.c}, Init::constant(1)), 1e-5};
    initialized_ = b.starts_from_data("initialized", {}, {running_.mean, running_.variance});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    if (!is_zero(ctx.device(), ctx.state(initialized_))) return;
    const Tensor<T> flag = make_tensor(ctx.start_state(initialized_), 1, Shape{1, 1, 1});
    channel_statistics(ctx.device(), as_const(x.value), ctx.start_state(running_.mean),
                       ctx.start_state(running_.variance),
                       ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(x.value))));
    scale_shift(ctx.device(), as_const(flag), T(0), T(1), flag);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V normal = ctx.output_like(x, x.c());
    ops::normalize_where_into(ctx, kernels::Everywhere{}, x, running_, log_prob, normal);
    return ops::channel_affine(ctx, normal, ctx.parameter(log_gain_), ctx.parameter(bias_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    const auto scope = ctx.memory().scope();
    const V normal = ops::channel_affine_inverse(ctx, y, ctx.parameter(log_gain_), ctx.parameter(bias_));
    ops::normalize_where_inverse_into(ctx, kernels::Everywhere{}, normal, running_, x);
    return x;
  }

private:
  Param log_gain_, bias_, initialized_;
  ops::RunningStatistics running_;
};

}  // namespace densenf
