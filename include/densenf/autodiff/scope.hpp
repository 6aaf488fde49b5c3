#pragma once

#include "densenf/autodiff/context.hpp"

// Stretches of a computation whose inner values and gradients are forgotten together.
namespace densenf {

namespace detail {
/// Takes the memory for a gradient, if there is to be one, outside of a stretch that is about to take and
/// give back more.
template <class Ctx, class V>
void hold_gradient(const Ctx& ctx, const V& x) {
  if (x.gradient != nullptr) ctx.hold_gradient(x);
}

/// Evaluates `run` into memory that is there already, and gives back all memory that it took.
template <class Ctx, class Run, class T = typename Ctx::Scalar>
void evaluate_to(const Ctx& ctx, const Tensor<T>& result, const Run& run) {
  const auto mark = ctx.memory().mark();
  copy(ctx.device(), as_const(run(ctx.evaluating()).value), result);
  ctx.memory().release(mark);
}

/// Evaluates `run` into a new result of the given shape.
template <class Ctx, class Run, class V = typename Ctx::Value>
Tensor<typename Ctx::Scalar> evaluate_into(const Ctx& ctx, Index n, const Shape& shape, const Run& run) {
  const auto result = ctx.tensor(n, shape);
  evaluate_to(ctx, result, run);
  return result;
}
}  // namespace detail

/// Runs `body(ctx)`, whose result has shape `out`, so that the memory it takes on the way is given back: at
/// once when evaluating; when recording, its gradients when its adjoints have run. `outside` are the values
/// that the body uses and did not make.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Outside>
V scoped(const Ctx& ctx, const Shape& out, const Body& body, const V& x, const Outside&... outside) {
  if constexpr (carries_tangents<Ctx>) {
    return body(ctx);  // values that are known stay for other tangents
  } else if constexpr (Ctx::records) {
    using Mark = decltype(ctx.memory().mark());
    auto* mark = ctx.tape().template make<Mark>();
    ctx.record([mark](auto& c) { c.memory().release(*mark); });
    const V y = body(ctx);
    ctx.record([=](auto& c) {
      detail::hold_gradient(c, x);
      (detail::hold_gradient(c, outside), ...);
      *mark = c.memory().mark();
    });
    return y;
  } else {
    return {detail::evaluate_into(ctx, x.n(), out, body)};
  }
}

/// Runs a stretch of the model again with its adjoints recorded and differentiates it at once. `run(c,
/// log_prob)` returns the stretch's output; dy is the gradient of that output. All memory that it takes is
/// released; only gradients allocated before the call are changed.
template <class Ctx, class Run, class T = typename Ctx::Scalar>
void differentiate_again(Ctx& ctx, Tensor<const T> dy, LogProb log_prob, const Run& run) {
  const auto memory = ctx.memory().mark();
  const auto tape = ctx.tape().mark();
  // The values were added to the log-probability the first time.
  const LogProb unused{ctx.memory().template allocate<double>(dy.n), log_prob.gradient};
  const auto y = run(ctx, unused);
  const auto target = ctx.gradient_target(y);
  copy(ctx.device(), dy, target.tensor, target.write);
  ctx.tape().backward(ctx, tape);
  ctx.tape().release(tape);
  ctx.memory().release(memory);
}

/// Like scoped, but keeps nothing between the passes: the backward pass runs the body once more. The body is
/// called as body(context, log_prob), must be trivially copyable and must not draw noise.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Outside>
V recomputed(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
             const Outside&... outside) {
  static_assert(Ctx::records, "There is nothing to recompute when nothing is recorded: call scoped.");
  const V y =
      ctx.variable(detail::evaluate_into(ctx, x.n(), out, [&](const auto& c) { return body(c, log_prob); }));
  ctx.record([=](auto& c) {
    detail::hold_gradient(c, x);
    (detail::hold_gradient(c, outside), ...);
    differentiate_again(c, as_const(c.gradient(y)), log_prob,
                        [&](const auto& again, LogProb unused) { return body(again, unused); });
  });
  return y;
}

}  // namespace densenf
