#pragma once

#include <vector>

#include "densenf/nn/elu_blocks.hpp"
#include "densenf/ops/unfold.hpp"

namespace densenf::nn {

/// The encoder of a HierarchicalCoupling: from the image to coarser and coarser latents. Features of the
/// image are halved by a 3x3 convolution of stride 2 and go through residual blocks, once for each latent; a
/// 3x3 convolution of them, which starts at zero, makes the latent's raw numbers. A 1x1 convolution of the
/// latent is then added to them.
template <int Width, int Blocks>
class BottomUp {
  static constexpr ops::Taps halving = ops::Taps::window(3, 3, -1, -1, 2);

public:
  static constexpr Index kept(Index) { return 0; }

  void declare(Builder& b, const std::vector<Index>& channels, Index each) {
    first_.declare(b, "first", channels[0], Width, 3);
    levels_.resize(channels.size() - 1);
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const Index latent = channels[l + 1];
      levels_[l].down.declare(b, fmt::format("down.{}", l), Width, Width, 3);
      levels_[l].out.declare(b, fmt::format("out.{}", l), Width, each * latent, 3, Conv::Start::zero);
      if (l + 1 < levels_.size()) levels_[l].into.declare(b, fmt::format("into.{}", l), latent, Width, 1);
      const auto scope = b.scope(fmt::format("body.{}", l));
      levels_[l].body.declare(b);
    }
  }

  template <class Ctx, class See, class Change>
  void run(const Ctx& ctx, const See& see, const Change& change) const {
    auto h = first_.forward(ctx, see(0));
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const Level& level = levels_[l];
      h = ops::conv_at(ctx, h, halving, h.value.h / 2, h.value.w / 2, level.down.filter(ctx));
      h = level.body.forward(ctx, h);
      const Index number = static_cast<Index>(l) + 1;
      change(number, level.out.forward(ctx, h));
      if (l + 1 < levels_.size()) h = ops::add(ctx, h, level.into.forward(ctx, see(number)));
    }
  }

private:
  struct Level {
    Conv down, out, into;
    EluBlocks<Width, Blocks> body;
  };
  Conv first_;
  std::vector<Level> levels_;  ///< the first latent's first
};

}  // namespace densenf::nn
