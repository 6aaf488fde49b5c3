#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "densenf/nn/conv.hpp"

namespace densenf::nn {

/// 1x1 convolutions with relu between them, of hidden widths `Hidden`..., all started as PyTorch starts them:
/// on vectors (1x1 images) a multilayer perceptron.
template <int... Hidden>
class Perceptron {
  static_assert(sizeof...(Hidden) > 0 && ((Hidden > 0) && ...), "A Perceptron has hidden layers.");
  static constexpr std::size_t count = sizeof...(Hidden) + 1;

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    const std::array<Index, count> widths{Hidden..., out};
    for (std::size_t i = 0; i < count; ++i)
      layers_[i].declare(b, std::to_string(2 * i), i == 0 ? in : widths[i - 1], widths[i], 1);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    for (std::size_t i = 0; i < count; ++i)
      x = layers_[i].forward(ctx, x, i + 1 < count ? Activation::relu : Activation::none);
    return x;
  }

private:
  std::array<Conv, count> layers_;
};

}  // namespace densenf::nn
