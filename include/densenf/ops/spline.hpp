#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/at_hand.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

namespace detail {
template <class Ctx, int Bins>
constexpr void require_spline() {
  static_assert(kernels::spline_at_hand<typename Ctx::Device, Bins>,
                "densenf::compiled has splines of 2, 3, 4 and 8 bins: include "
                "densenf/kernels/cpu/spline.hpp, and those of "
                "other numbers are compiled with the program.");
}
}  // namespace detail

/// z from x by a kernels::RationalQuadratic, whose raw numbers `raw` holds for one channel of x after the
/// other; adds the sum of log dz/dx to the log-probability. Outside of the pixels `where`, z is x.
template <class Ctx, int Bins, class Where, class V = typename Ctx::Value>
void spline_into(const Ctx& ctx, kernels::RationalQuadratic<Bins> spline, Where where, const V& x,
                 const V& raw, LogProb log_prob, const V& z) {
  detail::require_spline<Ctx, Bins>();
  require_batch("The output of a spline", z.value, x.n(), x.shape());
  require_batch("The raw numbers of a spline", raw.value, x.n(),
                {spline.parameters * x.c(), x.value.h, x.value.w});
  spline_forward(ctx.device(), spline, where, as_const(x.value), as_const(raw.value), z.value,
                 log_prob.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    spline_backward(c.device(), spline, where, as_const(x.value), as_const(raw.value), dz, log_prob.gradient,
                    dx.tensor, dx.write, draw.tensor, draw.write);
  });
}

/// x from the z that spline_into makes of it. Only evaluates.
template <class Ctx, int Bins, class Where, class V = typename Ctx::Value>
void spline_inverse_into(const Ctx& ctx, kernels::RationalQuadratic<Bins> spline, Where where, const V& z,
                         const V& raw, const V& x) {
  detail::require_spline<Ctx, Bins>();
  require_batch("The output of a spline's inverse", x.value, z.n(), z.shape());
  require_batch("The raw numbers of a spline", raw.value, z.n(),
                {spline.parameters * z.c(), z.value.h, z.value.w});
  spline_inverse(ctx.device(), spline, where, as_const(z.value), as_const(raw.value), x.value);
}

/// The same as a differentiable function of z and the raw numbers.
template <class Ctx, int Bins, class Where, class V = typename Ctx::Value>
void spline_solve_into(const Ctx& ctx, kernels::RationalQuadratic<Bins> spline, Where where, const V& z,
                       const V& raw, const V& x) {
  spline_inverse_into(ctx, spline, where, z, raw, x);
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_or_unused(z), draw = c.gradient_or_unused(raw);
    spline_inverse_backward(c.device(), spline, where, as_const(x.value), as_const(raw.value), dx, dz, draw);
  });
}

}  // namespace densenf::ops
