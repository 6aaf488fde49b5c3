#pragma once

#include "densenf/bijectors/named.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// Where a network has the mean and the log-scale of each number: all means and then all log-scales, or
/// beside each other, m0 s0 m1 s1 ...
enum class MomentOrder { halves, interleaved };

/// A normal of which a network makes the mean and the log-scale of each number, from what the distribution's
/// owner has it look at and `Context` channels of the flow's context; each is of the images' height and
/// width, or of one pixel. The network is like that of a Coupling. Those that densenf::nn has start at zero,
/// so that the distribution starts as the standard normal. The network's parameters are named below
/// "conditional_dist", or the name that Named<name, Network> gives them.
template <class Network, int Context = 0, MomentOrder order = MomentOrder::halves>
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
    const auto scope = b.scope(detail::scope_name_of<Network>("conditional_dist"));
    network_.declare(b, seen_, 2 * shape.c);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Given&... given) const {
    ops::normal_log_prob(ctx, x, moments(ctx, x.n(), given...), layout(), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  V sample(const Ctx& ctx, Index n, double temperature, const Given&... given) const {
    const V raw = moments(ctx, n, given...);
    const auto e = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, raw, layout(), temperature);
  }

private:
  kernels::AffineLayout layout() const {
    return order == MomentOrder::halves ? kernels::AffineLayout::shifts_first(shape_.c)
                                        : kernels::AffineLayout::interleaved_shifts_first();
  }

  template <class Ctx, class... Given>
  auto moments(const Ctx& ctx, Index n, const Given&... given) const {
    using V = typename Ctx::Value;
    static_assert(sizeof...(Given) > 0, "A ConditionalNormal is given something to look at.");
    const V seen = nn::joined(ctx, shape_.h, shape_.w, given...);
    ops::require_batch("What a ConditionalNormal looks at", seen.value, n, {seen_, shape_.h, shape_.w});
    const V raw = network_.forward(ctx, seen);
    ops::require_batch("The output of a ConditionalNormal's network", raw.value, n,
                       {2 * shape_.c, shape_.h, shape_.w});
    return raw;
  }

  Shape shape_;
  Index seen_ = 0;
  Network network_;
};

}  // namespace densenf
