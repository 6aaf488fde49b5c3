#pragma once

#include "densenf/core/parameters.hpp"
#include "densenf/ops/layer_norm.hpp"

namespace densenf::nn {

/// Normalization over the channels of each pixel: see ops::layer_norm. Starts with gain 1 and bias 0.
struct LayerNorm {
  Param gain, bias;

  void declare(Builder& b, std::string_view name, Index channels) {
    const auto scope = b.scope(name);
    gain = b.vector("gain", {channels}, Init::constant(1));
    bias = b.vector("bias", {channels}, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::layer_norm(ctx, x, ctx.parameter(gain), ctx.parameter(bias));
  }
};

}  // namespace densenf::nn
