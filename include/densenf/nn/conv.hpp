#pragma once

#include <cmath>
#include <string_view>

#include "densenf/core/parameters.hpp"
#include "densenf/kernels/conv_check.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf::nn {

using ops::Activation;

namespace detail {
inline void check_channels(Index in, Index out) {
  if (in < 1 || out < 1)
    throw ShapeError("A convolution leads from at least 1 channel to at least 1, not from {} to {}.", in,
                     out);
}
}  // namespace detail

/// A convolution, 1x1 or 3x3 with zero padding, by default started as PyTorch starts it: weights and bias
/// uniform within 1 / sqrt(inputs of one output).
struct Conv {
  enum class Start { uniform, zero };

  ops::ConvParams params;
  Index in = 0, out = 0;

  /// Throws ArgumentError for any other kernel, ShapeError unless there are channels on both sides.
  void build(Builder& b, std::string_view name, Index c_in, Index c_out, int kernel,
             Start start = Start::uniform, bool bias = true) {
    kernels::detail::check_kernel(kernel);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    const double fan_in = static_cast<double>(c_in * kernel * kernel);
    const Init init = start == Start::zero ? Init::zeros() : Init::uniform(1 / std::sqrt(fan_in));
    params.weight = b.weight("weight", {c_out, c_in, kernel, kernel}, init);
    if (bias) params.bias = b.vector("bias", {c_out}, init);
    params.kernel = kernel;
    in = c_in;
    out = c_out;
  }

  /// Tells that `next`, which is built already, meets images of the same extents right after this
  /// convolution.
  void followed_by(const Conv& next) {
    params.next = {next.params.weight, next.params.kernel, next.in, next.out};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, Activation activation = Activation::none) const {
    return ops::conv(ctx, x, params, out, activation);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& y, Activation activation = Activation::none) const {
    ops::conv_into(ctx, x, params, activation, y);
  }
};

/// A 2x2 convolution with stride 2: a squeeze and a 1x1 convolution, whose weight (out, 4 in) has the memory
/// order of a checkpoint's (out, in, 2, 2).
struct HalvingConv {
  ops::ConvParams params;
  Index out = 0;

  static constexpr void require(const Shape& in) { static_cast<void>(ops::squeezed(in)); }

  void build(Builder& b, std::string_view name, Index c_in, Index c_out) {
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    const Init init = Init::uniform(1 / std::sqrt(static_cast<double>(4 * c_in)));
    params.weight = b.matrix("weight", {c_out, c_in, 2, 2}, init);
    params.bias = b.vector("bias", {c_out}, init);
    out = c_out;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    ops::require_weights(ctx.specs(), params.weight, 4, x.c(), out);
    return ops::conv(ctx, ops::squeeze(ctx, x), params, out);
  }
};

}  // namespace densenf::nn
