#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "densenf/nn/bounded_conv.hpp"
#include "densenf/ops/elu.hpp"
#include "densenf/ops/lip_swish.hpp"
#include "densenf/ops/weights.hpp"

// Networks whose slope is below 1: what residual flows add to the image. A network of this kind has
//
//   static constexpr double slope;                        // a bound of it, below 1, in some norm
//   void declare(Builder&, Shape image);
//   V forward(const Ctx&, const V& x) const;              // of x's shape
//   void settle(const Ctx&, int iterations) const;        // of all its layers
namespace densenf::nn {

/// ELU as a layer, of slope up to 1.
struct EluLayer {
  void declare(Builder&) {}
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::elu(ctx, x);
  }
};

/// LipSwish with a steepness that is learned.
class LipSwish {
public:
  void declare(Builder& b) { b_ = b.vector("b", {1}, Init::constant(0.5)); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::lip_swish(ctx, x, ctx.parameter(b_));
  }

private:
  Param b_;
};

/// The orders of the norms in which a network of three layers is bounded: that of its image, before it and
/// behind it, and those of what the first and the second layer make.
struct NormOrders {
  NormOrder image{}, first{}, second{};
};

/// conv -> activation -> conv 1x1 -> activation -> conv over `Width` channels, all of them BoundedConv, the
/// outer ones with kernels of `Side`; with an activation in front if `leading`. i-ResNet's and Residual
/// Flow's; with norms of other orders than 2 where `orders` says so.
template <class Activation, int Width, int Side, NormBound bound, bool leading,
          NormOrders orders = NormOrders{}>
class BoundedNetwork {
  static_assert(Width > 0 && (Side == 1 || Side == 3),
                "A BoundedNetwork has a positive width, and kernels of 1 or 3.");

public:
  static constexpr double slope = bound.ceiling() * bound.ceiling() * bound.ceiling();

  void declare(Builder& b, Shape in) {
    const std::array<int, 3> sides{Side, 1, Side};
    const std::array<NormOrder, 4> norms{orders.image, orders.first, orders.second, orders.image};
    for (std::size_t i = 0; i < 3; ++i) {
      {
        const auto scope = b.scope("act");
        const auto number = b.scope(static_cast<Index>(i));
        if (i > 0 || leading) activations_[i].declare(b);
      }
      const auto scope = b.scope("layer");
      layers_[i].declare(b, std::to_string(i), {i == 0 ? in.c : Width, in.h, in.w}, i == 2 ? in.c : Width,
                         sides[i], bound, norms[i], norms[i + 1]);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > 0 || leading) x = activations_[i].forward(ctx, x);
      x = layers_[i].forward(ctx, x);
    }
    return x;
  }

  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    for (const BoundedConv& layer : layers_) layer.settle(ctx, iterations);
  }

private:
  std::array<Activation, 3> activations_;
  std::array<BoundedConv, 3> layers_;
};

/// h -> [e1 h, e2 f(layer(h))], in norms of order 2, where f is CLipSwish and (e1, e2) a learned point of the
/// circle of radius 0.98: the slope is at most 0.98 where the layer's is at most 1 (i-DenseNet, section 3 of
/// it).
class LearnedConcat {
public:
  /// `growth` channels more, an even number (ShapeError).
  void declare(Builder& b, Shape in, Index growth, int side, NormBound bound) {
    if (growth < 2 || growth % 2 != 0)
      throw ShapeError("A layer of an i-DenseNet grows by an even number of channels, not by {}.", growth);
    growth_ = growth;
    layer_.declare(b, "layer", in, growth / 2, side, bound);
    {
      const auto scope = b.scope("act");
      b_ = b.vector("b", {1}, Init::constant(0.5));
    }
    k_ = b.weight("k", {1, 2}, Init::constant(1));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& h) const {
    const V shares = without_tangent(ctx, [this](const auto& c) {
      // Two weights of one output, whose length is made 1.
      const auto raw = ops::scale_shift(c, ops::softplus(c, c.parameter(k_)), 1, 0.1);
      return ops::scale_shift(c, ops::weight_norm(c, raw), radius, 0);
    });
    const V y = ctx.output_like(h, h.c() + growth_);
    const V grown = ops::concat_lip_swish(ctx, layer_.forward(ctx, h), ctx.parameter(b_));
    ops::scale_by_number_into(ctx, h, shares, 0, y.channels(0, h.c()));
    ops::scale_by_number_into(ctx, grown, shares, 1, y.channels(h.c(), growth_));
    return y;
  }

  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    layer_.settle(ctx, iterations);
  }

  static constexpr double radius = 0.98;

private:
  BoundedConv layer_;
  Param b_, k_;
  Index growth_ = 0;
};

/// [1x1 to `Width` channels ->] `Depth` times LearnedConcat, each `Growth` channels more -> 1x1 to the
/// image's channels: i-DenseNet's. Without a width there is no first layer.
template <int Depth, int Growth, int Side, NormBound bound, int Width = 0>
class BoundedDenseNetwork {
  static_assert(
      Depth > 0 && Growth > 0 && Growth % 2 == 0 && (Side == 1 || Side == 3),
      "A BoundedDenseNetwork has layers, which grow by an even number of channels, with kernels of 1 or 3.");

  static constexpr double power(double base, int exponent) {
    return exponent == 0 ? 1 : base * power(base, exponent - 1);
  }

public:
  static constexpr double slope =
      power(LearnedConcat::radius, Depth) * bound.ceiling() * (Width > 0 ? bound.ceiling() : 1);

  void declare(Builder& b, Shape in) {
    Index channels = in.c;
    if constexpr (Width > 0) {
      first_.declare(b, "first", in, Width, 1, bound);
      channels = Width;
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto scope = b.scope("dense");
      const auto number = b.scope(static_cast<Index>(i));
      layers_[i].declare(b, {channels, in.h, in.w}, Growth, Side, bound);
      channels += Growth;
    }
    last_.declare(b, "last", {channels, in.h, in.w}, in.c, 1, bound);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    if constexpr (Width > 0) x = first_.forward(ctx, x);
    for (const LearnedConcat& layer : layers_) x = layer.forward(ctx, x);
    return last_.forward(ctx, x);
  }

  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    if constexpr (Width > 0) first_.settle(ctx, iterations);
    for (const LearnedConcat& layer : layers_) layer.settle(ctx, iterations);
    last_.settle(ctx, iterations);
  }

private:
  BoundedConv first_, last_;
  std::array<LearnedConcat, static_cast<std::size_t>(Depth)> layers_;
};

}  // namespace densenf::nn
