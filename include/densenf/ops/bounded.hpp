#pragma once

#include "densenf/kernels/norm_order.hpp"
#include "densenf/ops/conv.hpp"

// Convolutions of bounded operator norm.
namespace densenf::ops {

namespace detail {
template <class T, class Ctx>
void replace_by_norming_vector(const Tensor<T>& x, double order, const Ctx& ctx) {
  const auto& device = ctx.device();
  if (order != 2) return norming_vector(device, as_const(x), order, x);
  // As the weights of one output.
  const Tensor<T> all = make_tensor(x.data, x.size(), Shape{1, 1, 1});
  const T* const no_magnitude = nullptr;
  const auto scope = ctx.memory().scope();
  T* const one_over_length = ctx.memory().template allocate<T>(1);
  weight_norm_forward(device, as_const(all), no_magnitude, one_over_length, all,
                      ctx.scratch().lend(weight_norm_forward_scratch_bytes(device, as_const(all))));
}
}  // namespace detail

/// A weight divided by max(1, sigma / ceiling) + epsilon, where sigma = <u, W v> is what the vectors
/// u and v, which are constants, see of its norm; `wv` is W v. So the norm is at most the ceiling if u and v
/// are exact. Differentiable by the weight, and by it through wv.
template <class Ctx, class V = typename Ctx::Value>
V bound_weight(const Ctx& ctx, const V& weight, const V& u, const V& wv, double ceiling, double epsilon = 0) {
  using T = typename Ctx::Scalar;
  require_batch("What a weight makes of its singular vector", wv.value, u.n(), u.shape());
  const V bounded = ctx.output(weight.n(), weight.shape());
  T* const facts = ctx.memory().template allocate<T>(2);
  bound_weight_forward(ctx.device(), as_const(weight.value), as_const(u.value), as_const(wv.value), ceiling,
                       epsilon, facts, bounded.value,
                       ctx.scratch().lend(bound_weight_forward_scratch_bytes(
                           ctx.device(), as_const(weight.value), as_const(u.value))));
  if (weight.gradient == nullptr && wv.gradient == nullptr) return bounded;
  ctx.record([=](auto& c) {
    const auto d = as_const(c.gradient(bounded));
    const auto dw = c.gradient_target(weight), dwv = c.gradient_target(wv);
    bound_weight_backward(c.device(), as_const(weight.value), as_const(u.value), static_cast<const T*>(facts),
                          d, dw.tensor, dw.write, dwv.tensor, dwv.write,
                          c.scratch().lend(bound_weight_backward_scratch_bytes(
                              c.device(), as_const(weight.value), as_const(u.value))));
  });
  return bounded;
}

/// u where <., W v> is largest among the images whose norm dual to l_`to` is 1; then <u, W v> is the l_`to`
/// norm of W v. For order 2: u = W v / |W v|. Images of one, of the shape that the convolution makes and
/// takes; nothing is differentiated.
template <class Ctx, class T = typename Ctx::Scalar>
void norming_output(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                    const Tensor<T>& v, NormOrder to) {
  const auto& device = ctx.device();
  const T* const no_bias = nullptr;
  conv_forward(device, as_const(v), weight.data, no_bias, kernel, Activation::none, u,
               ctx.scratch().lend(conv_forward_scratch_bytes(device, as_const(v), weight.data, no_bias,
                                                             kernel, Activation::none, u)));
  detail::replace_by_norming_vector(u, to.value(), ctx);
}

/// v where <u, W .> is largest among the images whose l_`from` norm is 1. For order 2: v = W' u / |W' u|.
template <class Ctx, class T = typename Ctx::Scalar>
void norming_input(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                   const Tensor<T>& v, NormOrder from) {
  const auto& device = ctx.device();
  conv_backward_data(
      device, as_const(u), weight.data, kernel, v, kernels::Write::assign,
      ctx.scratch().lend(conv_backward_data_scratch_bytes(device, as_const(u), weight.data, kernel, v)));
  detail::replace_by_norming_vector(v, from.dual_value(), ctx);
}

/// One power iteration for the norm of a convolution from l_`from` to l_`to`: v from u, then u from v.
template <class Ctx, class T = typename Ctx::Scalar>
void power_iteration(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                     const Tensor<T>& v, NormOrder from, NormOrder to) {
  norming_input(ctx, weight, kernel, u, v, from);
  norming_output(ctx, weight, kernel, u, v, to);
}

}  // namespace densenf::ops
