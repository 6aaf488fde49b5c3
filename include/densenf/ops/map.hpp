#pragma once

#include <concepts>

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/sizes.hpp"

// What bijectors can be made of without loops of their own: elementwise functions, the usual ones and any
// other, products, parameters as values, and sums into the log-probability.
namespace densenf::ops {

namespace detail {
template <class F, class T>
concept HasValue = requires(const F& f, T x) {
  { f.value(x) } -> std::convertible_to<T>;
};
template <class F, class T>
concept HasDerivative = requires(const F& f, T x) {
  { f.derivative(x) } -> std::convertible_to<T>;
};
template <class F, class T>
concept HasLogDerivative = requires(const F& f, T x) {
  { f.log_derivative(x) } -> std::convertible_to<T>;
  { f.log_derivative_slope(x) } -> std::convertible_to<T>;
};

/// Says what a function lacks. A derivative is only for where something is recorded.
template <class F, class Ctx>
constexpr void require_function() {
  using T = typename Ctx::Scalar;
  static_assert(HasValue<F, T>, "An elementwise function has value(x), which takes and gives a number.");
  static_assert(
      !Ctx::records || HasDerivative<F, T>,
      "An elementwise function that is differentiated has derivative(x), the derivative of value(x).");
}

template <class Value>
struct OnlyValue {
  Value value;
};
template <class Value, class Derivative>
struct Function {
  Value value;
  Derivative derivative;
};
template <class Value, class Derivative, class LogDerivative, class Slope>
struct Bijection {
  Value value;
  Derivative derivative;
  LogDerivative log_derivative;
  Slope log_derivative_slope;
};
}  // namespace detail

/// A function for `map` made of lambdas that take and return a number; `value` alone will do where nothing is
/// differentiated, as in an inverse. On a GPU use a struct instead, of which these are constexpr member
/// functions.
template <class Value>
auto elementwise(const Value& value) {
  return detail::OnlyValue<Value>{value};
}
template <class Value, class Derivative>
auto elementwise(const Value& value, const Derivative& derivative) {
  return detail::Function<Value, Derivative>{value, derivative};
}
template <class Value, class Derivative, class LogDerivative, class Slope>
auto elementwise(const Value& value, const Derivative& derivative, const LogDerivative& log_derivative,
                 const Slope& log_derivative_slope) {
  return detail::Bijection<Value, Derivative, LogDerivative, Slope>{value, derivative, log_derivative,
                                                                    log_derivative_slope};
}

/// y = f.value(x), number by number, where f.derivative(x) = dy/dx.
template <class Ctx, class F, class V = typename Ctx::Value>
V map(const Ctx& ctx, const V& x, const F& f) {
  detail::require_function<F, Ctx>();
  const V y = ctx.output_like(x, x.c());
  map_forward(ctx.device(), f, as_const(x.value), y.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      map_backward(c.device(), f, as_const(x.value), dy, dx.tensor, dx.write);
    });
  }
  return y;
}

template <class Context, class T, class F>
Dual<T> map(const Tangents<Context>& ctx, const Dual<T>& x, const F& f) {
  static_assert(
      requires { f.slope(); },
      "An elementwise function in a network whose tangents are wanted has slope(): its derivative, as such a "
      "function.");
  return detail::elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return map(c, v, f); },
      [&](const auto& c, const Var<T>& v) { return map(c, v, f.slope()); });
}

namespace detail {
/// The tangent t of what a relu is applied to, behind it, where it makes y: its slope is a constant wherever
/// it exists.
template <class Context, class T>
Var<T> through_relu(const Tangents<Context>& ctx, const Dual<T>& y, const Var<T>& t) {
  const Var<T> slope = ctx.value([&](const auto& c) {
    return Var<T>{map(c.evaluating(), Var<T>{y.value}, kernels::maps::Step{}).value};
  });
  return multiply(ctx.plain(), slope, t);
}
}  // namespace detail

/// The same for a monotone f, with its log-determinant: f.log_derivative(x) = log |dy/dx|, of which
/// f.log_derivative_slope(x) is the derivative. Where x is outside of f's domain, let log_derivative be
/// minus infinity, the derivatives 0 and the value any finite number.
template <class Ctx, class F, class V = typename Ctx::Value>
V map(const Ctx& ctx, const V& x, const F& f, LogProb log_prob) {
  detail::require_function<F, Ctx>();
  static_assert(
      detail::HasLogDerivative<F, typename Ctx::Scalar>,
      "An elementwise function that adds to the log-probability has log_derivative(x), which is log "
      "|dy/dx|, and log_derivative_slope(x), its derivative.");
  const V y = ctx.output_like(x, x.c());
  map_forward(ctx.device(), f, as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      map_backward(c.device(), f, as_const(x.value), dy, log_prob.gradient, dx.tensor, dx.write);
    });
  }
  return y;
}

