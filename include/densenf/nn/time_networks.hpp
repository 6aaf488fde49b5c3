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
// where t is one number, or one for each image, a value without tangents.
namespace densenf::nn {

namespace detail {
/// A channel that is t at each pixel of x's images.
template <class Ctx, class Time, class V = typename Ctx::Value>
V time_channel(const Ctx& ctx, const Time& t, const V& x) {
  return t.n() == x.n() ? ops::spread_pixels(ctx, V{t}, x.value.h, x.value.w)
                        : ops::per_channel(ctx, V{t}, x.channels(0, 1));
}
}  // namespace detail

/// A 3x3 convolution of the image with one channel more in front, which is t everywhere (FFJORD's "concat").
class TimeConcatConv {
public:
  void declare(Builder& b, Index in, Index out) { conv_.declare(b, "conv", in + 1, out, 3); }

  template <class Ctx, class Time, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const Time& t, const V& x) const {
    const V both = ctx.output_like(x, x.c() + 1);
    ops::copy_into(ctx, detail::time_channel(ctx, t, x), both.channels(0, 1));
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
    const Index h = x.value.h, w = x.value.w, n = x.n();
    // For each channel of each image.
    const V gate = without_tangent(ctx, [&](const auto& c) {
      return spread(c, ops::sigmoid(c, times(c, gate_, gate_bias_, t)), n, h, w);
    });
    const V shift =
        without_tangent(ctx, [&](const auto& c) { return spread(c, times(c, shift_, Param{}, t), n, h, w); });
    return ops::add(ctx, ops::multiply(ctx, conv_.forward(ctx, x), gate), shift);
  }

private:
  /// A vector times t, and another one added, for each t.
  template <class Ctx, class V = typename Ctx::Value>
  static V times(const Ctx& ctx, Param vector, Param bias, const V& t) {
    return ops::conv(ctx, t, ops::Filter<V>{ctx.parameter(vector), ctx.parameter(bias)});
  }
  /// The same at all pixels, and for all images.
  template <class Ctx, class V = typename Ctx::Value>
  static V spread(const Ctx& ctx, const V& v, Index n, Index h, Index w) {
    return v.n() == n ? ops::spread_pixels(ctx, v, h, w)
                      : ops::per_channel(ctx, v, V{make_tensor(v.value.data, n, Shape{v.c(), h, w})});
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
