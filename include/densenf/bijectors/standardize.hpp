#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// z = (x - mean) / deviation per channel, of the data that Flow::initialize is given: what a table of
/// numbers in their own units begins with. Its log-determinant counts, so that log p is that of the numbers
/// as they came. Mean and deviation are state: they are saved with the flow and not trained. At least two
/// pixels are needed (ShapeError); a channel whose numbers are all alike is only shifted.
class Standardize : public Bijector<Standardize> {
public:
  void declare(Builder& b, Shape in) {
    mean_ = b.state("mean", {in.c}, Init::zeros());
    log_deviation_ = b.state("log_deviation", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {}, {mean_, log_deviation_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    nn::require_two_to_start(ctx, initialized_, x.value.pixels(),
                             "Standardize starts from the mean and deviation of at least two rows");
    actnorm_start(ctx.device(), as_const(x.value), ctx.start_state(mean_), ctx.start_state(log_deviation_),
                  ctx.start_state(initialized_), T(1), T(1), true, T(0));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, ctx.state_value(mean_), ctx.state_value(log_deviation_), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::actnorm_inverse(ctx, z, ctx.state_value(mean_), ctx.state_value(log_deviation_));
  }

private:
  Param mean_, log_deviation_, initialized_;
};

}  // namespace densenf
