#pragma once

#include <array>
#include <cstddef>

#include "densenf/autodiff/pixels.hpp"
#include "densenf/autodiff/scope.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/nn/layer_norm.hpp"
#include "densenf/nn/linear.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/gelu.hpp"
#include "densenf/ops/position.hpp"

// The network of "Normalizing flows are capable generative models" (Zhai et al., ICML 2025, arXiv
// 2412.06329): a transformer in which a pixel sees itself and the pixels before it, as the network of a
// PixelAutoregressive.
namespace densenf::nn {

/// x + attention(norm(x)), and then x + mlp(norm(x)), where a pixel attends to itself and to those before it,
/// and the mlp is of one hidden layer with a GELU.
class CausalLayer {
public:
  /// `heads` divide the width; the hidden layer has `hidden` channels.
  void declare(Builder& b, Index width, Index heads, Index hidden) {
    heads_ = heads;
    {
      const auto scope = b.scope("attention");
      norm1_.declare(b, "norm", width, "weight", epsilon);
      qkv_.declare(b, "qkv", width, 3 * width, pytorch_linear(width), pytorch_linear(width));
      out_.declare(b, "proj", width, width, pytorch_linear(width), pytorch_linear(width));
    }
    const auto scope = b.scope("mlp");
    norm2_.declare(b, "norm", width, "weight", epsilon);
    enter_.declare(b, "main.0", width, hidden, pytorch_linear(width), pytorch_linear(width));
    leave_.declare(b, "main.2", hidden, width, pytorch_linear(hidden), pytorch_linear(hidden));
  }

  /// Of pixels x, which see by `mask` the pixels of which `all_of(kv)` gives the keys and values, where `kv`
  /// are those of x. Scores are divided by `temperature`.
  template <class Ctx, class AllOf, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, ops::AttentionMask mask, double temperature,
            const AllOf& all_of) const {
    const Index c = x.c();
    const V qkv = qkv_.forward(ctx, norm1_.forward(ctx, x)), kv = all_of(qkv.channels(c, 2 * c));
    V q = qkv.channels(0, c);
    if (temperature != 1) q = ops::scale_shift(ctx, q, 1 / temperature, 0);
    const V found = ops::softmax_attention(ctx, q, kv.channels(0, c), kv.channels(c, c), heads_, mask);
    const V h = ops::add(ctx, x, out_.forward(ctx, found));
    return ops::add(ctx, h, leave_.forward(ctx, ops::gelu(ctx, enter_.forward(ctx, norm2_.forward(ctx, h)))));
  }

  static constexpr double epsilon = 1e-5;  ///< of layer norms

private:
  Index heads_ = 1;
  LayerNorm norm1_, norm2_;
  Linear qkv_, out_, enter_, leave_;
};

/// A linear map of each pixel to `Width` channels, a learned position and, with a context, a linear map of
/// that; `Layers` layers with heads of `HeadSize` channels; and a linear map whose weight starts at zero. It
/// has the extents of the images that it is declared for.
///
/// The channels of a context are weights of classes, as ClassWeights makes them, and their map is an
/// embedding for each class; what is free of the context has the mean of all embeddings.
template <int Width, int HeadSize, int Layers, int Expansion = 4>
class CausalTransformer {
  static_assert(Width > 0 && HeadSize > 0 && Layers >= 0 && Expansion > 0,
                "A CausalTransformer has a width, heads and a hidden layer.");
  static_assert(Width % HeadSize == 0, "The heads of a CausalTransformer divide its width.");

public:
  static constexpr bool images_apart = true;

