#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include "densenf/autodiff/scope.hpp"
#include "densenf/nn/gated.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf::nn {

/// The coupling network of Flow++: a 3x3 convolution, `Blocks` gated blocks of `Width` channels, all of which
/// know the places by the same learned positions, and a 3x3 convolution; with `elu_last` a concatenated ELU
/// before that. Without heads there is no attention, and nothing looks at the positions. It has the extents
/// of the images that it is declared for. A context is seen by each gated convolution.
template <int Width, int Blocks, int Heads, GatedOptions options = GatedOptions{}, bool elu_last = false>
class GatedNetwork {
  static_assert(Width > 0 && Blocks > 0 && Heads >= 0, "A GatedNetwork has a width and at least one block.");
  static_assert(Heads == 0 || Width % Heads == 0, "The heads of a GatedNetwork divide its width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Shape in, Index out, Index context) {
    positions_ = b.image("positions", {Width, in.h, in.w}, Init::normal(0.01));
    enter_.declare(b, "enter", in.c, Width, 3);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto blocks = b.scope("blocks");
      const auto scope = b.scope(static_cast<Index>(i));
      blocks_[i].declare(b, Width, 1, context);
    }
    leave_.declare(b, "leave", elu_last ? 2 * Width : Width, out, 3, 0.1);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, const Context&... context) const {
    return through_blocks(ctx, enter_.forward(ctx, x), ops::concat_elu(ctx, context)...);
  }

private:
  template <class Ctx, class V, class... Context>
  V through_blocks(const Ctx& ctx, V h, const Context&... context) const {
    const V positions = ctx.parameter(positions_);
    for (const auto& block : blocks_) {
      h = scoped(
          ctx, h.shape(), [&](const auto& c) { return block.forward(c, h, positions, context...); }, h,
          positions, context...);
    }
    if constexpr (elu_last) h = ops::concat_elu(ctx, h);
    return leave_.forward(ctx, h);
  }

  Param positions_;
  DataStartConv<options.weight_norm> enter_, leave_;
  std::array<GatedBlock<Heads, options>, static_cast<std::size_t>(Blocks)> blocks_;
};

/// What Flow++'s noise sees of an image (see nn/features.hpp): the columns folded, a 3x3 convolution to
/// `Width` channels, and `Blocks` gated convolutions; with `normed` gated blocks, which are those of the
/// network with 3x3 convolutions in both places.
template <int Width, int Blocks, GatedOptions options = GatedOptions{}, bool normed = false, int Heads = 0>
class GatedFeatures {
  static_assert(Width > 0 && Blocks > 0 && Heads >= 0, "GatedFeatures have a width and at least one block.");
  static_assert(Heads == 0 || (normed && Width % Heads == 0),
                "The heads of GatedFeatures divide their width, and stand between layer norms.");

public:
  static constexpr Shape output_shape(Shape seen) {
    const Shape folded = ops::folded_columns(seen);
    return {Width, folded.h, folded.w};
  }

  void declare(Builder& b, Shape seen) {
    const auto scope = b.scope("context");
    const Shape folded = ops::folded_columns(seen);
    enter_.declare(b, "enter", folded.c, Width, 3);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto blocks = b.scope("blocks");
      const auto inner = b.scope(static_cast<Index>(i));
      blocks_[i].declare(b, Width, 3);
    }
    if constexpr (Heads > 0) positions_ = b.image("positions", output_shape(seen), Init::normal(0.01));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& seen) const {
    V h = enter_.forward(ctx, ops::fold_columns(ctx, seen));
    const V positions = ctx.parameter(positions_);
    for (const auto& block : blocks_) {
      h = scoped(
          ctx, h.shape(),
          [&](const auto& c) {
            if constexpr (normed)
              return block.forward(c, h, positions);
            else
              return block.forward(c, h);
          },
          h, positions);
    }
    return h;
  }

private:
  using Block = std::conditional_t<normed, GatedBlock<Heads, options>, GatedConv<options>>;

  Param positions_;
  DataStartConv<options.weight_norm> enter_;
  std::array<Block, static_cast<std::size_t>(Blocks)> blocks_;
};

}  // namespace densenf::nn
