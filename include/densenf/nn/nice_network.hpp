#pragma once

#include <array>
#include <string>

#include "densenf/core/parameters.hpp"
#include "densenf/nn/conv.hpp"

namespace densenf::nn {

/// Linear layers with relu between them, for each pixel; `Hidden` are the widths of the hidden ones. Starts
/// as NICE's networks do: weights within 0.01, biases 0, so that no layer starts at zero.
template <int... Hidden>
class NiceNetwork {
  static_assert(sizeof...(Hidden) > 0 && ((Hidden > 0) && ...),
                "A NiceNetwork has at least one hidden layer, and each has a positive width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    detail::check_channels(in, out);
    const std::array<Index, sizeof...(Hidden) + 2> sizes{in, Hidden..., out};
    for (std::size_t i = 0; i < count; ++i) {
      const auto scope = b.scope(static_cast<Index>(i));
      layers_[i] = {b.weight("weight", {sizes[i + 1], sizes[i]}, Init::uniform(0.01)),
                    b.vector("bias", {sizes[i + 1]}, Init::zeros())};
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    for (std::size_t i = 0; i < count; ++i) {
      const ops::Filter<V> filter{ctx.parameter(layers_[i].weight), ctx.parameter(layers_[i].bias)};
      x = ops::conv(ctx, x, filter, i + 1 < count ? Activation::relu : Activation::none);
    }
    return x;
  }

private:
  static constexpr std::size_t count = sizeof...(Hidden) + 1;
  struct Layer {
    Param weight, bias;
  };
  std::array<Layer, count> layers_;
};

}  // namespace densenf::nn
