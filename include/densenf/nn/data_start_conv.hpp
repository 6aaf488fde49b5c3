#pragma once

#include <string_view>

#include "densenf/nn/conv.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf::nn {

/// A convolution, 1x1 or 3x3 with zero padding, that starts from data: the batch that Flow::initialize is
/// given sets scale and bias of each output so that it has mean 0 there and the deviation that declare is
/// told. What is scaled are the weights, which are normal with deviation 0.05 before; or with `WeightNorm`
/// the length of them, a parameter of its own (see ops::weight_norm).
template <bool WeightNorm = false>
class DataStartConv {
public:
  /// Throws ArgumentError for any other kernel, ShapeError unless there are channels on both sides.
  void declare(Builder& b, std::string_view name, Index in, Index out, int kernel, double deviation = 1) {
    kernels::detail::check_kernel(kernel);
    detail::check_channels(in, out);
    const auto scope = b.scope(name);
    kernel_ = kernel;
    deviation_ = deviation;
    weight_ = b.weight(WeightNorm ? "direction" : "weight", {out, in, kernel, kernel}, Init::normal(0.05));
    scaled_ = WeightNorm ? b.vector("magnitude", {out}, Init::constant(1)) : weight_;
    bias_ = b.vector("bias", {out}, Init::zeros());
    started_ = b.starts_from_data("initialized", {scaled_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V y = ctx.output_like(x, bias_.size);
    forward_into(ctx, x, y);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& y) const {
    if constexpr (!Ctx::records && !carries_tangents<Ctx>) {
      if (ctx.starts()) start(ctx, x);
    }
    ops::conv_into(ctx, x, {weight(ctx), ctx.parameter(bias_), kernel_}, Activation::none, y);
  }

private:
  template <class Ctx>
  auto weight(const Ctx& ctx) const {
    if constexpr (WeightNorm)
      return ops::weight_norm(ctx, ctx.parameter(weight_), ctx.parameter(scaled_));
    else
      return ctx.parameter(weight_);
  }

  template <class Ctx, class V>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    require_two_to_start(
        ctx, started_, x.value.pixels(),
        "A convolution that starts from the first training batch needs at least two pixels of it");
    const auto scope = ctx.memory().scope();
    const Index out = bias_.size;
    const V y = ops::conv(ctx, x, {weight(ctx), {}, kernel_});
    const ChannelMoments<T> moments = channel_moments(ctx, y);
    outputs_start(ctx.device(), moments.mean, moments.variance, static_cast<T>(deviation_),
                  scaled_.size / out, out, ctx.start_value(scaled_), ctx.start_value(bias_),
                  ctx.start_state(started_));
  }

  Param weight_, scaled_, bias_, started_;
  int kernel_ = 1;
  double deviation_ = 1;
};

}  // namespace densenf::nn
