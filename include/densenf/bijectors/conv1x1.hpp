#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// Invertible 1x1 convolution: z = W x per pixel, with log |det W| from a decomposition of W. Starts as a
/// random rotation.
class Conv1x1 : public Bijector<Conv1x1> {
public:
  void declare(Builder& b, Shape in) { weight_ = b.invertible_matrix("weight", in.c, Init::orthogonal()); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::linear_flow(ctx, x, weight_, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::linear_flow_inverse(ctx, z, weight_);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    ops::linear_flow_reverse(ctx, z, x, weight_, log_prob);
  }

private:
  InvertibleMatrix weight_;
};

namespace detail {

/// What 1x1 convolutions have in common whose weight is a product of triangles. `Derived` has
///
///   V log_diagonal(const Ctx&) const;                          // of which the sum is log |det W|
///   V weight(const Ctx&, const V& log_diagonal) const;
///   V bias(const Ctx&) const;                                  // if it has one
template <class Derived>
class TriangularConv1x1 {
public:
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V log_diagonal = derived().log_diagonal(ctx);
    ops::add_sum_to_log_prob(ctx, log_diagonal, static_cast<double>(x.shape().pixels()), x.n(), log_prob);
    ops::Filter<V> filter{derived().weight(ctx, log_diagonal)};
    if constexpr (has_bias<Ctx>) filter.bias = derived().bias(ctx);
    return ops::conv(ctx, x, filter);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V weight = derived().weight(ctx, derived().log_diagonal(ctx));
    if constexpr (has_bias<Ctx>) {
      const V bias = ops::per_channel(ctx, derived().bias(ctx), z);
      return ops::linear_inverse(ctx, ops::add(ctx, z, ops::scale_shift(ctx, bias, -1, 0)), weight);
    } else {
      return ops::linear_inverse(ctx, z, weight);
    }
  }

private:
  template <class Ctx>
  static constexpr bool has_bias = requires(const Derived& d, const Ctx& ctx) {
    d.bias(ctx);
  };
  const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

}  // namespace detail

/// Invertible 1x1 convolution with W = L (U + diag(exp(log_s))): L unit lower triangular, U strictly upper
/// triangular, so that log |det W| is the sum of log_s. Starts as the identity.
class LuConv1x1 : public Bijector<LuConv1x1>, public detail::TriangularConv1x1<LuConv1x1> {
public:
  void declare(Builder& b, Shape in) {
    lower_ = b.weight("lower", {in.c, in.c}, Init::zeros());
    upper_ = b.weight("upper", {in.c, in.c}, Init::zeros());
    log_s_ = b.vector("log_s", {in.c}, Init::zeros());
  }

  template <class Ctx>
  auto log_diagonal(const Ctx& ctx) const {
    return ctx.parameter(log_s_);
  }
  template <class Ctx, class V>
  V weight(const Ctx& ctx, const V& log_s) const {
    return ops::lu_product(ctx, ctx.parameter(lower_), ctx.parameter(upper_), log_s);
  }

private:
  Param lower_, upper_, log_s_;
};

/// Invertible 1x1 convolution with W = P L (U + diag(sign exp(log_s))), where the permutation P and the signs
/// stay what they are at the start: the parts of a random rotation. log |det W| is the sum of log_s.
class PluConv1x1 : public Bijector<PluConv1x1>, public detail::TriangularConv1x1<PluConv1x1> {
public:
  void declare(Builder& b, Shape in) {
    const Index matrix = b.parameters_size();
    permutation_ = b.state_weight("p", {in.c, in.c}, Init::lu(LuPart::permutation, matrix));
    sign_ = b.state("sign", {in.c}, Init::lu(LuPart::signs, matrix));
    lower_ = b.weight("lower", {in.c, in.c}, Init::lu(LuPart::lower, matrix));
    upper_ = b.weight("upper", {in.c, in.c}, Init::lu(LuPart::upper, matrix));
    log_s_ = b.vector("log_s", {in.c}, Init::lu(LuPart::log_diagonal, matrix));
  }

  template <class Ctx>
  auto log_diagonal(const Ctx& ctx) const {
    return ctx.parameter(log_s_);
  }
  template <class Ctx, class V>
  V weight(const Ctx& ctx, const V& log_s) const {
    const V lu =
        ops::lu_product(ctx, ctx.parameter(lower_), ctx.parameter(upper_), log_s, ctx.state_value(sign_));
    // Its rows, which are the channels of a weight, in another order.
    return ops::conv(ctx, lu, {ctx.state_value(permutation_)});
  }

private:
  Param permutation_, sign_, lower_, upper_, log_s_;
};

}  // namespace densenf
