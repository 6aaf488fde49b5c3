#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// Uniform in (0, 1), number by number: the density is 1 in the cube, its border included, where numbers
/// round to 0 or 1, and 0 outside: minus infinity is added there, with a gradient of 0. Draws deviate from
/// 1/2 by `temperature` times as much, at most once (else ArgumentError), so that none leaves the cube.
class StandardUniform {
public:
  static constexpr bool takes_context = false;

  void declare(Builder&, Shape shape, Index = 0) { shape_ = shape; }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::add_to_log_prob(ctx, ops::map(ctx, x, kernels::maps::UniformLogDensity{}), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    if (temperature > 1) {
      throw ArgumentError(
          "At a temperature of {} draws of a StandardUniform would leave the cube: give it 1 or less.",
          temperature);
    }
    const V x{ctx.tensor(n, shape_)};
    ctx.noise().uniform(ctx.device(), x.value);
    scale_shift(ctx.device(), as_const(x.value), static_cast<T>(temperature),
                static_cast<T>((1 - temperature) / 2), x.value);
    return x;
  }

private:
  Shape shape_;
};

}  // namespace densenf