  /// `out` numbers for each pixel, from itself and the pixels before it in this order.
  void declare(Builder& b, Shape in, Index out, Index context, PixelOrder order) {
    order_ = order;
    image_ = in;
    enter_.declare(b, "proj_in", in.c, Width, pytorch_linear(in.c), pytorch_linear(in.c));
    positions_ = b.rows("pos_embed", {in.pixels(), Width}, Init::normal(0.01));
    if (context > 0) classes_ = b.rows("class_embed", {context, 1, Width}, Init::normal(0.01));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto layers = b.scope("attn_blocks");
      const auto number = b.scope(static_cast<Index>(i));
      layers_[i].declare(b, Width, Width / HeadSize, Expansion * Width);
    }
    leave_.declare(b, "proj_out", Width, out, Init::zeros(), pytorch_linear(Width));
  }

  /// All numbers of all pixels. Scores of attention are divided by `temperature`.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, double temperature, const Context&... context) const {
    V h = ops::add_positions(ctx, enter_.forward(ctx, x), ctx.parameter(positions_));
    ((h = ops::add(ctx, h, nn::over_pixels(ctx, embedding(ctx, context), x.value.h, x.value.w))), ...);
    for (const CausalLayer& layer : layers_) {
      h = scoped(
          ctx, h.shape(),
          [&](const auto& c) {
            return layer.forward(c, h, mask(0), temperature, [](const V& kv) { return kv; });
          },
          h);
    }
    return leave_.forward(ctx, h);
  }

  /// What is known of images while their pixels are found: keys and values of all layers.
  template <class V>
  struct Steps {
    std::array<V, static_cast<std::size_t>(Layers)> seen;
    V label;  ///< none without a context
    double temperature;
  };
  /// For n images. Takes memory that the steps need.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  Steps<V> begin(const Ctx& ctx, Index n, double temperature, const Context&... context) const {
    Steps<V> steps{{}, {}, temperature};
    for (V& kv : steps.seen) kv = ctx.output(n, {2 * Width, image_.h, image_.w});
    ((steps.label = embedding(ctx, context)), ...);
    return steps;
  }
  /// The numbers of pixel `place`, counted row by row, of all images, which is x: those that forward makes of
  /// it and of the pixels before it, for each of which there was a step.
  template <class Ctx, class V = typename Ctx::Value>
  V step(const Ctx& ctx, const Steps<V>& steps, const V& x, Index place) const {
    V h = enter_.forward(ctx, x);
    add_positions(ctx.device(), as_const(h.value), ctx.value(positions_) + place * Width, h.value);
    if (steps.label.value.data != nullptr)
      h = ops::add(
          ctx, h,
          steps.label.value.h * steps.label.value.w == 1 ? steps.label : pixel_at(steps.label, place));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      h = layers_[i].forward(ctx, h, mask(place), steps.temperature, [&](const V& kv) {
        ops::copy_into(ctx, kv, pixel_at(steps.seen[i], place));
        return steps.seen[i];
      });
    }
    return leave_.forward(ctx, h);
  }

  /// What takes the place of a context where nothing is known: every class with the same weight.
  template <class Ctx, class V = typename Ctx::Value>
  V unknown(const Ctx& ctx, const V& context) const {
    using T = typename Ctx::Scalar;
    const V same = ctx.output(context.n(), {context.c(), 1, 1});
    fill_zero(ctx.device(), same.value);
    scale_shift(ctx.device(), as_const(same.value), T(0), T(1) / static_cast<T>(context.c()), same.value);
    return same;
  }

private:
  ops::AttentionMask mask(Index first) const {
    using Kind = ops::AttentionMask::Kind;
    return {order_ == PixelOrder::forwards ? Kind::up_to_own : Kind::from_own, first};
  }

  template <class Ctx, class V>
  V embedding(const Ctx& ctx, const V& context) const {
    return ops::conv(ctx, context, ops::Filter<V>{ctx.parameter(classes_)});
  }

  PixelOrder order_ = PixelOrder::forwards;
  Shape image_;
  Linear enter_, leave_;
  Param positions_, classes_;
  std::array<CausalLayer, static_cast<std::size_t>(Layers)> layers_;
};

}  // namespace densenf::nn
