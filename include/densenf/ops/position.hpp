#pragma once

#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

// Parameters with a number for each channel at each place of an image, as Builder::image declares them.
namespace densenf::ops {

/// That a parameter has a number for each channel at each place of a batch's images (ShapeError).
template <class Ctx, class V = typename Ctx::Value>
void require_per_position(const Ctx& ctx, const V& v, const Shape& image) {
  if (v.c() != image.c || v.value.pixels() != image.pixels())
    throw ShapeError("{} was built for {} channels at {} places, but got {} at {}.", ctx.name_in_message(v),
                     v.c(), v.value.pixels(), image.c, image.pixels());
}

/// x + v at each place
template <class Ctx, class V = typename Ctx::Value>
V add_positions(const Ctx& ctx, const V& x, const V& v) {
  require_per_position(ctx, v, x.shape());
  const V y = ctx.output_like(x, x.c());
  add_positions(ctx.device(), as_const(x.value), as_const(v.value).data, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    if (v.gradient != nullptr) sum_positions(c.device(), dy, c.gradient(v).data);
    if (x.gradient == nullptr) return;
    const auto dx = c.gradient_target(x);
    copy(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> add_positions(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& v) {
  detail::require_still("what is added at each place", v);
  return {ctx.value([&](const auto& c) { return add_positions(c, x.primal(), v.primal()); }), x.tangent};
}

/// z = scale x + shift at each place, with its log-determinant: the sum of log |scale|, for each image.
template <class Ctx, class V = typename Ctx::Value>
void position_affine_into(const Ctx& ctx, const V& x, const V& scale, const V& shift, LogProb log_prob,
                          const V& z) {
  using T = typename Ctx::Scalar;
  require_per_position(ctx, scale, x.shape());
  require_per_position(ctx, shift, x.shape());
  require_batch("The output of an affine map", z.value, x.n(), x.shape());
  position_affine_forward(ctx.device(), as_const(x.value), as_const(scale.value).data,
                          as_const(shift.value).data, z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dscale = c.gradient_or_unused(scale), dshift = c.gradient_or_unused(shift);
    position_affine_backward(c.device(), as_const(x.value), as_const(scale.value).data, dz, log_prob.gradient,
                             dx.tensor, dx.write, dscale.data, dshift.data);
  });
}

}  // namespace densenf::ops
