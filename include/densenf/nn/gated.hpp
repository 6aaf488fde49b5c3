#pragma once

#include <ratio>
#include <string_view>

#include "densenf/nn/data_start_conv.hpp"
#include "densenf/nn/dropout.hpp"
#include "densenf/nn/layer_norm.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/position.hpp"
#include "densenf/ops/units.hpp"

// The layers of Flow++'s networks: gated residual convolutions and attention, which start as little more than
// what comes in. (Ho, Chen, Srinivas, Duan and Abbeel, "Flow++: improving flow-based generative models with
// variational dequantization and architecture design", ICML 2019.)
namespace densenf::nn {

/// What all layers of such a network have in common.
struct GatedOptions {
  int dropout = 0;  ///< percent
  bool weight_norm = false;
};

namespace detail {
template <GatedOptions options>
using DropoutOf = Dropout<std::ratio<options.dropout, 100>>;

/// h + v sigmoid(g), where a convolution of x makes v and g.
template <class Ctx, class Conv, class V = typename Ctx::Value>
V gated_sum(const Ctx& ctx, const V& h, const V& x, const Conv& conv) {
  const Index c = h.c();
  const V all = ctx.output_like(h, 3 * c), sum = ctx.output_like(h, c);
  ops::copy_into(ctx, h, all.channels(0, c));
  conv.forward_into(ctx, x, all.channels(c, 2 * c));
  ops::gate_into(ctx, all, sum);
  return sum;
}
}  // namespace detail

/// h + v sigmoid(g), where v and g are made of h by a 3x3 convolution and another one, each behind a
/// concatenated ELU. With `context` channels a 1x1 convolution of the context is added to the first.
template <GatedOptions options = GatedOptions{}>
class GatedConv {
public:
  void declare(Builder& b, Index channels, int last_kernel, Index context = 0) {
    conv_.declare(b, "conv", 2 * channels, channels, 3);
    if (context > 0) context_.declare(b, "context", 2 * context, channels, 1);
    dropout_.declare(b);
    gate_.declare(b, "gate", 2 * channels, 2 * channels, last_kernel, 0.1);
  }

  /// `context`: nothing, or what ops::concat_elu makes of it.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& h, const Context&... context) const {
    V v = conv_.forward(ctx, ops::concat_elu(ctx, h));
    ((v = ops::add(ctx, v, context_.forward(ctx, context))), ...);
    return detail::gated_sum(ctx, h, dropout_.forward(ctx, ops::concat_elu(ctx, v)), gate_);
  }

private:
  DataStartConv<options.weight_norm> conv_, context_, gate_;
  detail::DropoutOf<options> dropout_;
};

/// h + v sigmoid(g), where v and g are made of what each pixel finds by attention to all pixels; a pixel is
/// known by its channels and by where it is.
template <GatedOptions options = GatedOptions{}>
class GatedAttention {
public:
  /// `heads` divide the channels.
  void declare(Builder& b, Index channels, Index heads) {
    heads_ = heads;
    qkv_.declare(b, "qkv", channels, 3 * channels, 1);
    dropout_.declare(b);
    gate_.declare(b, "gate", channels, 2 * channels, 1, 0.1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& h, const V& positions) const {
    const Index c = h.c();
    const V qkv = qkv_.forward(ctx, ops::add_positions(ctx, h, positions));
    const V found =
        ops::softmax_attention(ctx, qkv.channels(0, c), qkv.channels(c, c), qkv.channels(2 * c, c), heads_);
    return detail::gated_sum(ctx, h, dropout_.forward(ctx, found), gate_);
  }

private:
  Index heads_ = 1;
  DataStartConv<options.weight_norm> qkv_, gate_;
  detail::DropoutOf<options> dropout_;
};

/// A gated convolution and, unless there are no heads, gated attention, each with a layer norm behind it.
template <int Heads, GatedOptions options = GatedOptions{}>
class GatedBlock {
public:
  void declare(Builder& b, Index channels, int last_kernel, Index context = 0) {
    {
      const auto scope = b.scope("conv");
      conv_.declare(b, channels, last_kernel, context);
    }
    norm1_.declare(b, "norm1", channels);
    if constexpr (Heads > 0) {
      {
        const auto scope = b.scope("attention");
        attention_.declare(b, channels, Heads);
      }
      norm2_.declare(b, "norm2", channels);
    }
  }

  /// `context` as GatedConv takes it.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, [[maybe_unused]] const V& positions,
            const Context&... context) const {
    const V h = norm1_.forward(ctx, conv_.forward(ctx, x, context...));
    if constexpr (Heads > 0)
      return norm2_.forward(ctx, attention_.forward(ctx, h, positions));
    else
      return h;
  }

private:
  GatedConv<options> conv_;
  GatedAttention<options> attention_;
  LayerNorm norm1_, norm2_;
};

}  // namespace densenf::nn
