#pragma once

#include <cmath>
#include <string_view>

#include "densenf/core/parameters.hpp"
#include "densenf/nn/conv.hpp"

namespace densenf::nn {

/// W x + bias at each pixel, as a 1x1 convolution whose weight is a matrix (out, in) in checkpoints, and
/// whose weight and bias have starts of their own.
struct Linear {
  Param weight, bias;

  void declare(Builder& b, std::string_view name, Index in, Index out, Init of_weight,
               Init of_bias = Init::zeros()) {
    detail::check_channels(in, out);
    const auto scope = b.scope(name);
    weight = b.weight("weight", {out, in}, of_weight);
    bias = b.vector("bias", {out}, of_bias);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::conv(ctx, x, ops::Filter<V>{ctx.parameter(weight), ctx.parameter(bias)});
  }
};

/// PyTorch's start of a linear layer's weight and bias.
inline Init pytorch_linear(Index in) { return Init::uniform(1 / std::sqrt(static_cast<double>(in))); }

/// Glorot and Bengio's start of a matrix (2010): uniform, of variance 2 / (in + out).
inline Init xavier(Index in, Index out) {
  return Init::uniform(std::sqrt(6 / static_cast<double>(in + out)));
}

}  // namespace densenf::nn
