#pragma once

#include "densenf/distributions/normal.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// A normal of which a network makes the mean and the log-scale of each number, from what the distribution's
/// owner has it look at and `Context` channels of the flow's context; each is of the images' height and
/// width, or of one pixel. The network, as that of a Coupling, makes all means and then all log-scales. Those
/// that densenf::nn has start at zero, so that the distribution starts as the standard normal.
template <class Network, int Context = 0>
class ConditionalNormal {
public:
  static constexpr bool takes_context = Context > 0;

  static constexpr void require(Shape x, Index given) {
    if (given + Context < 1) {
      shape_mismatch(
          "A ConditionalNormal that is given nothing looks at the flow's context: declare it with the number "
          "of its "
          "channels, ConditionalNormal<Network, Channels>.",
          x);
    }
    require_of<Network>({given + Context, x.h, x.w});
  }

  void declare(Builder& b, Shape shape, Index given = 0) {
    require(shape, given);
    shape_ = shape;
    seen_ = given + Context;
    const auto scope = b.scope("conditional_dist");
    network_.declare(b, seen_, 2 * shape.c);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Given&... given) const {
    const Moments<V> at = moments(ctx, x.n(), given...);
    const V centered = ops::add(ctx, x, ops::scale_shift(ctx, at.mean, -1, 0));
    const V one_over_scale = ops::exp(ctx, ops::scale_shift(ctx, at.log_scale, -1, 0));
    ops::standard_normal_log_prob(ctx, ops::multiply(ctx, centered, one_over_scale), factor, log_prob);
    ops::add_to_log_prob(ctx, at.log_scale, -factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  V sample(const Ctx& ctx, Index n, double temperature, const Given&... given) const {
    using T = typename Ctx::Scalar;
    const Moments<V> at = moments(ctx, n, given...);
    const V e{ctx.tensor(n, shape_)};
    ctx.noise().normal(ctx.device(), e.value);
    scale_shift(ctx.device(), as_const(e.value), static_cast<T>(temperature), T(0), e.value);
    return ops::add(ctx, at.mean, ops::multiply(ctx, ops::exp(ctx, at.log_scale), e));
  }

private:
  template <class V>
  struct Moments {
    V mean, log_scale;
  };

  template <class Ctx, class... Given>
  auto moments(const Ctx& ctx, Index n, const Given&... given) const {
    using V = typename Ctx::Value;
    static_assert(sizeof...(Given) > 0, "A ConditionalNormal is given something to look at.");
    const V seen = nn::joined(ctx, shape_.h, shape_.w, given...);
    ops::require_batch("What a ConditionalNormal looks at", seen.value, n, {seen_, shape_.h, shape_.w});
    const V raw = network_.forward(ctx, seen);
    ops::require_batch("The output of a ConditionalNormal's network", raw.value, n,
                       {2 * shape_.c, shape_.h, shape_.w});
    return Moments<V>{raw.channels(0, shape_.c), raw.channels(shape_.c, shape_.c)};
  }

  Shape shape_;
  Index seen_ = 0;
  Network network_;
};

}  // namespace densenf
