#pragma once

#include <array>
#include <cstddef>

#include "densenf/nn/conv.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/elu.hpp"

namespace densenf::nn {

/// `Count` times h + conv3x3(elu(conv3x3(elu(h)))), over `Width` channels.
template <int Width, int Count>
class EluBlocks {
  static_assert(Width > 0 && Count >= 0, "EluBlocks have a positive width and no less than 0 blocks.");

public:
  void declare(Builder& b) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto scope = b.scope(static_cast<Index>(i));
      blocks_[i].first.declare(b, "conv1", Width, Width, 3);
      blocks_[i].second.declare(b, "conv2", Width, Width, 3);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V h) const {
    for (const Block& block : blocks_) {
      const V inner = block.first.forward(ctx, ops::elu(ctx, h), Activation::elu);
      h = ops::add(ctx, h, block.second.forward(ctx, inner));
    }
    return h;
  }

private:
  struct Block {
    Conv first, second;
  };
  std::array<Block, static_cast<std::size_t>(Count)> blocks_;
};

}  // namespace densenf::nn
