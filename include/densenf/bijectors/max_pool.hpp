#pragma once

#include <cmath>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/choices.hpp"
#include "densenf/distributions/half_normal.hpp"
#include "densenf/ops/surjections.hpp"

namespace densenf {

/// The largest number of each cell of 2x2 pixels goes on, for each channel. Where it was leaves, with
/// probability 1/4 each, and how far the three others are below it, under the distribution `Below`, which is
/// 0 below 0. Nielsen et al., "SurVAE flows" (NeurIPS 2020).
template <class Below = HalfNormal>
class MaxPool : public Bijector<MaxPool<Below>> {
public:
  static constexpr Kind kind = Kind::surjection;

  static std::string type_name() { return fmt::format("MaxPool<{}>", detail::type_name_of<Below>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    const Shape squeezed = ops::squeezed(in);
    return {in.c, squeezed.h, squeezed.w};
  }
  static constexpr Shape input_shape(Shape out) { return {out.c, 2 * out.h, 2 * out.w}; }

  void declare(Builder& b, Shape in) { below_.declare(b, {3 * in.c, in.h / 2, in.w / 2}); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const Shape small = this->output();
    const bool kept = ctx.pass().latents != nullptr;
    const auto place = kept ? ctx.tensor(x.n(), small) : Tensor<typename Ctx::Scalar>{};
    const ops::Pooled<V> pooled = ops::max_pool(ctx, x, place);
    const double chosen = -static_cast<double>(small.size()) * std::log(4.0);
    add_to_each(ctx.device(), chosen, x.n(), log_prob.value);
    below_.log_prob(ctx, pooled.below, 1, log_prob);
    if (kept) {
      leave_flow(ctx, place, [&](double* density) { add_to_each(ctx.device(), chosen, x.n(), density); });
      leave_flow(ctx, pooled.below.value, [&](double* density) {
        below_.log_prob(ctx.evaluating(), V{pooled.below.value}, 1, {density, nullptr});
      });
    }
    return pooled.largest;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output(z.n(), this->input());
    const auto scope = ctx.memory().scope();
    const Shape small = z.shape(), others{3 * small.c, small.h, small.w};
    const auto place = ctx.tensor(z.n(), small);
    V below;
    if (auto* kept = ctx.pass().kept) {
      below = V{ctx.tensor(z.n(), others)};
      kept->take(below.value);
      kept->take(place, LatentChoices{0, 3});
    } else {
      map_forward(ctx.device(), kernels::maps::Choice{4}, as_const(uniform_numbers(ctx, z.n(), small)),
                  place);
      below = below_.sample(ctx, z.n(), ctx.pass().temperature);
    }
    max_pool_inverse(ctx.device(), as_const(z.value), as_const(below.value), as_const(place), x.value);
    return x;
  }

private:
  Below below_;
};

}  // namespace densenf
