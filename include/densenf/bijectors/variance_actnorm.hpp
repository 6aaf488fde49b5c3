#pragma once

#include <limits>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/channel_affine.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

namespace detail {

/// log_scale and bias per channel, and their start from the variance of a batch, of which
/// `log_scale(variance, pixels)` is a function for ops::map. `scale_first`: whether the bias is added behind
/// the scale.
template <class OfVariance, bool scale_first>
class VarianceStart {
public:
  void declare(Builder& b, Shape in) {
    log_scale_ = b.vector("log_scale", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {log_scale_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    const Index pixels = x.value.pixels();
    nn::require_two_to_start(
        ctx, initialized_, pixels,
        "ActNorm starts from the statistics of the first training batch, which needs at least two pixels");
    const auto& device = ctx.device();
    if (pixels < 2 || !is_zero(device, ctx.state(initialized_))) return;
    const auto scope = ctx.memory().scope();
    const nn::ChannelMoments<T> moments = nn::channel_moments(ctx, x);
    const auto vector = [&](auto* numbers) { return make_tensor(numbers, 1, Shape{x.c(), 1, 1}); };
    const Tensor<T> log_scale = vector(ctx.start_value(log_scale_)), bias = vector(ctx.start_value(bias_));
    const double correction = static_cast<double>(pixels) / static_cast<double>(pixels - 1);
    map_forward(device, OfVariance{correction}, vector(moments.variance), log_scale);
    scale_shift(device, vector(moments.mean), T(-1), T(0), bias);
    if (scale_first) {
      const Tensor<T> scale = ctx.tensor(1, {x.c(), 1, 1});
      map_forward(device, kernels::maps::Exp{}, as_const(log_scale), scale);
      multiply_numbers(device, as_const(bias), as_const(scale), bias);
    }
    const Tensor<T> flag = make_tensor(ctx.start_state(initialized_), 1, Shape{1, 1, 1});
    scale_shift(device, as_const(flag), T(0), T(1), flag);
  }

protected:
  Param log_scale_, bias_, initialized_;
};

}  // namespace detail

/// y = x exp(log_scale) + bias per channel. The batch that Flow::initialize is given sets both so that its
/// own channels come out with mean 0 and variance 1, of their (biased) variance and 1e-5 more; it must hold
/// at least two pixels (ShapeError). i-ResNet's.
class BiasedActNorm : public Bijector<BiasedActNorm>,
                      public detail::VarianceStart<kernels::maps::LogScaleOfMore, true> {
public:
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::channel_affine(ctx, x, ctx.parameter(log_scale_), ctx.parameter(bias_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::channel_affine_inverse(ctx, y, ctx.parameter(log_scale_), ctx.parameter(bias_));
  }
};

/// y = (x + bias) exp(log_scale) per channel, started likewise from the (unbiased) variance, but from 0.2
/// where that is less, so that no channel is blown up. Residual Flow's.
class FlooredActNorm : public Bijector<FlooredActNorm>,
                       public detail::VarianceStart<kernels::maps::LogScaleOfAtLeast, false> {
public:
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, minus(ctx, bias_), minus(ctx, log_scale_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::actnorm_inverse(ctx, y, minus(ctx, bias_), minus(ctx, log_scale_));
  }

private:
  template <class Ctx, class V = typename Ctx::Value>
  static V minus(const Ctx& ctx, Param p) {
    return ops::scale_shift(ctx, ctx.parameter(p), -1, 0);
  }
};

}  // namespace densenf
