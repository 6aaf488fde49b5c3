#pragma once

#include "densenf/core/parameters.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf::nn {

/// (x + bias) exp(3 logs) per channel, Glow's ActNorm. The pass that gives starts sets both so that what
/// comes out has mean 0 and standard deviation 1 per channel.
class ActNorm {
public:
  void declare(Builder& b, Index channels) {
    bias_ = b.vector("bias", {channels}, Init::zeros());
    logs_ = b.vector("logs", {channels}, Init::zeros());
    started_ = b.starts_from_data("initialized", {bias_, logs_});
  }

  /// Where ctx.starts(): takes the start from x, unless it has been.
  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    start_actnorm(ctx, x, bias_, logs_, started_, -1, -1.0 / times, false);
  }

  /// What ops::actnorm takes to be the same.
  template <class Ctx, class V = typename Ctx::Value>
  V shift(const Ctx& ctx) const {
    return ops::scale_shift(ctx, ctx.parameter(bias_), -1, 0);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V log_scale(const Ctx& ctx) const {
    return ops::scale_shift(ctx, ctx.parameter(logs_), -times, 0);
  }

  /// This behind a convolution, as one convolution: its pass over the image is saved.
  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> behind(const Ctx& ctx, const ops::Filter<V>& filter) const {
    const V scale = without_tangent(
        ctx, [this](const auto& c) { return ops::map(c, c.parameter(logs_), kernels::maps::ExpOf{times}); });

    const V own = ctx.parameter(bias_), bias = filter.has_bias() ? ops::add(ctx, filter.bias, own) : own;
    return {ops::scale_channels(ctx, filter.weight, scale), ops::multiply(ctx, bias, scale), filter.kernel};
  }

private:
  static constexpr double times = 3;  ///< of the stored logarithm, which so learns faster
  Param bias_, logs_, started_;
};

}  // namespace densenf::nn
