#pragma once

#include "densenf/distributions/normal.hpp"
#include "densenf/nn/zero_conv.hpp"

namespace densenf {

/// A normal with a learned mean and log-scale per channel that differ at the image's border: those that a
/// ZeroConv makes of an image of zeros, all means and then all log-scales. Starts as the standard normal.
/// Glow's base distribution, whose convolution has twice as many channels as the image on both sides; of its
/// weights only those for the border act.
class BorderNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder& b, Shape shape, Index = 0) {
    shape_ = shape;
    const auto scope = b.scope("top.conv");
    conv_.declare(b, 2 * shape.c, 2 * shape.c);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::normal_log_prob(ctx, x, moments(ctx, x.n()), layout(), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    const auto e = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, moments(ctx, n), layout(), temperature);
  }

private:
  kernels::AffineLayout layout() const { return kernels::AffineLayout::shifts_first(shape_.c); }

  template <class Ctx, class V = typename Ctx::Value>
  V moments(const Ctx& ctx, Index n) const {
    const V zeros{ctx.tensor(n, {2 * shape_.c, shape_.h, shape_.w})};
    fill_zero(ctx.device(), zeros.value);
    return conv_.forward(ctx, zeros);
  }

  Shape shape_;
  nn::ZeroConv conv_;
};

}  // namespace densenf
