#pragma once

#include <array>
#include <cstddef>
#include <ratio>

#include "densenf/nn/conv.hpp"
#include "densenf/nn/dropout.hpp"
#include "densenf/ops/masked.hpp"

namespace densenf::nn {

/// A residual network over the channels of each pixel, of vectors above all: conv 1x1, `Blocks` times x +
/// W2 dropout(relu(W1 relu(x))), conv 1x1. W2 starts near 0, so that a block starts near the identity.
template <int Width, int Blocks, class DropoutRate = std::ratio<0>>
class ResidualMlp {
  static_assert(Width > 0 && Blocks >= 0,
                "A residual network has a positive width and no less than 0 blocks.");

public:
  void declare(Builder& b, Index in, Index out) {
    first_.declare(b, "first", in, Width, 1);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto scope = b.scope("blocks");
      const auto number = b.scope(static_cast<Index>(i));
      blocks_[i].inner.declare(b, "0", Width, Width, 1);
      blocks_[i].dropout.declare(b);
      blocks_[i].outer.declare(b, "1", Width, Width, 1, Init::uniform(1e-3));
    }
    last_.declare(b, "last", Width, out, 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    V h = first_.forward(ctx, x);
    for (const Block& block : blocks_) {
      const V inner = block.inner.forward(ctx, ops::relu(ctx, h), Activation::relu);
      h = ops::add(ctx, h, block.outer.forward(ctx, block.dropout.forward(ctx, inner)));
    }
    return last_.forward(ctx, h);
  }

private:
  struct Block {
    Conv inner, outer;
    Dropout<DropoutRate> dropout;
  };

  Conv first_, last_;
  std::array<Block, static_cast<std::size_t>(Blocks)> blocks_;
};

}  // namespace densenf::nn
