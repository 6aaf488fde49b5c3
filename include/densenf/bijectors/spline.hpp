#pragma once

#include <cmath>
#include <ratio>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/spline.hpp"

namespace densenf {

/// What raw numbers of 0 make of a spline: bins of one size with slopes of ln 2 between them, as in the
/// paper, or of 1, which is the identity.
enum class SplineStart { paper, identity };

/// A transform (bijectors/transforms.hpp) that maps each number by its own monotone rational-quadratic spline
/// on [-Bound, Bound], which is a std::ratio, and leaves other numbers as they are. For each number the
/// network makes Bins widths, Bins heights and Bins - 1 slopes, in this order. Widths and heights are divided
/// by the square root of `Divisor`: the width of the network that makes them, so that its bins are about
/// equal at the start. "Neural Spline Flows" (NeurIPS 2019).
template <int Bins, class Bound = std::ratio<3>, int Divisor = 1, SplineStart Start = SplineStart::paper>
struct RationalQuadratic {
  static_assert(Bound::num > 0, "The bound of a spline is positive.");
  static_assert(Divisor > 0, "The divisor of a spline's raw numbers is positive.");
  static constexpr Index parameters = kernels::RationalQuadratic<Bins>::parameters;

  static kernels::RationalQuadratic<Bins> kernel() {
    return {static_cast<double>(Bound::num) / static_cast<double>(Bound::den),
            1 / std::sqrt(static_cast<double>(Divisor)),
            Start == SplineStart::identity ? kernels::RationalQuadratic<Bins>::identity_shift : 0};
  }

  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                           const V& z) {
    ops::spline_into(ctx, kernel(), where, x, raw, log_prob, z);
  }
  /// Differentiable, so that it serves flows that are trained in this direction too.
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::spline_inverse_into(ctx, kernel(), where, z, raw, x);
  }
};

/// y = a spline of x, one for each channel, which is trained; starts as the identity.
template <int Bins, class Bound = std::ratio<3>>
class ChannelSpline : public Bijector<ChannelSpline<Bins, Bound>> {
  using Transform = RationalQuadratic<Bins, Bound, 1, SplineStart::identity>;

public:
  static std::string type_name() { return fmt::format("ChannelSpline<{}>", Bins); }

  void declare(Builder& b, Shape in) {
    raw_ = b.vector("raw", {in.c * Transform::parameters}, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    Transform::forward_into(ctx, x, raw_numbers(ctx, x), kernels::Everywhere{}, log_prob, y);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    Transform::inverse_into(ctx, y, raw_numbers(ctx, y), kernels::Everywhere{}, x);
    return x;
  }

private:
  /// The same ones at each pixel of x.
  template <class Ctx, class V>
  V raw_numbers(const Ctx& ctx, const V& x) const {
    const Index channels = Transform::parameters * x.c();
    const V like{{nullptr, x.n(), x.value.h, x.value.w, channels, channels}};
    return ops::per_channel(ctx, ctx.parameter(raw_), like);
  }

  Param raw_;
};

}  // namespace densenf
