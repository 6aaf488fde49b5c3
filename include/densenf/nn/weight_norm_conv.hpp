#pragma once

#include <cmath>
#include <string_view>

#include "densenf/nn/conv.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf::nn {

/// A convolution, 1x1 or 3x3 with zero padding, whose weights for each output are a learned direction, made
/// as long as a learned magnitude, or 1 where there is none: see ops::weight_norm. Starts as Real NVP starts
/// it, with a magnitude of k / sqrt(6) for a k x k kernel, which is the length that a direction has on
/// average.
struct WeightNormConv {
  Param direction, magnitude, bias;
  Index in = 0, out = 0;
  int kernel = 1;

  /// Which of the two are learned.
  struct With {
    bool bias = true, magnitude = true;
  };

  /// Throws ArgumentError for any other kernel, ShapeError unless there are channels on both sides.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side) {
    declare(b, name, c_in, c_out, side, With());
  }
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side, With with) {
    kernels::detail::check_kernel(side);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    direction = b.weight("direction", {c_out, c_in, side, side},
                         Init::uniform(std::sqrt(2 / static_cast<double>(c_in))));
    if (with.magnitude) magnitude = b.vector("magnitude", {c_out}, Init::constant(side / std::sqrt(6.0)));
    if (with.bias) bias = b.vector("bias", {c_out}, Init::zeros());
    kernel = side;
    in = c_in;
    out = c_out;
  }

  /// What is multiplied with, as values of a pass.
  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> filter(const Ctx& ctx) const {
    return {ops::weight_norm(ctx, ctx.parameter(direction), ctx.parameter(magnitude)), ctx.parameter(bias),
            kernel};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, Activation activation = Activation::none) const {
    return ops::conv(ctx, x, filter(ctx), activation);
  }
};

}  // namespace densenf::nn
