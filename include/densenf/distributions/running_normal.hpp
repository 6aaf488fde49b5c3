#pragma once

#include "densenf/distributions/normal.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/position.hpp"

namespace densenf {

/// N(0, var) with a variance for each number at each place of an image, which is a part of the state: the
/// base of TarFlow (arXiv 2412.06329).
///
/// If it `moves`, the model before it cannot scale: then a training step takes the density for that of N(0,
/// 1), and var becomes 0.9 var + 0.1 times the mean of the batch's squares. Else var stays what it is, which
/// is 1 at first.
template <bool moves>
class RunningNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder& b, Shape shape, Index = 0) {
    shape_ = shape;
    variance_ = b.state("var", {shape.pixels(), shape.c}, Init::constant(1));
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    if constexpr (moves) {
      if (ctx.updates_state()) move(ctx, x);
      if (ctx.training()) return ops::standard_normal_log_prob(ctx, x, factor, log_prob);
    }
    const auto evaluating = ctx.evaluating();
    const V log_variance = ops::log(evaluating, ctx.state_value(variance_));
    ops::add_sum_to_log_prob(evaluating, log_variance, -0.5 * factor, x.n(), log_prob);
    ops::standard_normal_log_prob(ctx, scaled(ctx, x, log_variance, -0.5), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V e{ctx.tensor(n, shape_)};
    ctx.noise().normal(ctx.device(), e.value);
    scale_shift(ctx.device(), as_const(e.value), static_cast<T>(temperature), T(0), e.value);
    return scaled(ctx, e, ops::log(ctx.evaluating(), ctx.state_value(variance_)), 0.5);
  }

private:
  /// x exp(power log_variance)
  template <class Ctx, class V>
  V scaled(const Ctx& ctx, const V& x, const V& log_variance, double power) const {
    const Index n = x.n();
    const V scale{make_tensor(
        ops::map(ctx.evaluating(), log_variance, kernels::maps::ExpOf{power}).value.data, 1, shape_)};
    const V no_shift{ctx.tensor(1, shape_)}, y = ctx.output_like(x, x.c());
    fill_zero(ctx.device(), no_shift.value);
    double* const no_gradient = ctx.memory().template allocate<double>(n);
    set_each(ctx.device(), 0.0, n, no_gradient);
    ops::position_affine_into(ctx, x, scale, no_shift, {ctx.unused_log_prob(n).value, no_gradient}, y);
    return y;
  }

  template <class Ctx, class V>
  void move(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    const auto& device = ctx.device();
    const auto scope = ctx.memory().scope();
    const Tensor<T> squares = ctx.tensor(x.n(), shape_), sums = ctx.tensor(1, shape_);
    multiply_numbers(device, as_const(x.value), as_const(x.value), squares);
    fill_zero(device, sums);
    sum_positions(device, as_const(squares), sums.data);
    const Tensor<T> next = make_tensor(ctx.next_state(variance_), 1, shape_);
    scale_shift(device, make_tensor(ctx.state(variance_), 1, shape_), T(0.9), T(0), next);
    accumulate_scaled(device, as_const(sums), T(0.1) / static_cast<T>(x.n()), next);
  }

  Shape shape_;
  Param variance_;
};

}  // namespace densenf
