#pragma once

#include <array>
#include <cstddef>
#include <ratio>

#include "densenf/nn/batch_norm.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/nn/dropout.hpp"
#include "densenf/ops/elementwise.hpp"

namespace densenf::nn {

/// A residual network whose blocks activate first, as the couplings of "Neural Spline Flows" (NeurIPS 2019)
/// have it: conv 1x1, `Blocks` times x + conv3x3(dropout(relu(BN(conv3x3(relu(BN(x))))))), conv 1x1. The last
/// convolution of a block starts near 0, so that the block starts near the identity. BatchNorms have the
/// epsilon 1e-3.
template <int Width, int Blocks, class DropoutRate = std::ratio<0>>
class PreactivationNetwork {
  static_assert(Width > 0 && Blocks >= 0,
                "A residual network has a positive width and no less than 0 blocks.");

public:
  void declare(Builder& b, Index in, Index out) {
    first_.declare(b, "first", in, Width, 1);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto scope = b.scope("blocks");
      const auto number = b.scope(static_cast<Index>(i));
      blocks_[i].declare(b);
    }
    last_.declare(b, "last", Width, out, 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    V h = first_.forward(ctx, x);
    for (const Block& block : blocks_) h = block.forward(ctx, h);
    return last_.forward(ctx, h);
  }

private:
  struct Block {
    BatchNorm norm1, norm2;
    Conv conv1, conv2;
    Dropout<DropoutRate> dropout;

    void declare(Builder& b) {
      norm1.eps = norm2.eps = 1e-3;
      {
        const auto scope = b.scope("bn1");
        norm1.declare(b, Width);
      }
      conv1.declare(b, "conv1", Width, Width, 3);
      {
        const auto scope = b.scope("bn2");
        norm2.declare(b, Width);
      }
      dropout.declare(b);
      conv2.declare(b, "conv2", Width, Width, 3, Init::uniform(1e-3));
    }

    template <class Ctx, class V>
    V forward(const Ctx& ctx, const V& x) const {
      const V inner = conv1.forward(ctx, norm1.forward(ctx, x, Activation::relu));
      const V kept = dropout.forward(ctx, norm2.forward(ctx, inner, Activation::relu));
      return ops::add(ctx, x, conv2.forward(ctx, kept));
    }
  };

  Conv first_, last_;
  std::array<Block, static_cast<std::size_t>(Blocks)> blocks_;
};

}  // namespace densenf::nn
