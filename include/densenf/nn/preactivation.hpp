#pragma once

#include <ratio>

#include "densenf/nn/batch_norm.hpp"
#include "densenf/nn/dropout.hpp"
#include "densenf/nn/residual_blocks.hpp"
#include "densenf/ops/elementwise.hpp"

namespace densenf::nn {

/// x + conv3x3(dropout(relu(BN(conv3x3(relu(BN(x))))))), of which the last convolution starts near 0, so that
/// the block starts near the identity. The BatchNorms have the epsilon 1e-3.
template <int Width, class DropoutRate>
class PreactivationBlock {
public:
  void declare(Builder& b) {
    norm1_.eps = norm2_.eps = 1e-3;
    {
      const auto scope = b.scope("bn1");
      norm1_.declare(b, Width);
    }
    conv1_.declare(b, "conv1", Width, Width, 3);
    {
      const auto scope = b.scope("bn2");
      norm2_.declare(b, Width);
    }
    dropout_.declare(b);
    conv2_.declare(b, "conv2", Width, Width, 3, Init::uniform(1e-3));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V inner = conv1_.forward(ctx, norm1_.forward(ctx, x, Activation::relu));
    const V kept = dropout_.forward(ctx, norm2_.forward(ctx, inner, Activation::relu));
    return ops::add(ctx, x, conv2_.forward(ctx, kept));
  }

private:
  BatchNorm norm1_, norm2_;
  Conv conv1_, conv2_;
  Dropout<DropoutRate> dropout_;
};

/// A residual network whose blocks activate first, as the couplings of "Neural Spline Flows" (NeurIPS 2019)
/// have it.
template <int Width, int Blocks, class DropoutRate = std::ratio<0>>
struct PreactivationNetwork : ResidualBlocks<Width, Blocks, PreactivationBlock<Width, DropoutRate>> {};

}  // namespace densenf::nn
