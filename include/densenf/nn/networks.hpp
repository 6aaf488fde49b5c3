#pragma once

#include <array>
#include <string>

#include "densenf/autodiff/slices.hpp"
#include "densenf/nn/batch_norm.hpp"
#include "densenf/nn/dense_branch.hpp"
#include "densenf/ops/attention.hpp"

namespace densenf::nn {

/// The coupling network of DenseFlow's modules: conv 1x1 -> [attention, dense branch] -> BatchNorm -> relu ->
/// conv 1x1 -> conv 1x1 (starts at zero). Width even.
class MixNetwork {
public:
  /// The images that attention takes.
  static constexpr void require(const Shape& in) { kernels::nystrom::require(in); }

  void declare(Builder& b, Index in, Index out, Index width, Index depth, Index growth) {
    width_ = width;
    const Index embed = width / 2;
    first_.declare(b, "transform.0", in, width, 1);
    {
      const auto scope = b.scope("transform.1");
      {
        const auto dense = b.scope("dense");
        dense_.declare(b, width, width, depth, growth);
      }
      qkv_.declare(b, "mha.qkv", width, 3 * embed, 1);
      attended_.declare(b, "mha.out_transform", embed, width, 1);
      {
        const auto norm = b.scope("mix_conv.0");
        norm_.declare(b, 2 * width);
      }
      mixed_.declare(b, "mix_conv.2", 2 * width, width, 1, Conv::Start::uniform, false);
    }
    last_.declare(b, "transform.2", width, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    // Only BatchNorm mixes images, so the parts before and after it can run slice by slice.
    const V both = in_slices(
        ctx, {2 * width_, x.value.h, x.value.w}, {},
        [this](const auto& c, LogProb, const auto& from) { return this->branches(c, from); }, x);
    return in_slices(
        ctx, {last_.out, x.value.h, x.value.w}, {},
        [this](const auto& c, LogProb, const auto& from) {
          return last_.forward(c, mixed_.forward(c, from));
        },
        norm_.forward(ctx, both, Activation::relu));
  }

private:
  /// [attention, dense branch]
  template <class Ctx, class V = typename Ctx::Value>
  V branches(const Ctx& ctx, const V& x) const {
    const V both = ctx.output_like(x, 2 * width_);
    const V buffer = dense_.buffer(ctx, x);
    const V input = dense_.input(buffer);
    first_.forward_into(ctx, x, input);
    attended_.forward_into(ctx, ops::nystrom_attention(ctx, qkv_.forward(ctx, input)),
                           both.channels(0, width_));
    dense_.forward_into(ctx, buffer, both.channels(width_, width_));
    return both;
  }

  Index width_ = 0;
  Conv first_, qkv_, attended_, mixed_, last_;
  DenseBranch dense_;
  BatchNorm norm_;
};

/// v -> v + dense branch(v) between two 1x1 convolutions, the last of which starts at zero: the coupling
/// network of the dequantization flow.
class ResidualNetwork {
public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out, Index width, Index depth, Index growth,
               NamesOf names = NamesOf::denseflow) {
    const bool survae = names == NamesOf::survae;
    width_ = width;
    first_.declare(b, survae ? "first" : "transform.0", in, width, 1);
    {
      const auto scope = b.scope(survae ? "dense" : "transform.1.dense");
      dense_.declare(b, width, width, depth, growth, names);
    }
    last_.declare(b, survae ? "last" : "transform.2", width, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V buffer = dense_.buffer(ctx, x), input = dense_.input(buffer);
    first_.forward_into(ctx, x, input);
    const V branch = ctx.output_like(x, width_);
    dense_.forward_into(ctx, buffer, branch);
    return last_.forward(ctx, ops::add(ctx, input, branch));
  }

private:
  Index width_ = 0;
  Conv first_, last_;
  DenseBranch dense_;
};

/// conv 3x3 to four times the channels -> relu -> conv 1x1 (starts at zero): the network of the cross-unit
/// noise.
class NoiseNetwork {
public:
  void declare(Builder& b, Index in, Index out) {
    conv3x3_.declare(b, "transformation.0", in, 4 * in, 3);
    conv1x1_.declare(b, "transformation.2", 4 * in, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return conv1x1_.forward(ctx, conv3x3_.forward(ctx, x, Activation::relu));
  }

private:
  Conv conv3x3_, conv1x1_;
};

/// MixNetwork as a type: IntraUnit<48> is the paper's.
template <int Width, int Depth = 7, int Growth = 64>
struct IntraUnit : MixNetwork {
  static_assert(Width > 0 && Width % 2 == 0,
                "IntraUnit's width must be even: attention works on half of it.");
  void declare(Builder& b, Index in, Index out) {
    const auto scope = b.scope("dn");
    MixNetwork::declare(b, in, out, Width, Depth, Growth);
  }
};

/// ResidualNetwork as a type.
template <int Width, int Depth = 4, int Growth = 64, NamesOf names = NamesOf::denseflow>
struct ResidualDense : ResidualNetwork {
  void declare(Builder& b, Index in, Index out) {
    ResidualNetwork::declare(b, in, out, Width, Depth, Growth, names);
  }
};

/// Layers of 1x1 convolutions with relu between them: on vectors (1x1 images), a multilayer perceptron. The
/// last starts at zero.
template <int Width, int Layers = 3>
class Mlp {
  static_assert(Width > 0 && Layers >= 2, "An Mlp has at least two layers and a positive width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    for (int i = 0; i < Layers; ++i) {
      const bool last = i + 1 == Layers;
      layers_[static_cast<std::size_t>(i)].declare(b, std::to_string(2 * i), i == 0 ? in : Width,
                                                   last ? out : Width, 1,
                                                   last ? Conv::Start::zero : Conv::Start::uniform);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      x = layers_[i].forward(ctx, x, i + 1 < layers_.size() ? Activation::relu : Activation::none);
    }
    return x;
  }

private:
  std::array<Conv, static_cast<std::size_t>(Layers)> layers_;
};

}  // namespace densenf::nn
