#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/maps.hpp"

// What the surjections have in common that forget which of several things x was (a sign, a place, an order):
// the choice leaves the flow with its probability, and the way back takes it from there or draws it anew, from
// numbers that are uniform in (0, 1).
namespace densenf {

namespace detail {
/// Lets a choice leave the flow, if somebody keeps it; add(density) adds the logarithms of its probability
/// for each image.
template <class Ctx, class Add, class T = typename Ctx::Scalar>
void leave(const Ctx& ctx, const Tensor<T>& choice, const Add& add) {
  if (auto* latents = ctx.pass().latents) {
    if (double* density = latents->log_density(choice.n)) add(density);
    latents->keep(as_const(choice));
  }
}

/// n images of numbers that are uniform in (0, 1).
template <class Ctx>
Tensor<typename Ctx::Scalar> uniform_numbers(const Ctx& ctx, Index n, const Shape& shape) {
  const auto u = ctx.tensor(n, shape);
  ctx.noise().uniform(ctx.device(), u);
  return u;
}
}  // namespace detail

}  // namespace densenf
