#pragma once

#include "densenf/ops/conv.hpp"

// Convolutions of bounded operator norm.
namespace densenf::ops {

/// A weight divided by max(1, sigma / ceiling) + epsilon, where sigma = <u, W v> is what the singular vectors
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

/// One power iteration for the operator norm of a convolution: v = W' u / |W' u|, then u = W v / |W v|.
/// Images of one, of the shapes that the convolution makes and takes; nothing is differentiated.
template <class Ctx, class T = typename Ctx::Scalar>
void power_iteration(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                     const Tensor<T>& v) {
  const auto& device = ctx.device();
  const auto normalize = [&](const Tensor<T>& x) {
    // As the weights of one output.
    const Tensor<T> all = make_tensor(x.data, x.size(), Shape{1, 1, 1});
    const T* const no_magnitude = nullptr;
    const auto scope = ctx.memory().scope();
    T* const one_over_length = ctx.memory().template allocate<T>(1);
    weight_norm_forward(device, as_const(all), no_magnitude, one_over_length, all,
                        ctx.scratch().lend(weight_norm_forward_scratch_bytes(device, as_const(all))));
  };
  const T* const no_bias = nullptr;
  conv_backward_data(
      device, as_const(u), weight.data, kernel, v, kernels::Write::assign,
      ctx.scratch().lend(conv_backward_data_scratch_bytes(device, as_const(u), weight.data, kernel, v)));
  normalize(v);
  conv_forward(device, as_const(v), weight.data, no_bias, kernel, Activation::none, u,
               ctx.scratch().lend(conv_forward_scratch_bytes(device, as_const(v), weight.data, no_bias,
                                                             kernel, Activation::none, u)));
  normalize(u);
}

}  // namespace densenf::ops
