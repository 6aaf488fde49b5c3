#pragma once

#include <type_traits>

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/at_hand.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

using kernels::AffineLayout;

namespace detail {
/// Whether this is DenseFlow's map, everywhere, which each device has by itself.
template <class Map, class Where>
inline constexpr bool is_usual_map =
    std::is_same_v<Map, kernels::AffineMap<kernels::Tanh2>>&& Where::everywhere;

template <class Ctx, class Map>
constexpr void require_affine() {
  static_assert(
      kernels::affine_at_hand<typename Ctx::Device, Map>,
      "densenf::compiled has no kernels for this affine map: include densenf/kernels/cpu/affine.hpp where "
      "the map is, and they are compiled with the program.");
}
}  // namespace detail

/// z from x by a kernels::AffineMap, whose raw numbers a network has made; adds the sum of the log-scales to
/// the log-probability. Outside of the pixels `where`, z is x.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_into(const Ctx& ctx, Map map, Where where, const V& x, const V& raw, AffineLayout at,
                 LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  detail::require_affine<Ctx, Map>();
  require_batch("The output of an affine map", z.value, x.n(), x.shape());
  require_batch("The scales and shifts of an affine map", raw.value, x.n(),
                {Map::parameters * x.c(), x.value.h, x.value.w});
  if (!at.fits(x.c(), Map::parameters))
    throw ArgumentError("The layout of an affine map of {} channels reaches beyond its scales and shifts.",
                        x.c());
  const auto forward = [&](auto... how) {
    affine_forward(ctx.device(), how..., as_const(x.value), as_const(raw.value), at, z.value, log_prob.value);
  };
  if constexpr (detail::is_usual_map<Map, Where>)
    forward();
  else
    forward(map, where);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    const auto backward = [&](auto... how) {
      affine_backward(c.device(), how..., as_const(x.value), as_const(raw.value), at, as_const(dz),
                      log_prob.gradient, dx.tensor, dx.write, draw.tensor, draw.write);
    };
    if constexpr (detail::is_usual_map<Map, Where>)
      backward();
    else
      backward(map, where);
  });
}

/// x from the z that affine_into makes of it. Only evaluates.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_inverse_into(const Ctx& ctx, Map map, Where where, const V& z, const V& raw, AffineLayout at,
                         const V& x) {
  detail::require_affine<Ctx, Map>();
  if constexpr (detail::is_usual_map<Map, Where>)
    affine_inverse(ctx.device(), as_const(z.value), as_const(raw.value), at, x.value);
  else
    affine_inverse(ctx.device(), map, where, as_const(z.value), as_const(raw.value), at, x.value);
}

/// The same as a differentiable function of z and the raw numbers.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_solve_into(const Ctx& ctx, Map map, Where where, const V& z, const V& raw, AffineLayout at,
                       const V& x) {
  affine_inverse_into(ctx, map, where, z, raw, at, x);
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_or_unused(z), draw = c.gradient_or_unused(raw);
    affine_inverse_backward(c.device(), map, where, as_const(x.value), as_const(raw.value), at, dx, dz, draw);
  });
}

/// z = t + exp(l) * x with l = 2 tanh(s / 2), s and t from a network's raw output (2 x.c channels); adds the
/// sum of l to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void affine_into(const Ctx& ctx, const V& x, const V& raw, AffineLayout at, LogProb log_prob, const V& z) {
  affine_into(ctx, kernels::AffineMap<kernels::Tanh2>{}, kernels::Everywhere{}, x, raw, at, log_prob, z);
}

/// x outside of the pixels `where`, 0 there.
template <class Ctx, class Where, class V = typename Ctx::Value>
V hide(const Ctx& ctx, const V& x, Where where) {
  const V y = ctx.output_like(x, x.c());
  hide(ctx.device(), where, as_const(x.value), y.value, kernels::Write::assign);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    hide(c.device(), where, dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T, class Where>
Dual<T> hide(const Tangents<Context>& ctx, const Dual<T>& x, Where where) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return hide(c, v, where); });
}

/// y = a tanh(x) with one number a, a vector of one channel: log-scales between -a and a.
template <class Ctx, class V = typename Ctx::Value>
void log_scale_into(const Ctx& ctx, const V& x, const V& a, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The bound of log-scales", a.value, 1, {1, 1, 1});
  require_batch("The place of log-scales", y.value, x.n(), x.shape());
  log_scale_forward(ctx.device(), as_const(x.value), as_const(a.value).data, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    T* const da = c.gradient_or_unused(a).data;
    log_scale_backward(c.device(), as_const(x.value), as_const(a.value).data, dy, dx.tensor, dx.write, da,
                       c.scratch().lend(log_scale_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

}  // namespace densenf::ops
