#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/maps.hpp"

// What the surjections have in common that forget which of several things x was (a sign, a place, an order):
// the choice leaves the flow with its probability, and the way back takes it from there or draws it anew,
// from numbers that are uniform in (0, 1).
namespace densenf {

/// Lets a choice, or what else is not in the output, leave the flow, if it is kept (LatentSink); add(density)
/// adds the logarithm of its probability or density for each image.
template <class Ctx, class Add, class T = typename Ctx::Scalar>
void leave_flow(const Ctx& ctx, const Tensor<T>& part, const Add& add) {
  if (auto* latents = ctx.pass().latents) {
    if (double* density = latents->log_density(part.n)) add(density);
    latents->keep(as_const(part));
  }
}

/// n images of numbers that are uniform in (0, 1).
template <class Ctx>
Tensor<typename Ctx::Scalar> uniform_numbers(const Ctx& ctx, Index n, const Shape& shape) {
  const auto u = ctx.tensor(n, shape);
  ctx.noise().uniform(ctx.device(), u);
  return u;
}

}  // namespace densenf
