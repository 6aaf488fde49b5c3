#pragma once

#include <array>
#include <cstddef>

#include "densenf/nn/bias_norm.hpp"
#include "densenf/nn/weight_norm_conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/map.hpp"

namespace densenf::nn {

/// Residual blocks of weight-normalized convolutions, each of which also adds to a skip connection from which
/// the output is read.
template <int Width, int Blocks>
class SkipResidual {
  static_assert(Width > 0 && Blocks > 0, "A SkipResidual has at least one block and a positive width.");

public:
  void declare(Builder& b, Index in, Index out) {
    enter_.declare(b, "enter", in, Width, 3, {.magnitude = false});
    skip_.declare(b, "skip", Width, Width, 1);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto list = b.scope("blocks");
      const auto scope = b.scope(static_cast<Index>(i));
      blocks_[i].declare(b);
    }
    norm_.declare(b, "norm", Width);
    leave_.declare(b, "leave", Width, out, 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    V h = enter_.forward(ctx, x), skip = skip_.forward(ctx, h);
    for (const Block& block : blocks_) {
      h = ops::add(ctx, h, block.forward(ctx, h));
      skip = ops::add(ctx, skip, block.skip.forward(ctx, h));
    }
    return leave_.forward(ctx, norm_.forward(ctx, skip, Activation::relu));
  }

private:
  struct Block {
    BiasNorm norm1, norm2;
    WeightNormConv conv1, conv2, skip;

    void declare(Builder& b) {
      norm1.declare(b, "norm1", Width);
      conv1.declare(b, "conv1", Width, Width, 3, {.bias = false, .magnitude = false});
      norm2.declare(b, "norm2", Width);
      conv2.declare(b, "conv2", Width, Width, 3);
      skip.declare(b, "skip", Width, Width, 1);
    }
    template <class Ctx, class V>
    V forward(const Ctx& ctx, const V& h) const {
      const V r = conv1.forward(ctx, norm1.forward(ctx, h, Activation::relu));
      return conv2.forward(ctx, norm2.forward(ctx, r, Activation::relu));
    }
  };

  WeightNormConv enter_, skip_, leave_;
  std::array<Block, static_cast<std::size_t>(Blocks)> blocks_;
  BiasNorm norm_;
};

/// The network of Real NVP's couplings: batch normalization, a concatenated relu, [u, -u], and SkipResidual.
/// Under a checkerboard u is doubled, because half of what is normalized are zeros, and the network is told
/// which pixels stay.
template <class Split, int Width, int Blocks>
class RealNvpNetwork {
public:
  void declare(Builder& b, Index in, Index out) {
    enter_.declare(b, "enter", in);
    const auto scope = b.scope("net");
    net_.declare(b, 2 * in + (marks ? 1 : 0), out);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V u = enter_.forward(ctx, x);
    const double factor = marks ? 2 : 1;
    const V both = ops::concat(ctx, ops::map(ctx, u, kernels::maps::ReluOf{factor}),
                               ops::map(ctx, u, kernels::maps::ReluOf{-factor}));
    if constexpr (marks)
      return net_.forward(
          ctx, ops::concat(ctx, both, without_tangent(ctx, [&](const auto& c) { return stays(c, x); })));
    else
      return net_.forward(ctx, both);
  }

private:
  static constexpr bool marks = !decltype(Split::where(Var<float>{}))::everywhere;

  /// 1 where the split keeps pixels, else 0.
  template <class Ctx, class T = typename Ctx::Scalar, class V = Var<T>>
  static V stays(const Ctx& ctx, const Var<T>& x) {
    const V ones{ctx.tensor(x.n(), {1, x.value.h, x.value.w})};
    fill_zero(ctx.device(), ones.value);
    scale_shift(ctx.device(), as_const(ones.value), T(0), T(1), ones.value);
    return ops::hide(ctx, ones, Split::where(x));
  }

  BiasNorm enter_;
  SkipResidual<Width, Blocks> net_;
};

}  // namespace densenf::nn
