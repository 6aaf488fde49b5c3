#pragma once

#include <algorithm>

#include "densenf/autodiff/scope.hpp"

namespace densenf {

namespace detail {
/// Images [first, first + count) of a value that has a gradient, as a value of its own: its gradient is the
/// same range of that gradient.
template <class Ctx, class V = typename Ctx::Value>
V slice_with_gradient(const Ctx& ctx, const V& x, Index first, Index count) {
  if (x.gradient == nullptr) return {x.value.images(first, count)};
  const V slice = ctx.variable(x.value.images(first, count));
  *slice.gradient = {ctx.gradient(x).images(first, count), true};
  return slice;
}
}  // namespace detail

/// Computes y from x by `body(ctx, x, y)` on slices of the batch, of at most Pass::slice images; 0: on the
/// whole batch. `body` must treat images independently. The memory of a slice is released before the next
/// one, so memory grows with the slice instead of the batch; for that the backward pass runs the body once
/// more. Values and gradients are those of the whole batch, to the rounding of sums over images. The body
/// must be trivially copyable and must not draw noise. `outside` are the values, the same for all images,
/// that the body uses and did not make: weights that were computed before it.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Outside>
void in_slices(const Ctx& ctx, const V& x, const V& y, const Body& body, const Outside&... outside) {
  const Index n = x.n(), most = ctx.pass().slice;
  if (most == 0 || n <= most) {
    body(ctx, x, y);
    return;
  }
  const auto for_each_slice = [n, most](const auto& f) {
    for (Index first = 0; first < n; first += most) f(first, std::min(most, n - first));
  };
  for_each_slice([&](Index first, Index count) {
    const auto mark = ctx.memory().mark();
    body(ctx.evaluating(), V{x.value.images(first, count)}, V{y.value.images(first, count)});
    ctx.memory().release(mark);
  });
  ctx.record([=](auto& c) {
    // Gradients of the whole batch stay when a slice's memory is given back.
    detail::hold_gradient(c, x);
    detail::hold_gradient(c, y);
    (detail::hold_gradient(c, outside), ...);
    for_each_slice([&](Index first, Index count) {
      const auto memory = c.memory().mark();
      const auto tape = c.tape().mark();
      body(c, detail::slice_with_gradient(c, x, first, count),
           detail::slice_with_gradient(c, y, first, count));
      c.tape().backward(c, tape);
      c.tape().release(tape);
      c.memory().release(memory);
    });
  });
}

}  // namespace densenf
