#pragma once

#include <array>
#include <cstddef>

#include "densenf/nn/started_conv.hpp"
#include "densenf/ops/elu.hpp"

namespace densenf::nn {

/// x -> elu(conv3x3(elu(conv3x3(x))) + shortcut), where the shortcut is x itself, or a 1x1 convolution if the
/// widths differ; all of them StartedConv.
class EluResidual {
public:
  void declare(Builder& b, Index in, Index out) {
    conv1_.declare(b, "conv1", in, out, 3, 3);
    conv2_.declare(b, "conv2", out, out, 3, 3);
    widens_ = in != out;
    if (widens_) shortcut_.declare(b, "shortcut", in, out, 1, 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V h = conv2_.forward(ctx, conv1_.forward(ctx, x, Activation::elu));
    return ops::elu(ctx, ops::add(ctx, h, widens_ ? shortcut_.forward(ctx, x) : x));
  }

private:
  StartedConv conv1_, conv2_, shortcut_;
  bool widens_ = false;
};

/// Features (nn/features.hpp) of the same height and width, which see far: two residual blocks, a
/// convolution that halves the image, two blocks of twice the width, a transposed convolution back, and a
/// 1x1 convolution to `Out` channels. They look at levels of `Bits` bits as 2 x / 2^Bits - 1. MaCow's, for
/// its dequantization.
template <int Bits, int Width, int Out>
class ResidualFeatures {
  static_assert(Width > 0 && Out > 0, "ResidualFeatures have a positive width.");
  static constexpr ops::Taps down_taps = ops::Taps::window(3, 3, -1, -1, 2);
  static constexpr ops::Taps up_taps = ops::Taps::transposed(3, 3, 1, 2);

public:
  static constexpr Shape output_shape(Shape seen) {
    if (seen.h % 2 != 0 || seen.w % 2 != 0)
      shape_mismatch("ResidualFeatures need an even height and an even width.", seen);
    return {Out, seen.h, seen.w};
  }

  void declare(Builder& b, Shape seen) {
    const auto scope = b.scope("encoder");
    declare_blocks(b, "fine", fine_, seen.c, Width);
    down_.declare(b, "down", Width, 2 * Width, 3, 3);
    declare_blocks(b, "coarse", coarse_, 2 * Width, 2 * Width);
    up_.declare_transposed(b, "up", 2 * Width, Width, 3, 3);
    last_.declare(b, "last", Width, Out, 1, 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& seen) const {
    // What is seen is 2 x / (2^Bits - 1) - 1.
    constexpr double levels = 1 << Bits;
    V x = ops::scale_shift(ctx, seen, (levels - 1) / levels, -1 / levels);
    const Index h = x.value.h, w = x.value.w;
    for (const EluResidual& block : fine_) x = block.forward(ctx, x);
    x = down_.forward_at(ctx, x, down_taps, h / 2, w / 2, Activation::elu);
    for (const EluResidual& block : coarse_) x = block.forward(ctx, x);
    x = up_.forward_at(ctx, x, up_taps, h, w, Activation::elu);
    return last_.forward(ctx, x);
  }

private:
  using Blocks = std::array<EluResidual, 2>;

  static void declare_blocks(Builder& b, const char* name, Blocks& blocks, Index in, Index out) {
    const auto scope = b.scope(name);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto inner = b.scope(static_cast<Index>(i));
      blocks[i].declare(b, i == 0 ? in : out, out);
    }
  }

  Blocks fine_, coarse_;
  StartedConv down_, up_, last_;
};

}  // namespace densenf::nn
