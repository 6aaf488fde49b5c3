#pragma once

#include <cmath>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/choices.hpp"
#include "densenf/ops/surjections.hpp"

namespace densenf {

namespace detail {
/// log n! for the n pixels of an image: how many orders they have.
inline double log_orders(const Shape& shape) { return std::lgamma(static_cast<double>(shape.pixels()) + 1); }

/// An order of the pixels of each of n images, all equally likely.
template <class Ctx>
Tensor<typename Ctx::Scalar> random_order(const Ctx& ctx, Index n, const Shape& shape) {
  const auto order = ctx.tensor(n, {1, shape.h, shape.w});
  sort_pixels(ctx.device(), as_const(uniform_numbers(ctx, n, {1, shape.h, shape.w})), 0, order);
  return order;
}

/// The pixels as they were before take_pixels with the order that was kept; or in a random one.
template <class Ctx, class V>
V reordered(const Ctx& ctx, const V& z) {
  const V x = ctx.output_like(z, z.c());
  const auto scope = ctx.memory().scope();
  if (auto* kept = ctx.pass().kept) {
    const auto order = ctx.tensor(z.n(), {1, z.value.h, z.value.w});
    kept->take(order, LatentChoices{0, z.shape().pixels() - 1, 1, true});
    put_pixels(ctx.device(), as_const(z.value), as_const(order), x.value);
  } else {
    const auto order = random_order(ctx, z.n(), z.shape());
    take_pixels(ctx.device(), as_const(z.value), as_const(order), x.value);
  }
  return x;
}
}  // namespace detail

/// The pixels of each image, points of a set whose coordinates are the channels, sorted by channel `Key`; the
/// order that they had leaves, all orders equally likely.
template <int Key = 0>
class Sort : public Bijector<Sort<Key>> {
  static_assert(Key >= 0, "The channel that is sorted by has a number from 0 on.");

public:
  static constexpr Kind kind = Kind::surjection;

  static std::string type_name() { return fmt::format("Sort<{}>", Key); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c <= Key) shape_mismatch("The channel that pixels are sorted by must be there.", in);
    return in;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const auto order = ctx.tensor(x.n(), {1, x.value.h, x.value.w});
    sort_pixels(ctx.device(), as_const(x.value), Key, order);
    const double chosen = -detail::log_orders(x.shape());
    add_to_each(ctx.device(), chosen, x.n(), log_prob.value);
    leave_flow(ctx, order, [&](double* density) { add_to_each(ctx.device(), chosen, x.n(), density); });
    return ops::take_pixels(ctx, x, order);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return detail::reordered(ctx, z);
  }
};

/// The pixels of each image in a random order, in both directions: a model of a set behind it need not look
/// the same for all orders. The likelihood becomes a bound.
class StochasticPermutation : public Bijector<StochasticPermutation> {
public:
  static constexpr Kind kind = Kind::stochastic;

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    const auto order = detail::random_order(ctx, x.n(), x.shape());
    leave_flow(ctx, order, [](double*) {});  // with the probability with which it came
    return ops::take_pixels(ctx, x, order);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return detail::reordered(ctx, z);
  }
};

}  // namespace densenf
