#pragma once

#include "densenf/ops/normalization.hpp"

namespace densenf::nn {

/// Batch normalization per channel: see ops::batch_norm. Starts with weight 1 and bias 0.
struct BatchNorm {
  Param weight, bias;                    ///< trained
  Param running_mean, running_variance;  ///< of the state
  double eps = 1e-5;                     ///< added to variances

  void declare(Builder& b, Index channels) {
    weight = b.vector("weight", {channels}, Init::constant(1));
    bias = b.vector("bias", {channels}, Init::zeros());
    running_mean = b.state("running_mean", {channels}, Init::zeros());
    running_variance = b.state("running_var", {channels}, Init::constant(1));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, ops::Activation activation = ops::Activation::none) const {
    const ops::BatchNorm<V> norm{ctx.parameter(weight), ctx.parameter(bias), running_mean, running_variance,
                                 eps};
    return ops::batch_norm(ctx, x, norm, activation);
  }
};

}  // namespace densenf::nn
