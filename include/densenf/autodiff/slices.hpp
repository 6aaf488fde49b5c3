#pragma once

#include <algorithm>

#include "densenf/autodiff/scope.hpp"

// Work on a batch in slices of at most Pass::slice images, to save memory.
namespace densenf {

/// Whether a part of a piece (a network) makes of an image something that does not depend on the other images
/// of the batch, so that it may see the batch in slices: it says so by `static constexpr bool images_apart =
/// true`.
template <class Part>
inline constexpr bool images_apart_of = requires {
  requires Part::images_apart;
};

namespace detail {

/// Of how many images, at most, each slice of a batch of n is.
template <class Ctx>
Index slice_of(const Ctx& ctx, Index n) {
  return ctx.pass().slice == 0 ? n : std::min(ctx.pass().slice, n);
}

/// Calls f(context, first, count) for each slice [first, first + count) of n images, which has `most` of
/// them.
template <class Ctx, class F>
void for_each_slice(const Ctx& ctx, Index n, Index most, const F& f) {
  for (Index first = 0; first < n; first += most) {
    auto pass = ctx.pass();
    pass.first_image += first;
    Ctx slice(pass, ctx.workspace());
    f(slice, first, std::min(most, n - first));
  }
}

/// Images [first, first + count) of a value, as a value of its own: its gradient, if it has one, is the same
/// range of that gradient.
template <class Ctx, class V = typename Ctx::Value>
V slice_with_gradient(const Ctx& ctx, const V& x, Index first, Index count) {
  if (x.gradient == nullptr) return {x.value.images(first, count)};
  const V slice = ctx.variable(x.value.images(first, count));
  *slice.gradient = {ctx.gradient(x).images(first, count), true};
  return slice;
}

template <class Ctx, class Body, class V = typename Ctx::Value, class... Others>
V in_slices(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
            const Others&... others) {
  const Index n = x.n(), most = slice_of(ctx, n);
  if (most == n) return body(ctx, log_prob, x, others...);
  const V y = ctx.output(n, out);
  detail::for_each_slice(ctx.evaluating(), n, most, [&](const auto& slice, Index first, Index count) {
    detail::evaluate_to(slice, y.value.images(first, count), [&](const auto& c) {
      return body(c, log_prob.from(first), V{x.value.images(first, count)},
                  V{others.value.images(first, count)}...);
    });
  });
  ctx.record([=](auto& c) {
    // Gradients of the whole batch stay when a slice's memory is given back.
    detail::hold_gradient(c, x);
    (detail::hold_gradient(c, others), ...);
    const auto dy = as_const(c.gradient(y));
    detail::for_each_slice(c, n, most, [&](auto& slice, Index first, Index count) {
      differentiate_again(slice, dy.images(first, count), log_prob.from(first),
                          [&](const auto& again, LogProb unused) {
                            return body(again, unused, detail::slice_with_gradient(again, x, first, count),
                                        detail::slice_with_gradient(again, others, first, count)...);
                          });
    });
  });
  return y;
}

}  // namespace detail

/// What `body(ctx, log_prob, x, others...)` makes of x, in the shape `out`, computed on slices of the batch,
/// of at most Pass::slice images; 0: on the whole batch. `body` must treat images independently. The memory
/// of a slice is released before the next one, so memory grows with the slice instead of the batch; for that
/// the backward pass runs the body once more. Values and gradients are those of the whole batch, to the
/// rounding of sums over images. A context with tangents takes the whole batch. The body must be trivially
/// copyable and must not draw noise but that of NoiseSource::uniform_again, and must make what it uses
/// besides x and the others.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Others>
V in_slices(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
            const Others&... others) {
  if constexpr (carries_tangents<Ctx>)
    return body(ctx, log_prob, x, others...);
  else
    return detail::in_slices(ctx, out, log_prob, body, x, others...);
}

}  // namespace densenf
