#pragma once

#include <cmath>
#include <ratio>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/splits.hpp"
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
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::spline_inverse_into(ctx, kernel(), where, z, raw, x);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void solve_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::spline_solve_into(ctx, kernel(), where, z, raw, x);
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
    forward_into(ctx, x, log_prob, y);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    inverse_into(ctx, y, x);
    return x;
  }

  /// The same into a place that is there already.
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, LogProb log_prob, const V& y) const {
    Transform::forward_into(ctx, x, raw_numbers(ctx, x), kernels::Everywhere{}, log_prob, y);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void inverse_into(const Ctx& ctx, const V& y, const V& x) const {
    Transform::inverse_into(ctx, y, raw_numbers(ctx, y), kernels::Everywhere{}, x);
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

/// What a Split (bijectors/splits.hpp) keeps is mapped by one spline for each channel, which is trained; the
/// rest stays. Behind a Coupling with the same split it maps what that left as it was.
template <class Split, int Bins, class Bound = std::ratio<3>>
class KeptSpline : public Bijector<KeptSpline<Split, Bins, Bound>> {
  static_assert(std::is_same_v<decltype(Split::where(std::declval<Var<float>>())), kernels::Everywhere>,
                "A KeptSpline needs a split into channels, such as ChannelHalves.");

public:
  static std::string type_name() {
    return fmt::format("KeptSpline<{}, {}>", detail::type_name_of<Split>(), Bins);
  }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Split::require(in);
    return in;
  }

  void declare(Builder& b, Shape in) { spline_.declare(b, {Split::kept(in.c), in.h, in.w}); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    ops::copy_into(ctx, Split::changed(x), Split::changed(y));
    spline_.forward_into(ctx, Split::kept(x), log_prob, Split::kept(y));
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    ops::copy_into(ctx, Split::changed(y), Split::changed(x));
    spline_.inverse_into(ctx, Split::kept(y), Split::kept(x));
    return x;
  }

private:
  ChannelSpline<Bins, Bound> spline_;
};

}  // namespace densenf
