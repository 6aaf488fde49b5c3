#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/mixture.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

namespace detail {
/// Throws ShapeError or ArgumentError for what the kernels of a mixture map do not take.
template <class V>
void check_mixture(const kernels::MixtureMap& map, const V& x, const V& raw) {
  if (map.components < 1 || map.components > kernels::MixtureMap::most_components)
    throw ArgumentError("A mixture has 1 to {} components, not {}.", kernels::MixtureMap::most_components,
                        map.components);
  require_batch("The numbers of a mixture map", raw.value, x.n(),
                {map.parameters() * x.c(), x.value.h, x.value.w});
}
}  // namespace detail

/// z from x by mixtures of logistics, whose raw numbers a network has made: kernels/mixture.hpp says how.
/// Adds log |dz/dx| of each number to the log-probability. Outside of the pixels `where`, z is x.
template <class Ctx, class V = typename Ctx::Value>
void mixture_into(const Ctx& ctx, kernels::MixtureMap map, kernels::SomeWhere where, const V& x, const V& raw,
                  LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  detail::check_mixture(map, x, raw);
  require_batch("The output of a mixture map", z.value, x.n(), x.shape());
  mixture_forward(ctx.device(), map, where, as_const(x.value), as_const(raw.value), z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    mixture_backward(c.device(), map, where, as_const(x.value), as_const(raw.value), as_const(dz),
                     log_prob.gradient, dx.tensor, dx.write, draw.tensor, draw.write);
  });
}

/// x from the z that mixture_into makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
void mixture_inverse_into(const Ctx& ctx, kernels::MixtureMap map, kernels::SomeWhere where, const V& z,
                          const V& raw, const V& x) {
  detail::check_mixture(map, z, raw);
  require_batch("The output of a mixture map's inverse", x.value, z.n(), z.shape());
  mixture_inverse(ctx.device(), map, where, as_const(z.value), as_const(raw.value), x.value);
}

}  // namespace densenf::ops
