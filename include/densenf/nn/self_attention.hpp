#pragma once

#include "densenf/nn/linear.hpp"
#include "densenf/ops/attention.hpp"

namespace densenf::nn {

/// Softmax attention of every pixel to all pixels with several heads: queries, keys and values are linear
/// maps of the input, all three in one matrix, and what the heads find goes through another one.
class SelfAttention {
public:
  /// `heads` divide the channels.
  void declare(Builder& b, Index channels, Index heads) {
    heads_ = heads;
    // Each of the three starts as a matrix of its own.
    qkv_.weight = b.weight("in_proj_weight", {3 * channels, channels}, xavier(channels, channels));
    qkv_.bias = b.vector("in_proj_bias", {3 * channels}, Init::zeros());
    out_.declare(b, "out_proj", channels, channels, xavier(channels, channels));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const Index c = x.c();
    const V qkv = qkv_.forward(ctx, x);
    return out_.forward(ctx, ops::softmax_attention(ctx, qkv.channels(0, c), qkv.channels(c, c),
                                                    qkv.channels(2 * c, c), heads_));
  }

private:
  Index heads_ = 1;
  Linear qkv_, out_;
};

}  // namespace densenf::nn
