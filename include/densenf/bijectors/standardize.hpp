#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// z = (x - mean) / deviation per channel, of tables per column: the first piece of a flow over numbers of any
/// size. Its log-determinant counts, so densities are those of the numbers as they are given. The batch that
/// Flow::initialize is given, best the whole table (a trainer gives it its first batch), sets mean and
/// deviation, which stay as they are in training; it must hold at least two rows (ShapeError).
class Standardize : public Bijector<Standardize> {
public:
  void declare(Builder& b, Shape in) {
    mean_ = b.state("mean", {in.c}, Init::zeros());
    log_deviation_ = b.state("log_deviation", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {}, {mean_, log_deviation_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    if (x.value.pixels() < 2 && is_zero(ctx.device(), ctx.state(initialized_))) {
      throw ShapeError("Standardize starts from mean and deviation of at least two rows, not {}.",
                       x.value.pixels());
    }
    actnorm_start(ctx.device(), as_const(x.value), ctx.start_state(mean_), ctx.start_state(log_deviation_),
                  ctx.start_state(initialized_));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, constant(ctx, mean_), constant(ctx, log_deviation_), log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output_like(z, z.c());
    actnorm_inverse(ctx.device(), as_const(z.value), ctx.state(mean_), ctx.state(log_deviation_), x.value);
    return x;
  }

private:
  /// A vector of the state as a value without a gradient, which nothing writes to.
  template <class Ctx, class V = typename Ctx::Value>
  static V constant(const Ctx& ctx, Param p) {
    using T = typename Ctx::Scalar;
    return {make_tensor(const_cast<T*>(ctx.state(p)), 1, Shape{p.size, 1, 1})};
  }

  Param mean_, log_deviation_, initialized_;
};

}  // namespace densenf
