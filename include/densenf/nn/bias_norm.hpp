#pragma once

#include "densenf/ops/normalization.hpp"

namespace densenf::nn {

/// Batch normalization per channel with a bias and no scale, as in Real NVP: see ops::batch_norm.
struct BiasNorm {
  Param bias;                            ///< trained
  Param running_mean, running_variance;  ///< of the state

  void declare(Builder& b, std::string_view name, Index channels) {
    const auto scope = b.scope(name);
    bias = b.vector("bias", {channels}, Init::zeros());
    const auto inner = b.scope("statistics");
    running_mean = b.state("mean", {channels}, Init::zeros());
    running_variance = b.state("var", {channels}, Init::constant(1));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, ops::Activation activation = ops::Activation::none) const {
    const ops::BatchNorm<V> norm{{}, ctx.parameter(bias), running_mean, running_variance, 1e-4, false};
    return ops::batch_norm(ctx, x, norm, activation);
  }
};

}  // namespace densenf::nn
