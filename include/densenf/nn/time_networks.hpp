#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "densenf/nn/conv.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/weights.hpp"

// Networks of an image and a time: the right-hand sides of differential equations. A network of this kind has
//
//   void declare(Builder&, Shape image);
//   V forward(const Ctx&, const Time& t, const V& x) const;   // of x's shape
//
// where t is one number, a value without tangents.
namespace densenf::nn {

/// A 3x3 convolution of the image with one channel more in front, which is t everywhere (FFJORD's "concat").
class TimeConcatConv {
public:
  void declare(Builder& b, Index in, Index out) { conv_.declare(b, "conv", in + 1, out, 3); }

  template <class Ctx, class Time, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const Time& t, const V& x) const {
    const V both = ctx.output_like(x, x.c() + 1);
    ops::copy_into(ctx, ops::per_channel(ctx, V{t}, both.channels(0, 1)), both.channels(0, 1));
    ops::copy_into(ctx, x, both.channels(1, x.c()));
    return conv_.forward(ctx, both);
  }

private:
  Conv conv_;
};

/// conv3x3(x) sigmoid(w t + b) + v t, with w, b and v for each channel (FFJORD's "concatsquash").
class TimeGatedConv {
public:
  void declare(Builder& b, Index in, Index out) {
    conv_.declare(b, "conv", in, out, 3);
    {
      const auto scope = b.scope("gate");
      gate_ = b.weight("weight", {out, 1}, Init::uniform(1));
      gate_bias_ = b.vector("bias", {out}, Init::uniform(1));
    }
    const auto scope = b.scope("shift");
    shift_ = b.weight("weight", {out, 1}, Init::uniform(1));
  }

  template <class Ctx, class Time, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const Time& t, const V& x) const {
    const V gate = without_tangent(ctx, [&](const auto& c) {
      return ops::sigmoid(c, ops::add(c, times(c, gate_, t), c.parameter(gate_bias_)));
    });
    const V shift = without_tangent(ctx, [&](const auto& c) { return times(c, shift_, t); });
    const V y = ops::scale_channels(ctx, conv_.forward(ctx, x), gate);
    return ops::add(ctx, y, ops::per_channel(ctx, shift, y));
  }

private:
  /// A vector times t.
  template <class Ctx, class V = typename Ctx::Value>
  static V times(const Ctx& ctx, Param vector, const V& t) {
    const V v = ctx.parameter(vector), product = ctx.output(1, v.shape());
    ops::scale_by_number_into(ctx, v, t, 0, product);
    return product;
  }

  Conv conv_;
  Param gate_, gate_bias_, shift_;
};

/// Layers with softplus between them, over these widths, back to the image's channels: FFJORD's networks.
template <class Layer, int... Widths>
class TimeNetwork {
  static_assert(sizeof...(Widths) > 0 && ((Widths > 0) && ...), "A TimeNetwork has positive widths.");
  static constexpr std::size_t count = sizeof...(Widths) + 1;

public:
  void declare(Builder& b, Shape in) {
    const std::array<Index, count + 1> widths{in.c, Widths..., in.c};
    const auto scope = b.scope("layers");
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = b.scope(static_cast<Index>(i));
      layers_[i].declare(b, widths[i], widths[i + 1]);
    }
  }

  template <class Ctx, class Time, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const Time& t, V x) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) x = ops::softplus(ctx, x);
      x = layers_[i].forward(ctx, t, x);
    }
    return x;
  }

private:
  std::array<Layer, count> layers_;
};

}  // namespace densenf::nn
