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

  Param weight, bias;
  Index in = 0, out = 0;
  int kernel = 1;

  /// Throws ArgumentError for any other kernel, ShapeError unless there are channels on both sides.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side,
               Start start = Start::uniform, bool with_bias = true) {
    kernels::detail::check_kernel(side);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_started(b, c_in, c_out, side, init_of(start, c_in * side * side), with_bias);
  }
  /// The same with a start of weights and bias that is given.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side, Init init) {
    kernels::detail::check_kernel(side);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_started(b, c_in, c_out, side, init, true);
  }

  /// The weights, as values of a pass.
  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> filter(const Ctx& ctx) const {
    return {ctx.parameter(weight), ctx.parameter(bias), kernel};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, Activation activation = Activation::none) const {
    return ops::conv(ctx, x, filter(ctx), activation);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& y, Activation activation = Activation::none) const {
    ops::conv_into(ctx, x, filter(ctx), activation, y);
  }

private:
  static Init init_of(Start start, Index inputs) {
    return start == Start::zero ? Init::zeros() : Init::uniform(1 / std::sqrt(static_cast<double>(inputs)));
  }
  void declare_started(Builder& b, Index c_in, Index c_out, int side, Init init, bool with_bias) {
    weight = b.weight("weight", {c_out, c_in, side, side}, init);
    if (with_bias) bias = b.vector("bias", {c_out}, init);
    kernel = side;
    in = c_in;
    out = c_out;
  }
};

/// A 2x2 convolution with stride 2: a squeeze and a 1x1 convolution, whose weight (out, 4 in) has the memory
/// order of a checkpoint's (out, in, 2, 2).
struct HalvingConv {
  Param weight, bias;

  static constexpr void require(const Shape& in) { static_cast<void>(ops::squeezed(in)); }

  void declare(Builder& b, std::string_view name, Index c_in, Index c_out) {
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    const Init init = Init::uniform(1 / std::sqrt(static_cast<double>(4 * c_in)));
    weight = b.matrix("weight", {c_out, c_in, 2, 2}, init);
    bias = b.vector("bias", {c_out}, init);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const ops::Filter<V> filter{ctx.parameter(weight), ctx.parameter(bias)};
    ops::require_weights(ctx, filter.weight, 4, x.c(), weight.out);
    return ops::conv(ctx, ops::squeeze(ctx, x), filter);
  }
};

}  // namespace densenf::nn
