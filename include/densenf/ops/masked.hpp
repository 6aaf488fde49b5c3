#pragma once

#include "densenf/kernels/degrees.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/map.hpp"

// Masked networks: weights of which a mask by degrees keeps some, ordered so that products may leave out the
// others, and the products of some of a layer's units
// alone, with which such a network is computed unit by unit.
namespace densenf::ops {

/// A 1x1 weight with inputs and outputs ordered by degree, and zeros where the mask keeps nothing: that of a
/// conv with these connections. A vector has one input, which leads to all.
template <class Ctx, class V = typename Ctx::Value>
V ordered_weight(const Ctx& ctx, const V& weight, kernels::DegreeMask mask) {
  require_weights(ctx, weight, 1, mask.from.count, mask.to.count);
  const V y = ctx.output(1, weight.shape());
  order_weight(ctx.device(), mask, as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dweight = c.gradient_target(weight);
    order_weight_backward(c.device(), mask, dy, dweight.tensor, dweight.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> ordered_weight(const Tangents<Context>& ctx, const Dual<T>& weight, kernels::DegreeMask mask) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return ordered_weight(c, weight.primal(), mask); }, weight);
}

/// A 1x1 weight with inputs and outputs ordered by degree and transposed: a pixel for each output, of which
/// the channels are its inputs. A vector has one input, of any degree.
template <class Ctx, class V = typename Ctx::Value>
V sorted_weight(const Ctx& ctx, const V& weight, kernels::Degrees in, kernels::Degrees out) {
  require_weights(ctx, weight, 1, in.count, out.count);
  const V y = ctx.output(1, {in.count, out.count, 1});
  sort_weight(ctx.device(), in, out, as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    sort_weight_backward(c.device(), in, out, as_const(c.gradient(y)), c.gradient(weight));
  });
  return y;
}

template <class Context, class T>
Dual<T> sorted_weight(const Tangents<Context>& ctx, const Dual<T>& weight, kernels::Degrees in,
                      kernels::Degrees out) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return sorted_weight(c, weight.primal(), in, out); }, weight);
}

/// y = act(W x + b) for the y.c() units from number `first` on, in the order of degrees, which look at the
/// first x.c() inputs. `weight` and `bias` are what sorted_weight makes.
template <class Ctx, class V = typename Ctx::Value>
void some_units_into(const Ctx& ctx, const V& x, const V& weight, const V& bias, Index first,
                     Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The place of some units", y.value, x.n(), {y.c(), x.value.h, x.value.w});
  if (x.c() > weight.c() || first < 0 || first + y.c() > weight.value.pixels() ||
      bias.value.size() != weight.value.pixels())
    throw ShapeError("A layer of {} units with {} inputs has no {} units from number {} on that look at {}.",
                     weight.value.pixels(), weight.c(), y.c(), first, x.c());
  if (activation == Activation::elu) {
    const V before = ctx.output_like(x, y.c());
    some_units_into(ctx, x, weight, bias, first, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  const Index count = y.c(), inputs = x.c();
  const auto rows = [=](const Tensor<T>& t) {
    return Tensor<T>{t.pixel(first), 1, count, 1, inputs, t.stride};
  };
  ctx.count_products(static_cast<double>(y.value.pixels() * count * inputs));
  partial_products(ctx.device(), as_const(x.value), as_const(rows(weight.value)),
                   as_const(bias.value).data + first, activation, y.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const Tensor<T> dx = x.gradient != nullptr && inputs > 0 ? c.gradient(x) : Tensor<T>{};
    const bool learned = weight.gradient != nullptr;
    const Tensor<T> dw = learned ? rows(c.gradient(weight)) : Tensor<T>{};
    T* const dbias = learned ? c.gradient(bias).data + first : nullptr;
    partial_products_backward(c.device(), as_const(x.value), as_const(rows(weight.value)), as_const(y.value),
                              activation, dy, dx, dw, dbias);
  });
}

/// Of weights that have no tangents.
template <class Context, class T>
void some_units_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& weight,
                     const Dual<T>& bias, Index first, Activation activation, const Dual<T>& y) {
  detail::require_still("a layer's weights", weight);
  detail::require_still("a layer's bias", bias);
  if (activation == Activation::elu) {
    const Dual<T> before = ctx.output_like(x, y.c());
    some_units_into(ctx, x, weight, bias, first, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  ctx.compute([&](const auto& c) {
    some_units_into(c, x.primal(), weight.primal(), bias.primal(), first, activation, y.primal());
  });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  const auto& c = ctx.plain();
  const Var<T> no_bias = ctx.value([&](const auto& known) {
    const Var<T> zeros{known.tensor(bias.n(), bias.shape())};
    fill_zero(known.device(), zeros.value);
    // A constant, but some_units_into adds to the gradients of weight and bias together.
    return scale_shift(known, zeros, 1, 0);
  });
  if (activation == Activation::none)
    return some_units_into(c, x.tangent, weight.primal(), no_bias, first, activation, y.tangent);
  const Var<T> before = c.output_like(x.tangent, y.c());
  some_units_into(c, x.tangent, weight.primal(), no_bias, first, Activation::none, before);
  copy_into(c, detail::through_relu(ctx, y, before), y.tangent);
}

/// y = max(x, 0)
template <class Ctx, class V = typename Ctx::Value>
void relu_into(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The output of relu_into", y.value, x.n(), x.shape());
  map_forward(ctx.device(), kernels::maps::Relu{}, as_const(x.value), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    map_backward(c.device(), kernels::maps::Relu{}, as_const(x.value), dy, dx.tensor, dx.write);
  });
}

template <class Context, class T>
void relu_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { relu_into(c, x.primal(), y.primal()); });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  copy_into(ctx.plain(), detail::through_relu(ctx, y, x.tangent), y.tangent);
}

/// max(x, 0)
template <class Ctx, class V = typename Ctx::Value>
V relu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  relu_into(ctx, x, y);
  return y;
}

template <class Context, class T>
Dual<T> relu(const Tangents<Context>& ctx, const Dual<T>& x) {
  const Dual<T> y{ctx.value([&](const auto& c) { return relu(c, x.primal()); }), {}};
  return {y.primal(), x.moves() ? detail::through_relu(ctx, y, x.tangent) : Var<T>{}};
}

/// z = x + y
template <class Ctx, class V = typename Ctx::Value>
void add_into(const Ctx& ctx, const V& x, const V& y, const V& z) {
  require_batch("The second term of a sum", y.value, x.n(), x.shape());
  require_batch("The place of a sum", z.value, x.n(), x.shape());
  add(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    for (const V& term : {x, y}) {
      if (term.gradient == nullptr) continue;
      const auto d = c.gradient_target(term);
      copy(c.device(), dz, d.tensor, d.write);
    }
  });
}

template <class Context, class T>
void add_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y, const Dual<T>& z) {
  ctx.compute([&](const auto& c) { add_into(c, x.primal(), y.primal(), z.primal()); });
  if (x.moves() && y.moves()) return add_into(ctx.plain(), x.tangent, y.tangent, z.tangent);
  detail::put_tangent(ctx, x.moves() ? x.tangent : y.tangent, z);
}

}  // namespace densenf::ops
