#pragma once

#include <array>
#include <cstddef>

#include "densenf/nn/conv.hpp"

namespace densenf::nn {

/// conv 1x1, `Blocks` times a residual Block of the same width, conv 1x1. A Block has declare(b) and
/// forward(ctx, x).
template <int Width, int Blocks, class Block>
class ResidualBlocks {
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
  Conv first_, last_;
  std::array<Block, static_cast<std::size_t>(Blocks)> blocks_;
};

}  // namespace densenf::nn
