#pragma once

#include <cmath>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/ops/channel_affine.hpp"

namespace densenf {

namespace detail {
/// The logarithm of 1 / sqrt(factor v).
struct LogOfInverseRoot {
  double factor;
  template <class T>
  constexpr T value(T v) const {
    return T(-0.5) * std::log(static_cast<T>(factor) * v);
  }
};
}  // namespace detail

/// y = x exp(log_scale) + bias per channel: an ActNorm that scales first. The batch that Flow::initialize is
/// given sets both so that its own channels come out with mean 0 and (unbiased) variance 1; it must hold at
/// least two pixels (ShapeError).
class ScaleShiftNorm : public Bijector<ScaleShiftNorm> {
public:
  void declare(Builder& b, Shape in) {
    log_scale_ = b.vector("log_scale", {in.c}, Init::zeros());
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {log_scale_, bias_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    if (!is_zero(ctx.device(), ctx.state(initialized_))) return;
    const Index pixels = x.value.pixels();
    if (pixels < 2) {
      throw ShapeError(
          "ScaleShiftNorm starts from the statistics of the first training batch, which needs at least two "
          "pixels, not {}.",
          pixels);
    }
    const auto scope = ctx.memory().scope();
    const Shape one{x.c(), 1, 1};
    const Tensor<T> mean = ctx.tensor(1, one), variance = ctx.tensor(1, one),
                    log_scale = make_tensor(ctx.start_value(log_scale_), 1, one),
                    bias = make_tensor(ctx.start_value(bias_), 1, one),
                    flag = make_tensor(ctx.start_state(initialized_), 1, Shape{1, 1, 1});
    channel_statistics(ctx.device(), as_const(x.value), mean.data, variance.data,
                       ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(x.value))));
    const double unbiased = static_cast<double>(pixels) / static_cast<double>(pixels - 1);
    map_forward(ctx.device(), detail::LogOfInverseRoot{unbiased}, as_const(variance), log_scale);
    map_forward(ctx.device(), kernels::maps::Exp{}, as_const(log_scale), variance);
    multiply_numbers(ctx.device(), as_const(mean), as_const(variance), bias);
    scale_shift(ctx.device(), as_const(bias), T(-1), T(0), bias);
    scale_shift(ctx.device(), as_const(flag), T(0), T(1), flag);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::channel_affine(ctx, x, ctx.parameter(log_scale_), ctx.parameter(bias_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::channel_affine_inverse(ctx, y, ctx.parameter(log_scale_), ctx.parameter(bias_));
  }

private:
  Param log_scale_, bias_, initialized_;
};

}  // namespace densenf
