#pragma once

#include "densenf/ops/conv.hpp"

namespace densenf::ops {

namespace detail {
/// y = W x at every pixel, W as [in][out].
template <class Device, class T>
void multiply_pixels(Arena<Device>& memory, Tensor<const T> x, const T* w, Tensor<T> y) {
  const T* no_bias = nullptr;
  const Device& device = memory.device();
  conv_forward(device, x, w, no_bias, 1, Activation::none, y,
               memory.lend(conv_forward_scratch_bytes(device, x, w, no_bias, 1, Activation::none, y)));
}

/// dx = or += W^T dy at every pixel.
template <class Device, class T>
void multiply_pixels_adjoint(Arena<Device>& memory, Tensor<const T> dy, const T* w,
                             const GradientTarget<T>& dx) {
  const Device& device = memory.device();
  conv_backward_data(device, dy, w, 1, dx.tensor, dx.write,
                     memory.lend(conv_backward_data_scratch_bytes(device, dy, w, 1, dx.tensor)));
}
}  // namespace detail

/// The adjoint of linear_flow: adds to the gradients of x, if it has one, and of W.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_adjoint(const Ctx& ctx, const V& x, const InvertibleMatrix& square,
                         const Inverted<typename Ctx::Scalar>& inverted, LogProb log_prob,
                         Tensor<const typename Ctx::Scalar> dz) {
  using T = typename Ctx::Scalar;
  const V weight = ctx.parameter(square.weight);
  if (weight.gradient != nullptr) {
    T* const dw = ctx.gradient(weight).data;
    T* const none = nullptr;
    conv_backward_weights(ctx.device(), as_const(x.value), dz, 1, dw, none,
                          ctx.scratch().lend(conv_backward_weights_scratch_bytes(
                              ctx.device(), as_const(x.value), dz, 1, dw, none)));
    const double pixels = static_cast<double>(x.value.h * x.value.w);
    log_abs_det_backward(ctx.device(), inverted.inverse, x.c(), pixels, log_prob.gradient, x.n(), dw);
  }
  if (x.gradient == nullptr) return;
  detail::multiply_pixels_adjoint(ctx.scratch(), dz, as_const(weight.value).data, ctx.gradient_target(x));
}

/// z = W x at every pixel; adds H W log |det W| to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_into(const Ctx& ctx, const V& x, const InvertibleMatrix& square, LogProb log_prob,
                      const V& z) {
  using T = typename Ctx::Scalar;
  const V weight = ctx.parameter(square.weight);
  require_weights(ctx, weight, 1, x.c(), x.c());
  require_batch("The output of a linear flow", z.value, x.n(), x.shape());
  const double pixels = static_cast<double>(x.value.h * x.value.w);
  const Inverted<T> inverted = ctx.inverted(square);
  ctx.count_products(x.value.pixels(), weight);
  add_to_each(ctx.device(), pixels, inverted.log_det, x.n(), log_prob.value);
  detail::multiply_pixels(ctx.scratch(), as_const(x.value), as_const(weight.value).data, z.value);
  ctx.record(
      [=](auto& c) { linear_flow_adjoint(c, x, square, inverted, log_prob, as_const(c.gradient(z))); });
}

template <class Ctx, class V = typename Ctx::Value>
V linear_flow(const Ctx& ctx, const V& x, const InvertibleMatrix& square, LogProb log_prob) {
  const V z = ctx.output_like(x, x.c());
  linear_flow_into(ctx, x, square, log_prob, z);
  return z;
}

/// x = W^-1 z at every pixel.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_inverse_into(const Ctx& ctx, const V& z, const InvertibleMatrix& square, const V& x) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  require_weights(ctx, ctx.parameter(square.weight), 1, z.c(), z.c());
  require_batch("The output of a linear flow's inverse", x.value, z.n(), z.shape());
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), ctx.inverted(square).inverse, x.value);
}

template <class Ctx, class V = typename Ctx::Value>
V linear_flow_inverse(const Ctx& ctx, const V& z, const InvertibleMatrix& square) {
  const V x = ctx.output_like(z, z.c());
  linear_flow_inverse_into(ctx, z, square, x);
  return x;
}

/// The backward pass from z alone: rebuilds x in x.value and adds to the gradients of x and of W. One inverse
/// of W serves both.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_reverse(const Ctx& ctx, const V& z, const V& x, const InvertibleMatrix& square,
                         LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_weights(ctx, ctx.parameter(square.weight), 1, z.c(), z.c());
  const auto scope = ctx.memory().scope();
  const Inverted<T> inverted = ctx.inverted(square);
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), inverted.inverse, x.value);
  linear_flow_adjoint(ctx, x, square, inverted, log_prob, as_const(ctx.gradient(z)));
}

/// The matrix W = L (U + diag(sign exp(log_s))) as a weight: L is unit lower triangular, U strictly upper
/// triangular, so that log |det W| is the sum of log_s. Only the strict triangles of lower and upper count.
/// The signs, 1 or -1, are a constant; without them (no data) all are 1.
template <class Ctx, class V = typename Ctx::Value>
V lu_product(const Ctx& ctx, const V& lower, const V& upper, const V& log_s, const V& sign = {}) {
  using T = typename Ctx::Scalar;
  const Index channels = log_s.c();
  for (const V& triangle : {lower, upper}) require_weights(ctx, triangle, 1, channels, channels);
  require_per_channel(ctx, log_s, channels);
  if (sign.value.data != nullptr) require_per_channel(ctx, sign, channels);
  const T* l = lower.value.data;
  const T* u = upper.value.data;
  const T* s = log_s.value.data;
  const T* signs = sign.value.data;
  const V w = ctx.output(1, {channels, channels, 1});
  lu_compose(ctx.device(), l, u, s, signs, channels, w.value.data,
             ctx.scratch().lend(lu_compose_scratch_bytes<T>(ctx.device(), channels)));
  ctx.record([=](auto& c) {
    const Tensor<T> dw = c.gradient(w), dlower = c.gradient_or_unused(lower),
                    dupper = c.gradient_or_unused(upper), dlog_s = c.gradient_or_unused(log_s);
    lu_backward(c.device(), l, u, s, signs, as_const(dw).data, channels, dlower.data, dupper.data,
                dlog_s.data, c.scratch().lend(lu_backward_scratch_bytes<T>(c.device(), channels)));
  });
  return w;
}

/// x = W^-1 z at every pixel, for a weight that is inverted now.
template <class Ctx, class V = typename Ctx::Value>
V linear_inverse(const Ctx& ctx, const V& z, const V& weight) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  using T = typename Ctx::Scalar;
  const Index channels = z.c();
  require_weights(ctx, weight, 1, channels, channels);
  const V x = ctx.output_like(z, channels);
  const auto scope = ctx.scratch().scope();
  T* inverse = ctx.scratch().template allocate<T>(channels * channels);
  double* log_det = ctx.scratch().template allocate<double>(1);
  log_abs_det_and_inverse(ctx.device(), as_const(weight.value).data, channels, inverse, log_det,
                          ctx.scratch().lend(log_abs_det_and_inverse_scratch_bytes(ctx.device(), channels)));
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), static_cast<const T*>(inverse), x.value);
  return x;
}

}  // namespace densenf::ops
