#pragma once

#include <vector>

#include "densenf/nn/conv.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/units.hpp"

namespace densenf::nn {

/// Whose names the parameters of networks have that both papers use: DenseFlow's or SurVAE's.
enum class NamesOf { denseflow, survae };

/// The dense branch of the paper's coupling networks: layer i computes relu(conv3x3(relu(conv1x1(x)))) of
/// everything before it and appends `growth` channels; a gated 1x1 convolution ends it.
///
/// All layers share one buffer of in + depth * growth channels: a layer reads the first columns and writes
/// the next ones, and nothing is concatenated. The caller writes the input into the buffer's first
/// channels.
class DenseBranch {
public:
  void declare(Builder& b, Index in, Index out, Index depth, Index growth,
               NamesOf names = NamesOf::denseflow) {
    const bool survae = names == NamesOf::survae;
    in_ = in;
    out_ = out;
    growth_ = growth;
    layers_.resize(static_cast<std::size_t>(depth));
    Index channels = in;
    for (Index i = 0; i < depth; ++i) {
      Layer& layer = layers_[static_cast<std::size_t>(i)];
      const std::string number = std::to_string(i);
      layer.conv1x1.declare(b, survae ? "mix." + number : number + ".nn.0", channels, channels, 1);
      layer.conv3x3.declare(b, survae ? "grow." + number : number + ".nn.2", channels, growth, 3);
      channels += growth;
    }
    gate_.declare(b, survae ? "gate" : std::to_string(depth) + ".conv", channels, 3 * out, 1);
  }

  /// The buffer for one pass; `like` gives the batch and the extents of its images.
  template <class Ctx, class V = typename Ctx::Value>
  V buffer(const Ctx& ctx, const V& like) const {
    return ctx.output_like(like, in_ + growth_ * static_cast<Index>(layers_.size()));
  }

  /// The channels of the buffer that the branch reads as its input.
  template <class V>
  V input(const V& buffer) const {
    return buffer.channels(0, in_);
  }

  /// Runs the branch on what `input(buffer)` holds; out has the branch's output channels. Throws ShapeError
  /// for another buffer than `buffer` makes.
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& buffer, const V& out) const {
    // Before a layer reads or writes beyond its end.
    ops::require_weights(ctx, ctx.parameter(gate_.weight), 1, buffer.c(), gate_.out);
    Index channels = in_;
    for (const Layer& layer : layers_) {
      const V mixed = layer.conv1x1.forward(ctx, buffer.channels(0, channels), Activation::relu);
      layer.conv3x3.forward_into(ctx, mixed, buffer.channels(channels, growth_), Activation::relu);
      channels += growth_;
    }
    ops::gate_into(ctx, gate_.forward(ctx, buffer), out);
  }

  Index output_channels() const { return out_; }

private:
  struct Layer {
    Conv conv1x1, conv3x3;
  };
  Index in_ = 0, out_ = 0, growth_ = 0;
  std::vector<Layer> layers_;
  Conv gate_;
};

}  // namespace densenf::nn
