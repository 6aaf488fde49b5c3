#pragma once

#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

// What weights are made of before a convolution takes them. Nothing here looks at an image: it costs as much
// as there are weights, whatever the batch.
namespace densenf::ops {

/// Weight normalization: for each output c the weights magnitude[c] v / |v|, where v are those of `direction`
/// for c and |v| the root of the sum of their squares, which must not be 0. Without a magnitude (no data) the
/// length of each output's weights is 1. Both are values such as Context::parameter gives.
template <class Ctx, class V = typename Ctx::Value>
V weight_norm(const Ctx& ctx, const V& direction, const V& magnitude = {}) {
  using T = typename Ctx::Scalar;
  const Index channels = direction.c();
  const bool with_magnitude = magnitude.value.data != nullptr;
  if (with_magnitude) require_per_channel(ctx, magnitude, channels);
  const V w = ctx.output(direction.n(), direction.shape());
  T* const one_over_length = ctx.memory().template allocate<T>(channels);
  weight_norm_forward(
      ctx.device(), as_const(direction.value), as_const(magnitude.value).data, one_over_length, w.value,
      ctx.scratch().lend(weight_norm_forward_scratch_bytes(ctx.device(), as_const(direction.value))));
  if (direction.gradient == nullptr && magnitude.gradient == nullptr) return w;
  ctx.record([=](auto& c) {
    const auto dw = as_const(c.gradient(w));
    const auto ddirection = c.gradient_target_if_any(direction);
    T* const dmagnitude = magnitude.gradient != nullptr ? c.gradient(magnitude).data : nullptr;
    weight_norm_backward(
        c.device(), as_const(direction.value), as_const(magnitude.value).data,
        static_cast<const T*>(one_over_length), dw, ddirection.tensor, ddirection.write, dmagnitude,
        c.scratch().lend(weight_norm_backward_scratch_bytes(c.device(), as_const(direction.value))));
  });
  return w;
}

template <class Context, class T>
Dual<T> weight_norm(const Tangents<Context>& ctx, const Dual<T>& direction, const Dual<T>& magnitude = {}) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return weight_norm(c, direction.primal(), magnitude.primal()); },
      direction, magnitude);
}

/// x with channel c multiplied by number c of a vector. For weights: each output's by a number of its own.
template <class Ctx, class V = typename Ctx::Value>
V scale_channels(const Ctx& ctx, const V& x, const V& scale) {
  using T = typename Ctx::Scalar;
  require_per_channel(ctx, scale, x.c());
  const V y = ctx.output(x.n(), x.shape());
  scale_channels_forward(ctx.device(), as_const(x.value), as_const(scale.value).data, y.value);
  if (x.gradient == nullptr && scale.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const dscale = scale.gradient != nullptr ? c.gradient(scale).data : nullptr;
    scale_channels_backward(
        c.device(), as_const(x.value), as_const(scale.value).data, dy, dx.tensor, dx.write, dscale,
        c.scratch().lend(scale_channels_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

template <class Context, class T>
Dual<T> scale_channels(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& scale) {
  detail::require_still("a scale", scale);
  return detail::linear(ctx, x,
                        [&](const auto& c, const Var<T>& v) { return scale_channels(c, v, scale.primal()); });
}

/// y = number i of `numbers` times x. The numbers are a value without gaps in memory.
template <class Ctx, class V = typename Ctx::Value>
void scale_by_number_into(const Ctx& ctx, const V& x, const V& numbers, Index i, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The output of scale_by_number_into", y.value, x.n(), x.shape());
  if (i < 0 || i >= numbers.value.size() || !numbers.value.contiguous())
    throw ShapeError("There is no number {} among {} to scale with.", i, numbers.value.size());
  scale_by_number_forward(ctx.device(), as_const(x.value), as_const(numbers.value).data + i, y.value);
  if (x.gradient == nullptr && numbers.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const dnumber = numbers.gradient != nullptr ? c.gradient(numbers).data + i : nullptr;
    scale_by_number_backward(
        c.device(), as_const(x.value), as_const(numbers.value).data + i, dy, dx.tensor, dx.write, dnumber,
        c.scratch().lend(scale_by_number_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

template <class Context, class T>
void scale_by_number_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& numbers, Index i,
                          const Dual<T>& y) {
  detail::require_still("a scale", numbers);
  ctx.compute([&](const auto& c) { scale_by_number_into(c, x.primal(), numbers.primal(), i, y.primal()); });
  if (x.moves())
    scale_by_number_into(ctx.plain(), x.tangent, numbers.primal(), i, y.tangent);
  else
    detail::put_tangent(ctx, x.tangent, y);
}

/// A vector with the sum, over all `taps` of a convolution's weight, of what the last input is multiplied
/// with.
template <class Ctx, class V = typename Ctx::Value>
V sum_of_last_input(const Ctx& ctx, const V& weight, Index taps) {
  using T = typename Ctx::Scalar;
  const Index out = weight.c(), in = weight.value.pixels() / taps;
  require_weights(ctx, weight, taps, in, out);
  // A pixel for each tap, so far apart in memory as taps are.
  const auto last_input = [=](const auto& w) {
    auto view = w;
    view.data += (in - 1) * out;
    view.n = view.w = 1;
    view.h = taps;
    view.stride = in * out;
    return view;
  };
  const V sum = ctx.output(1, {out, 1, 1});
  fill_zero(ctx.device(), sum.value);
  const auto seen = last_input(as_const(weight.value));
  sum_channels(ctx.device(), seen, sum.value.data,
               ctx.scratch().lend(sum_channels_scratch_bytes(ctx.device(), seen)));
  if (weight.gradient == nullptr) return sum;
  ctx.record([=](auto& c) {
    Tensor<const T> everywhere = as_const(c.gradient(sum));
    everywhere.h = taps;
    everywhere.stride = 0;
    accumulate_scaled(c.device(), everywhere, T(1), last_input(c.gradient(weight)));
  });
  return sum;
}

template <class Context, class T>
Dual<T> sum_of_last_input(const Tangents<Context>& ctx, const Dual<T>& weight, Index taps) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return sum_of_last_input(c, weight.primal(), taps); }, weight);
}

}  // namespace densenf::ops
