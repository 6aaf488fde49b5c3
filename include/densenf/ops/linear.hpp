#pragma once

#include "densenf/kernels/contract.hpp"
#include "densenf/ops/conv.hpp"

namespace densenf::ops {

namespace detail {
/// y = W x at every pixel, W as [in][out].
template <class Device, class T>
void multiply_pixels(const Device& device, Tensor<const T> x, const T* w, Tensor<T> y) {
  const T* no_bias = nullptr;
  conv_forward(device, x, w, no_bias, 1, Activation::none, y);
}

/// dx = or += W^T dy at every pixel.
template <class Device, class T>
void multiply_pixels_adjoint(Arena<Device>& memory, Tensor<const T> dy, const T* w,
                             const GradientTarget<T>& dx) {
  const auto mark = memory.mark();
  T* scratch =
      memory.template allocate<T>(conv_scratch_size<T>(memory.device(), dy.h, dy.w, 1, dx.tensor.c, dy.c));
  conv_backward_data(memory.device(), dy, w, 1, scratch, dx.tensor, dx.write);
  memory.release(mark);
}
}  // namespace detail

/// The adjoint of linear_flow: adds to the gradients of x, if it has one, and of W.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_adjoint(const Ctx& ctx, const V& x, const Square& square,
                         const Inverted<typename Ctx::Scalar>& inverted, LogProb log_prob,
                         Tensor<const typename Ctx::Scalar> dz) {
  using T = typename Ctx::Scalar;
  T* dw = ctx.gradient(square.weight);
  T* none = nullptr;
  conv_backward_weights(ctx.device(), as_const(x.value), dz, 1, dw, none);
  const double pixels = static_cast<double>(x.value.h * x.value.w);
  log_abs_det_backward(ctx.device(), inverted.inverse, x.c(), pixels, log_prob.gradient, x.n(), dw);
  if (x.gradient == nullptr) return;
  detail::multiply_pixels_adjoint(ctx.scratch(), dz, ctx.value(square.weight), ctx.gradient_target(x));
}

/// z = W x at every pixel; adds H W log |det W| to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
V linear_flow(const Ctx& ctx, const V& x, const Square& square, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_weights(ctx.specs(), square.weight, 1, x.c(), x.c());
  const double pixels = static_cast<double>(x.value.h * x.value.w);
  const V z = ctx.output_like(x, x.c());
  const Inverted<T> inverted = ctx.inverted(square);
  add_to_each(ctx.device(), pixels, inverted.log_det, x.n(), log_prob.value);
  detail::multiply_pixels(ctx.device(), as_const(x.value), ctx.value(square.weight), z.value);
  ctx.record(
      [=](auto& c) { linear_flow_adjoint(c, x, square, inverted, log_prob, as_const(c.gradient(z))); });
  return z;
}

/// x = W^-1 z at every pixel.
template <class Ctx, class V = typename Ctx::Value>
V linear_flow_inverse(const Ctx& ctx, const V& z, const Square& square) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  require_weights(ctx.specs(), square.weight, 1, z.c(), z.c());
  const V x = ctx.output_like(z, z.c());
  detail::multiply_pixels(ctx.device(), as_const(z.value), ctx.inverted(square).inverse, x.value);
  return x;
}

/// The backward pass from z alone: rebuilds x in x.value and adds to the gradients of x and of W. One inverse
/// of W serves both.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_reverse(const Ctx& ctx, const V& z, const V& x, const Square& square, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_weights(ctx.specs(), square.weight, 1, z.c(), z.c());
  const auto mark = ctx.memory().mark();
  const Inverted<T> inverted = ctx.inverted(square);
  detail::multiply_pixels(ctx.device(), as_const(z.value), inverted.inverse, x.value);
  linear_flow_adjoint(ctx, x, square, inverted, log_prob, as_const(ctx.gradient(z)));
  ctx.memory().release(mark);
}

/// z = W x with W = L (U + diag(exp(log_s))); adds H W sum of log_s to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
V lu_flow(const Ctx& ctx, const V& x, Param lower, Param upper, Param log_s, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  const Index channels = x.c();
  for (const Param p : {lower, upper}) require_weights(ctx.specs(), p, 1, channels, channels);
  require_per_channel(ctx.specs(), log_s, channels);
  const double pixels = static_cast<double>(x.value.h * x.value.w);
  const T* l = ctx.value(lower);
  const T* u = ctx.value(upper);
  const T* s = ctx.value(log_s);
  const V z = ctx.output_like(x, channels);
  T* w = ctx.memory().template allocate<T>(channels * channels);
  const auto mark = ctx.scratch().mark();
  T* lu_scratch = ctx.scratch().template allocate<T>(lu_scratch_size(ctx.device(), channels));
  lu_compose(ctx.device(), l, u, s, channels, lu_scratch, w);
  ctx.scratch().release(mark);
  add_sum_of_logs(ctx.device(), pixels, s, channels, x.n(), log_prob.value);
  detail::multiply_pixels(ctx.device(), as_const(x.value), static_cast<const T*>(w), z.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x);
    const auto start = c.memory().mark();
    const Tensor<T> dw = c.tensor(1, {channels, channels, 1});
    fill_zero(c.device(), dw);
    T* none = nullptr;
    conv_backward_weights(c.device(), as_const(x.value), as_const(dz), 1, dw.data, none);
    const auto adjoint_mark = c.scratch().mark();
    T* adjoint_scratch = c.scratch().template allocate<T>(lu_scratch_size(c.device(), channels));
    lu_backward(c.device(), l, u, s, static_cast<const T*>(dw.data), pixels, log_prob.gradient, x.n(),
                channels, adjoint_scratch, c.gradient(lower), c.gradient(upper), c.gradient(log_s));
    c.scratch().release(adjoint_mark);
    if (dx.tensor.data != nullptr)
      detail::multiply_pixels_adjoint(c.scratch(), as_const(dz), static_cast<const T*>(w), dx);
    c.memory().release(start);
  });
  return z;
}

/// x = W^-1 z, with the inverse of the product that lu_flow multiplies with.
template <class Ctx, class V = typename Ctx::Value>
V lu_flow_inverse(const Ctx& ctx, const V& z, Param lower, Param upper, Param log_s) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  using T = typename Ctx::Scalar;
  const Index channels = z.c();
  for (const Param p : {lower, upper}) require_weights(ctx.specs(), p, 1, channels, channels);
  require_per_channel(ctx.specs(), log_s, channels);
  const T* l = ctx.value(lower);
  const T* u = ctx.value(upper);
  const T* s = ctx.value(log_s);
  const V x = ctx.output_like(z, channels);
  const auto mark = ctx.scratch().mark();
  T* w = ctx.scratch().template allocate<T>(channels * channels);
  T* inverse = ctx.scratch().template allocate<T>(channels * channels);
  double* log_det = ctx.scratch().template allocate<double>(1);
  T* lu_scratch = ctx.scratch().template allocate<T>(lu_scratch_size(ctx.device(), channels));
  auto* scratch = ctx.scratch().template allocate<std::byte>(inverse_scratch_bytes(ctx.device(), channels));
  lu_compose(ctx.device(), l, u, s, channels, lu_scratch, w);
  log_abs_det_and_inverse(ctx.device(), static_cast<const T*>(w), channels, scratch, inverse, log_det);
  detail::multiply_pixels(ctx.device(), as_const(z.value), static_cast<const T*>(inverse), x.value);
  ctx.scratch().release(mark);
  return x;
}

}  // namespace densenf::ops
