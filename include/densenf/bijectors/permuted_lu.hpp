#pragma once

#include <cmath>

#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/rearrange.hpp"

namespace densenf {

/// A fixed random permutation of the channels, then z = L U x + bias at every pixel, as "Neural Spline Flows"
/// (NeurIPS 2019) has it: L is unit lower triangular, U upper triangular with the diagonal 1e-3 +
/// softplus(raw_diagonal), so that it is never singular. Starts as the permutation.
class PermutedLu : public Bijector<PermutedLu>, public detail::TriangularConv1x1<PermutedLu> {
public:
  void declare(Builder& b, Shape in) {
    const Index entries = in.c * (in.c - 1) / 2;
    lower_ = b.vector("lower", {entries}, Init::zeros());
    upper_ = b.vector("upper", {entries}, Init::zeros());
    raw_diagonal_ = b.vector("raw_diagonal", {in.c}, Init::constant(std::log(std::expm1(1 - least))));
    bias_ = b.vector("bias", {in.c}, Init::zeros());
    permutation_ = b.state("permutation", {in.c}, Init::permutation());
  }

  template <class Ctx>
  auto log_diagonal(const Ctx& ctx) const {
    return ops::log(ctx, ops::scale_shift(ctx, ops::softplus(ctx, ctx.parameter(raw_diagonal_)), 1, least));
  }
  template <class Ctx, class V>
  V weight(const Ctx& ctx, const V& log_diagonal) const {
    const Index c = log_diagonal.c();
    const V lower = ops::triangle_weight(ctx, ctx.parameter(lower_), {c, false});
    const V upper = ops::triangle_weight(ctx, ctx.parameter(upper_), {c, true});
    return ops::permute_inputs(ctx, ops::lu_product(ctx, lower, upper, log_diagonal), permutation_);
  }
  template <class Ctx>
  auto bias(const Ctx& ctx) const {
    return ctx.parameter(bias_);
  }

private:
  static constexpr double least = 1e-3;

  Param lower_, upper_, raw_diagonal_, bias_, permutation_;
};

}  // namespace densenf