/// exp(x)
template <class Ctx, class V = typename Ctx::Value>
V exp(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Exp{});
}

/// log(x) for x > 0
template <class Ctx, class V = typename Ctx::Value>
V log(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Log{});
}

/// tanh(x)
template <class Ctx, class V = typename Ctx::Value>
V tanh(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Tanh{});
}

/// 1 / (1 + exp(-x)), which far from 0 is 0 and 1.
template <class Ctx, class V = typename Ctx::Value>
V logistic(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  logistic_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    logistic_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

/// log(1 + exp(x))
template <class Ctx, class V = typename Ctx::Value>
V softplus(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  softplus_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    softplus_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> softplus(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return softplus(c, v); },
      [](const auto& c, const Var<T>& v) { return logistic(c, v); });
}

/// 1 / (1 + exp(-x)), in (0, 1)
template <class Ctx, class V = typename Ctx::Value>
V sigmoid(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Sigmoid{});
}

/// A vector with the extents of `like`, of which it must have as many numbers as channels (ShapeError):
/// number c at channel c of each pixel.
template <class Ctx, class V = typename Ctx::Value>
V per_channel(const Ctx& ctx, const V& vector, const V& like) {
  if (vector.value.pixels() != 1 || vector.c() != like.c()) {
    throw ShapeError(
        "ops::per_channel needs one number for each of {} channels, but was given {}: declare them as "
        "vector(name, {{in.c}}, ...).",
        like.c(), vector.value.size());
  }
  const V y = ctx.output_like(like, like.c());
  spread_channels(ctx.device(), as_const(vector.value).data, y.value);
  if (vector.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    sum_channels(c.device(), dy, c.gradient(vector).data,
                 c.scratch().lend(sum_channels_scratch_bytes(c.device(), dy)));
  });
  return y;
}

template <class Context, class T>
Dual<T> per_channel(const Tangents<Context>& ctx, const Dual<T>& vector, const Dual<T>& like) {
  return detail::still(
      ctx, "a vector", [&](const auto& c) { return per_channel(c, vector.primal(), like.primal()); }, vector);
}

/// Images of one pixel as images of h x w pixels, all alike.
template <class Ctx, class V = typename Ctx::Value>
V spread_pixels(const Ctx& ctx, const V& v, Index h, Index w) {
  require_batch("What is spread over pixels", v.value, v.n(), {v.c(), 1, 1});
  const V y = ctx.output(v.n(), {v.c(), h, w});
  spread_pixels(ctx.device(), as_const(v.value), y.value);
  if (v.gradient == nullptr) return y;
  ctx.record([=](auto& c) { sum_pixels(c.device(), as_const(c.gradient(y)), c.gradient(v)); });
  return y;
}

template <class Context, class T>
Dual<T> spread_pixels(const Tangents<Context>& ctx, const Dual<T>& v, Index h, Index w) {
  return detail::linear(ctx, v, [=](const auto& c, const Var<T>& x) { return spread_pixels(c, x, h, w); });
}

/// Adds factor * the sum of an image's numbers to its log-probability.
template <class Ctx, class V = typename Ctx::Value>
void add_to_log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob) {
  sum_images(ctx.device(), as_const(x.value), factor, log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) { spread_images(c.device(), factor, log_prob.gradient, c.gradient(x)); });
}

/// Adds factor * the sum of a vector to the log-probability of each of n images.
template <class Ctx, class V = typename Ctx::Value>
void add_sum_to_log_prob(const Ctx& ctx, const V& vector, double factor, Index n, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_batch("What is added to each log-probability", vector.value, 1, {vector.c(), 1, 1});
  const Index count = vector.c();
  add_sum_to_each(ctx.device(), factor, as_const(vector.value).data, count, n, log_prob.value);
  if (vector.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    T* const dv = c.gradient(vector).data;
    add_sum_to_each_backward(c.device(), factor, log_prob.gradient, n, count, dv);
  });
}

}  // namespace densenf::ops
