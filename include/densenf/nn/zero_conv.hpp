#pragma once

#include "densenf/core/parameters.hpp"
#include "densenf/nn/border.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/ops/map.hpp"

namespace densenf::nn {

/// (W * x + bias) exp(3 logs) with a 3x3 convolution that knows the border; all starts at zero. The last
/// layer of Glow's networks, and the whole network of its priors.
class ZeroConv {
public:
  void declare(Builder& b, Index in, Index out) {
    detail::check_channels(in, out);
    weight_ = b.weight("weight", {out, in + 1, 3, 3}, Init::zeros());
    bias_ = b.vector("bias", {out}, Init::zeros());
    logs_ = b.vector("logs", {out}, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return forward_marked(ctx, with_border(ctx, x));
  }

  /// The same for an image that has the border's channel behind its own (nn/border.hpp).
  template <class Ctx, class V = typename Ctx::Value>
  V forward_marked(const Ctx& ctx, const V& seen) const {
    const V scale = without_tangent(
        ctx, [this](const auto& c) { return ops::map(c, c.parameter(logs_), kernels::maps::ExpOf{3}); });
    ops::Filter<V> filter = border_filter(ctx, ops::scale_channels(ctx, ctx.parameter(weight_), scale));
    filter.bias = ops::add(ctx, filter.bias, ops::multiply(ctx, ctx.parameter(bias_), scale));
    return ops::conv(ctx, seen, filter);
  }

private:
  Param weight_, bias_, logs_;
};

}  // namespace densenf::nn
