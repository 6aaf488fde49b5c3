#pragma once

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/winograd_tiles.hpp"
#include "densenf/ops/elu.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

using kernels::Activation;

/// What a convolution multiplies with and adds, parameters or results of other operations alike. A 1x1 kernel
/// is a matrix product per pixel, a 3x3 one is padded with one line of zeros.
template <class V>
struct Filter {
  V weight;     ///< [kernel * kernel][in] pixels of `out` channels
  V bias = {};  ///< a vector of `out` numbers; none without data
  int kernel = 1;
  kernels::Connections connections = {};  ///< of a 1x1 kernel

  bool has_bias() const { return bias.value.data != nullptr; }
};

/// y = act(conv(x) + bias). Throws ShapeError when x or y has not the channels that the weights are for.
template <class Ctx, class V = typename Ctx::Value>
void conv_into(const Ctx& ctx, const V& x, const Filter<V>& f, Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  const Index in = x.c(), out = y.c();
  require_weights(ctx, f.weight, f.kernel * f.kernel, in, out);
  if (f.has_bias()) require_per_channel(ctx, f.bias, out);
  ctx.count_products(x.value.pixels(), f.weight,
                     kernels::winograd::share_of_products(f.kernel, x.value.h, x.value.w));
  const T* const weight = as_const(f.weight.value).data;
  const T* const bias = as_const(f.bias.value).data;
  conv_forward(ctx.device(), as_const(x.value), weight, bias, f.kernel, activation, y.value,
               ctx.scratch().lend(conv_forward_scratch_bytes(ctx.device(), as_const(x.value), weight, bias,
                                                             f.kernel, activation, y.value)),
               f.connections);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);
    T* const dweight = f.weight.gradient != nullptr ? c.gradient(f.weight).data : nullptr;
    T* const dbias = f.bias.gradient != nullptr ? c.gradient(f.bias).data : nullptr;
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    if (dweight != nullptr) {
      conv_backward_parameters(c.device(), as_const(x.value), as_const(y.value), activation, dy, f.kernel,
                               dweight, dbias,
                               c.scratch().lend(conv_backward_parameters_scratch_bytes(
                                   c.device(), as_const(x.value), dy, f.kernel, dweight, dbias)),
                               f.connections);
    } else {
      if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
      if (activation == Activation::elu)
        elu_backward(c.device(), as_const(y.value), as_const(dy), dy, kernels::Write::assign);
      if (dbias != nullptr)
        sum_channels(c.device(), as_const(dy), dbias,
                     c.scratch().lend(sum_channels_scratch_bytes(c.device(), as_const(dy))));
    }
    if (x.gradient != nullptr) {
      conv_backward_data(c.device(), as_const(dy), weight, f.kernel, dx.tensor, dx.write,
                         c.scratch().lend(conv_backward_data_scratch_bytes(c.device(), as_const(dy), weight,
                                                                           f.kernel, dx.tensor)),
                         f.connections);
    }
  });
}

/// Of weights that have no tangents.
template <class Context, class T>
void conv_into(const Tangents<Context>& ctx, const Dual<T>& x, const Filter<Dual<T>>& f,
               Activation activation, const Dual<T>& y) {
  detail::require_still("a convolution's weights", f.weight);
  detail::require_still("a convolution's bias", f.bias);
  if (activation == Activation::elu) {
    const Dual<T> before = ctx.output_like(x, y.c());
    conv_into(ctx, x, f, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  ctx.compute([&](const auto& c) {
    const Filter<Var<T>> filter{f.weight.primal(), f.bias.primal(), f.kernel, f.connections};
    conv_into(c, x.primal(), filter, activation, y.primal());
  });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  const Filter<Var<T>> without_bias{f.weight.primal(), {}, f.kernel, f.connections};
  if (activation == Activation::none)
    return conv_into(ctx.plain(), x.tangent, without_bias, Activation::none, y.tangent);
  const Var<T> before = ctx.plain().output_like(x.tangent, y.c());
  conv_into(ctx.plain(), x.tangent, without_bias, Activation::none, before);
  copy_into(ctx.plain(), detail::through_relu(ctx, y, before), y.tangent);
}

template <class Ctx, class V = typename Ctx::Value>
V conv(const Ctx& ctx, const V& x, const Filter<V>& filter, Activation activation = Activation::none) {
  const V y = ctx.output_like(x, filter.weight.c());
  conv_into(ctx, x, filter, activation, y);
  return y;
}

}  // namespace densenf::ops
