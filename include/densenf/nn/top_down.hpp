#pragma once

#include <vector>

#include "densenf/nn/elu_blocks.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf::nn {

/// The decoder of a HierarchicalCoupling: from the coarsest latent to the image. Features of the latents so
/// far, to which a 1x1 convolution of the next one is added, go through residual blocks and are doubled in
/// size, each pixel four times; a 3x3 convolution of them, which starts at zero, makes the raw numbers of the
/// level below: of a latent, and at last of the image.
template <int Width, int Blocks>
class TopDown {
public:
  static constexpr Index kept(Index last) { return last; }

  void declare(Builder& b, const std::vector<Index>& channels, Index each) {
    levels_.resize(channels.size() - 1);
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      levels_[l].into.declare(b, fmt::format("into.{}", l), channels[l + 1], Width, 1);
      levels_[l].out.declare(b, fmt::format("out.{}", l), Width, each * channels[l], 3, Conv::Start::zero);
      const auto scope = b.scope(fmt::format("body.{}", l));
      levels_[l].body.declare(b);
    }
  }

  template <class Ctx, class See, class Change, class V = typename Ctx::Value>
  void run(const Ctx& ctx, const See& see, const Change& change) const {
    V above;
    for (std::size_t l = levels_.size(); l-- > 0;) {
      const Level& level = levels_[l];
      const Index number = static_cast<Index>(l);
      V h = level.into.forward(ctx, see(number + 1));
      if (l + 1 < levels_.size()) h = ops::add(ctx, above, h);
      above = doubled(ctx, level.body.forward(ctx, h));
      change(number, level.out.forward(ctx, above));
    }
  }

private:
  struct Level {
    Conv into, out;
    EluBlocks<Width, Blocks> body;
  };

  /// Of twice the height and width, with each pixel four times.
  template <class Ctx, class V>
  static V doubled(const Ctx& ctx, const V& h) {
    const V four = ctx.output_like(h, 4 * h.c());
    for (Index i = 0; i < 4; ++i) ops::copy_into(ctx, h, four.channels(i * h.c(), h.c()));
    return ops::unsqueeze(ctx, four, ops::SqueezeOrder::block);
  }

  std::vector<Level> levels_;  ///< the first latent's first
};

}  // namespace densenf::nn
