#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "densenf/autodiff/scope.hpp"
#include "densenf/nn/layer_norm.hpp"
#include "densenf/nn/self_attention.hpp"
#include "densenf/ops/gelu.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/position.hpp"

// The vision transformer (Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021) as the network of a
// flow: the tokens are the pixels of what it sees, of which a squeeze makes patches.
namespace densenf::nn {

/// x + attention(norm(x)), and then x + mlp(norm(x)), where the mlp is of one hidden layer with a GELU.
class TransformerLayer {
public:
  /// `heads` divide the width; the hidden layer has `hidden` channels.
  void declare(Builder& b, Index width, Index heads, Index hidden) {
    norm1_.declare(b, "ln1", width, "weight", epsilon);
    {
      const auto scope = b.scope("mha");
      attention_.declare(b, width, heads);
    }
    norm2_.declare(b, "ln2", width, "weight", epsilon);
    const auto scope = b.scope("mlp");
    enter_.declare(b, "in_proj", width, hidden, xavier(width, hidden), Init::normal(1e-6));
    leave_.declare(b, "out_proj", hidden, width, xavier(hidden, width), Init::normal(1e-6));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V h = ops::add(ctx, x, attention_.forward(ctx, norm1_.forward(ctx, x)));
    const V hidden = ops::gelu_tanh(ctx, enter_.forward(ctx, norm2_.forward(ctx, h)));
    return ops::add(ctx, h, leave_.forward(ctx, hidden));
  }

  static constexpr double epsilon = 1e-6;  ///< of layer norms

private:
  LayerNorm norm1_, norm2_;
  SelfAttention attention_;
  Linear enter_, leave_;
};

/// A linear map of each pixel to `Width` channels and a learned position, `Layers` layers, a layer norm, and
/// a linear map that starts at zero. It has the extents of the images that it is declared for. A context
/// stands beside the channels of each pixel.
template <int Width, int Heads, int Layers, int Expansion = 4>
class Transformer {
  static_assert(Width > 0 && Heads > 0 && Layers >= 0 && Expansion > 0,
                "A Transformer has a width, heads and a hidden layer.");
  static_assert(Width % Heads == 0, "The heads of a Transformer divide its width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Shape in, Index out, Index context) {
    const Index channels = in.c + context;
    enter_.declare(b, "init_proj", channels, Width,
                   Init::normal(1 / std::sqrt(static_cast<double>(channels))));
    positions_ =
        b.tokens("pos_emb", in.pixels(), Width, Init::normal(1 / std::sqrt(static_cast<double>(Width))));
    {
      const auto scope = b.scope("encoder");
      for (std::size_t i = 0; i < layers_.size(); ++i) {
        const auto layers = b.scope("blocks");
        const auto number = b.scope(static_cast<Index>(i));
        layers_[i].declare(b, Width, Heads, Expansion * Width);
      }
      norm_.declare(b, "ln", Width, "weight", TransformerLayer::epsilon);
    }
    leave_.declare(b, "final_proj", Width, out, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    V h = ops::add_positions(ctx, enter_.forward(ctx, x), ctx.parameter(positions_));
    for (const TransformerLayer& layer : layers_) {
      h = scoped(
          ctx, h.shape(), [&](const auto& c) { return layer.forward(c, h); }, h);
    }
    return leave_.forward(ctx, norm_.forward(ctx, h));
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, const V& context) const {
    return forward(ctx, ops::concat(ctx, x, context));
  }

private:
  Linear enter_, leave_;
  Param positions_;
  std::array<TransformerLayer, static_cast<std::size_t>(Layers)> layers_;
  LayerNorm norm_;
};

}  // namespace densenf::nn
