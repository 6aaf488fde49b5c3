#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/splits.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// What a coupling with this split has changed, normalized per channel: z = (x - mean) / sqrt(variance +
/// 1e-4), without a learned scale or shift; Real NVP has one behind each coupling. In training mean and
/// variance are those of the batch, where pixels that stay count as zeros, and then the likelihood is none of
/// an image alone; evaluation and the inverse use the running ones.
///
/// Since a batch's mean and variance do not come back from what they have made, it is no Kind::bijection, and
/// stands between Units.
template <class Split>
class SplitBatchNorm : public Bijector<SplitBatchNorm<Split>> {
public:
  static constexpr Kind kind = Kind::surjection;

  static std::string type_name() { return fmt::format("SplitBatchNorm<{}>", detail::type_name_of<Split>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Split::require(in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    const Index changed = Split::changed(in.c);
    running_ = {b.state("mean", {changed}, Init::zeros()), b.state("var", {changed}, Init::constant(1))};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V z = ctx.output_like(x, x.c());
    Split::keep_into(ctx, x, z);
    ops::normalize_where_into(ctx, Split::where(x), Split::changed(x), running_, log_prob, Split::changed(z));
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output_like(z, z.c());
    Split::keep_into(ctx, z, x);
    ops::normalize_where_inverse_into(ctx, Split::where(z), Split::changed(z), running_, Split::changed(x));
    return x;
  }

private:
  ops::RunningStatistics running_;
};

}  // namespace densenf
