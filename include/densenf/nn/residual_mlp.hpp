#pragma once

#include <ratio>

#include "densenf/nn/dropout.hpp"
#include "densenf/nn/residual_blocks.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/masked.hpp"

namespace densenf::nn {

/// x + W2 dropout(relu(W1 relu(x))) over the channels of each pixel. W2 starts near 0, so that the block
/// starts near the identity.
template <int Width, class DropoutRate>
class ResidualMlpBlock {
public:
  void declare(Builder& b) {
    inner_.declare(b, "0", Width, Width, 1);
    dropout_.declare(b);
    outer_.declare(b, "1", Width, Width, 1, Init::uniform(1e-3));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V inner = inner_.forward(ctx, ops::relu(ctx, x), Activation::relu);
    return ops::add(ctx, x, outer_.forward(ctx, dropout_.forward(ctx, inner)));
  }

private:
  Conv inner_, outer_;
  Dropout<DropoutRate> dropout_;
};

/// A residual network over the channels of each pixel, of vectors above all.
template <int Width, int Blocks, class DropoutRate = std::ratio<0>>
struct ResidualMlp : ResidualBlocks<Width, Blocks, ResidualMlpBlock<Width, DropoutRate>> {
  static constexpr bool images_apart = true;
};

}  // namespace densenf::nn
