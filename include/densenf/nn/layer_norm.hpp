#pragma once

#include <string_view>

#include "densenf/core/parameters.hpp"
#include "densenf/ops/layer_norm.hpp"

namespace densenf::nn {

/// Normalization over the channels of each pixel: see ops::layer_norm. Starts with gain 1 and bias 0.
struct LayerNorm {
  Param gain, bias;
  double epsilon = 1e-5;

  void declare(Builder& b, std::string_view name, Index channels) {
    declare(b, name, channels, "gain", 1e-5);
  }
  /// The same with another epsilon, and with the name that a checkpoint has for the gain.
  void declare(Builder& b, std::string_view name, Index channels, std::string_view name_of_gain,
               double added) {
    const auto scope = b.scope(name);
    gain = b.vector(name_of_gain, {channels}, Init::constant(1));
    bias = b.vector("bias", {channels}, Init::zeros());
    epsilon = added;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::layer_norm(ctx, x, ctx.parameter(gain), ctx.parameter(bias), epsilon);
  }
};

}  // namespace densenf::nn
