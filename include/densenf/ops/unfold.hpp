#pragma once

#include "densenf/kernels/taps.hpp"
#include "densenf/ops/conv.hpp"

// Convolutions of any kernel, stride and place: what the taps see, times the weights.
namespace densenf::ops {

using kernels::Taps;

/// A convolution that looks where `taps` says, over an output of h x w pixels, with bias and activation. The
/// weight is [tap][in] pixels of `out` channels. What the taps see is put side by side for the time of the
/// product only, here and in the adjoint.
template <class Ctx, class V = typename Ctx::Value>
V conv_at(const Ctx& ctx, const V& x, const Taps& taps, Index h, Index w, const Filter<V>& f,
          Activation activation = Activation::none) {
  using T = typename Ctx::Scalar;
  const Index in = x.c(), out = f.weight.c(), wide = taps.count * in;
  require_weights(ctx, f.weight, taps.count, in, out);
  if (f.has_bias()) require_per_channel(ctx, f.bias, out);
  const V y = ctx.output(x.n(), {out, h, w});
  ctx.count_products(y.value.pixels(), f.weight);
  const auto seen = [taps, wide, x](const auto& c, const Tensor<T>& like) {
    const Tensor<T> columns{
        c.scratch().template allocate<T>(like.pixels() * wide), like.n, like.h, like.w, wide, wide};
    unfold(c.device(), as_const(x.value), taps, columns);
    return columns;
  };
  {
    const auto scope = ctx.scratch().scope();
    const Tensor<T> columns = seen(ctx, y.value);
    const T* const weight = f.weight.value.data;
    const T* const bias = f.bias.value.data;
    conv_forward(ctx.device(), as_const(columns), weight, bias, 1, activation, y.value,
                 ctx.scratch().lend(conv_forward_scratch_bytes(ctx.device(), as_const(columns), weight, bias,
                                                               1, activation, y.value)));
  }
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);
    T* const dweight = f.weight.gradient != nullptr ? c.gradient(f.weight).data : nullptr;
    T* const dbias = f.bias.gradient != nullptr ? c.gradient(f.bias).data : nullptr;
    const auto scope = c.scratch().scope();
    const Tensor<T> columns = seen(c, y.value);
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    if (dweight != nullptr) {
      conv_backward_parameters(c.device(), as_const(columns), as_const(y.value), activation, dy, 1, dweight,
                               dbias,
                               c.scratch().lend(conv_backward_parameters_scratch_bytes(
                                   c.device(), as_const(columns), dy, 1, dweight, dbias)));
    } else {
      if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
      if (activation == Activation::elu)
        elu_backward(c.device(), as_const(y.value), as_const(dy), dy, kernels::Write::assign);
      if (dbias != nullptr)
        sum_channels(c.device(), as_const(dy), dbias,
                     c.scratch().lend(sum_channels_scratch_bytes(c.device(), as_const(dy))));
    }
    if (x.gradient == nullptr) return;
    // The place of what the taps saw now holds its gradient.
    const T* const weight = f.weight.value.data;
    conv_backward_data(
        c.device(), as_const(dy), weight, 1, columns, kernels::Write::assign,
        c.scratch().lend(conv_backward_data_scratch_bytes(c.device(), as_const(dy), weight, 1, columns)));
    fold(c.device(), as_const(columns), taps, dx.tensor, dx.write);
  });
  return y;
}

/// Of weights that have no tangents.
template <class Context, class T>
Dual<T> conv_at(const Tangents<Context>& ctx, const Dual<T>& x, const Taps& taps, Index h, Index w,
                const Filter<Dual<T>>& f, Activation activation = Activation::none) {
  detail::require_still("a convolution's weights", f.weight);
  detail::require_still("a convolution's bias", f.bias);
  if (activation == Activation::elu) return elu(ctx, conv_at(ctx, x, taps, h, w, f));
  const Dual<T> y{ctx.value([&](const auto& c) {
                    const Filter<Var<T>> filter{f.weight.primal(), f.bias.primal()};
                    return conv_at(c, x.primal(), taps, h, w, filter, activation);
                  }),
                  {}};
  if (!x.moves()) return y;
  const Filter<Var<T>> without_bias{f.weight.primal()};
  const Var<T> before = conv_at(ctx.plain(), x.tangent, taps, h, w, without_bias);
  return {y.primal(), activation == Activation::relu ? detail::through_relu(ctx, y, before) : before};
}

}  // namespace densenf::ops
