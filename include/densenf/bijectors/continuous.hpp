#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "densenf/autodiff/scope.hpp"
#include "densenf/autodiff/tangents.hpp"
#include "densenf/autodiff/unit_images.hpp"
#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf {

/// The trace of df/dy in a continuous flow: estimated with one random vector e for the whole way, of signs or
/// of normal numbers, as e' (df/dy) e; or the sum of the diagonal, which takes as many products as an image
/// has numbers.
enum class Trace { signs, normal, exact };

/// How a continuous flow is differentiated: through its steps, of which the backward pass needs each; or by
/// the adjoint equation, solved together with that of the image from the end back to the beginning, which
/// needs the end alone ("Neural ordinary differential equations", Chen, Rubanova, Bettencourt and Duvenaud,
/// NeurIPS 2018). The first is the gradient of what was computed up to rounding; the second, up to the
/// solver's error, and its memory does not grow with the number of steps.
enum class SolverGradient { steps, adjoint };

namespace detail {

/// The vector that one solution's traces are estimated with; none for exact ones. Repeated draw number
/// `number` of the model.
template <Trace trace, class Ctx, class V = typename Ctx::Value>
V draw_trace_probe(const Ctx& ctx, Index number, const V& x) {
  if constexpr (trace == Trace::exact) {
    return {};
  } else {
    const V probe{ctx.tensor(x.n(), x.shape())};
    const Index first = ctx.pass().first_image;
    if constexpr (trace == Trace::normal) {
      ctx.noise().normal_again(ctx.device(), number, first, probe.value);
    } else {
      ctx.noise().uniform_again(ctx.device(), number, first, probe.value);
      map_forward(ctx.device(), kernels::maps::SignOfUniform{}, as_const(probe.value), probe.value);
    }
    return probe;
  }
}

/// Numbers whose sum over an image is the trace of a field's Jacobian at a place, or its estimate.
template <Trace trace, class Ctx, class Field, class V = typename Ctx::Value>
V trace_terms(const Ctx& ctx, Field& field, const V& at, const V& probe) {
  if constexpr (trace != Trace::exact) {
    return ops::multiply(ctx, field.times(probe), probe);
  } else {
    const Index size = at.shape().size();
    V sum;
    for (Index i = 0; i < size; ++i) {
      const V one = unit_images(ctx, at.n(), at.shape(), i);
      const V term = ops::multiply(ctx, field.times(one), one);
      sum = i == 0 ? term : ops::add(ctx, sum, term);
    }
    return sum;
  }
}

/// What a continuous flow is made of at a place: dy/dt, or a multiple of it, and numbers whose sum over an
/// image is its trace.
template <class V>
struct FieldAt {
  V slope, traces;
};

/// The field of a network at a time and place.
template <Trace trace, class Ctx, class Network, class V = typename Ctx::Value>
FieldAt<V> field_at(const Ctx& ctx, const Network& network, const V& t, const V& at, const V& probe) {
  const auto run = [&](const auto& c, const auto& v) { return network.forward(c, t, v); };
  Linearization field(ctx, run, at);
  const V traces = trace_terms<trace>(ctx, field, at, probe);
  return {field.value(), traces};
}

/// Adds to the gradients of parameters those of <of_slope, slope> + <of_traces, traces>, where `run(c, v)`
/// gives the FieldAt v at v = `at`. Where `gradient` has data, writes the gradient by v to it; where `slope`
/// has data, the slope. All memory is given back.
template <class Ctx, class Run, class T = typename Ctx::Scalar>
void differentiate_field(Ctx& ctx, const Run& run, const Tensor<T>& at, const Tensor<const T>& of_slope,
                         const Tensor<const T>& of_traces, const Tensor<T>& slope,
                         const Tensor<T>& gradient) {
  using V = typename Ctx::Value;
  const auto memory = ctx.memory().mark();
  const auto tape = ctx.tape().mark();
  V v{at};
  if (gradient.data != nullptr) {
    v.gradient = ctx.tape().template make<Gradient<T>>();
    v.gradient->tensor = {nullptr, at.n, at.h, at.w, at.c, at.c};
    ctx.hold_gradient(v);
  }
  const FieldAt<V> field = run(std::as_const(ctx), v);
  if (slope.data != nullptr) copy(ctx.device(), as_const(field.slope.value), slope);
  const auto seed = [&](const V& value, const Tensor<const T>& numbers) {
    const auto target = ctx.gradient_target(value);
    copy(ctx.device(), numbers, target.tensor, target.write);
  };
  seed(field.slope, of_slope);
  seed(field.traces, of_traces);
  ctx.tape().backward(ctx, tape);
  if (gradient.data != nullptr) copy(ctx.device(), as_const(ctx.gradient(v)), gradient);
  ctx.tape().release(tape);
  ctx.memory().release(memory);
}

/// The gradient of each image's log-density as an image.
template <class Ctx, class T = typename Ctx::Scalar>
Tensor<T> log_prob_gradient(const Ctx& ctx, Index n, const Shape& s, LogProb log_prob) {
  const auto numbers = ctx.tensor(n, s);
  fill_zero(ctx.device(), numbers);
  spread_images(ctx.device(), 1, log_prob.gradient, numbers);
  return numbers;
}

/// The adjoint of a piece that has kept its output z: solve(y, a) writes to y the input, and to a the
/// gradient by it, which is added to that of x.
template <class Ctx, class Solve, class V = typename Ctx::Value>
void add_solved_gradient(Ctx& ctx, const V& x, const Tensor<typename Ctx::Scalar>& y, const Solve& solve) {
  hold_gradient(ctx, x);
  const auto scope = ctx.memory().scope();
  const auto a = ctx.tensor(x.n(), x.shape());
  solve(y.data != nullptr ? y : ctx.tensor(x.n(), x.shape()), a);
  if (x.gradient == nullptr) return;
  const auto dx = ctx.gradient_target(x);
  copy(ctx.device(), as_const(a), dx.tensor, dx.write);
}

/// The output z = evaluate(context) of a piece at x, recorded so that the backward pass needs z alone:
/// solve(context, z, y, a) is that of add_solved_gradient.
template <class Ctx, class Evaluate, class Solve, class V = typename Ctx::Value>
V kept_by_its_end(const Ctx& ctx, const V& x, const Evaluate& evaluate, const Solve& solve) {
  const V z = ctx.variable(evaluate_into(ctx, x.n(), x.shape(), evaluate));
  ctx.record([x, z, solve](auto& c) {
    add_solved_gradient(c, x, {}, [&](const auto& y, const auto& a) { solve(c, z, y, a); });
  });
  return z;
}

}  // namespace detail

/// dy/dt = f(t, y) from t = 0 to T = tau^2, tau being learned, of which the log-determinant is the integral
/// of the trace of df/dy: "FFJORD" (Grathwohl, Chen, Bettencourt, Sutskever and Duvenaud, ICLR 2019). `Field`
/// is a network of time and image (nn/time_networks.hpp). Solved by `Steps` equal steps of the classic
/// Runge-Kutta method of order 4, so that an image's result does not depend on the others of its batch;
/// gradients are by default those of the steps, also by tau. Its inverse takes the steps back, and so gives
/// an image back up to their error.
///
/// With the policies that save memory each step is run again in the backward pass. With
/// SolverGradient::adjoint as many steps are taken back there, from the output, with every policy.
template <class Field, int Steps, Trace trace = Trace::signs, SolverGradient gradient = SolverGradient::steps>
class ContinuousFlow : public Bijector<ContinuousFlow<Field, Steps, trace, gradient>> {
  static_assert(Steps > 0, "A ContinuousFlow takes at least one step.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Shape in) {
    tau_ = b.vector("tau", {1}, Init::constant(1));
    probe_ = b.repeated_draw();
    const auto scope = b.scope("field");
    field_.declare(b, in);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V probe = detail::draw_trace_probe<trace>(ctx, probe_, x);
    if constexpr (!Ctx::records) {
      return evaluated(ctx, x, probe, log_prob);
    } else if constexpr (gradient == SolverGradient::adjoint) {
      return detail::kept_by_its_end(
          ctx, x, [&](const auto& c) { return evaluated(c, V{x.value}, probe, log_prob); },
          [this, probe, log_prob](auto& c, const V& z, const auto& y, const auto& a) {
            this->solve_adjoint(c, z, probe, log_prob, y, a);
          });
    } else {
      V y = x;
      const bool again = ctx.pass().policy != MemoryPolicy::store;
      for (int i = 0; i < Steps; ++i) {
        const auto body = [this, y, probe, i](const auto& c, LogProb l) {
          return this->step(c, y, probe, i, l);
        };
        y = again ? recomputed(ctx, x.shape(), log_prob, body, y) : body(ctx, log_prob);
      }
      return y;
    }
  }

  /// See Bijector: by the adjoint equation one way back gives both the input and the gradients.
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    if constexpr (gradient == SolverGradient::adjoint) {
      const auto scope = ctx.memory().scope();
      const V probe = detail::draw_trace_probe<trace>(ctx, probe_, z);
      detail::add_solved_gradient(ctx, x, x.value, [&](const auto& start, const auto& a) {
        solve_adjoint(ctx, z, probe, log_prob, start, a);
      });
    } else {
      Bijector<ContinuousFlow>::reverse(ctx, z, x, log_prob);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V place = ctx.output_like(z, z.c());
    V y = z;
    for (int i = Steps; i-- > 0;) {
      detail::evaluate_to(ctx, place.value, [&](const auto& c) { return step_back(c, y, i); });
      y = place;
    }
    return y;
  }

private:
  /// Where in a step the four stages are, and what each of them counts.
  static constexpr std::array<double, 4> places{0, 0.5, 0.5, 1}, shares{1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};

  template <class Ctx, class V>
  V evaluated(const Ctx& ctx, const V& x, const V& probe, LogProb log_prob) const {
    const V place = ctx.output_like(x, x.c());
    V y = x;
    for (int i = 0; i < Steps; ++i) {
      detail::evaluate_to(ctx, place.value, [&](const auto& c) { return step(c, y, probe, i, log_prob); });
      y = place;
    }
    return y;
  }

  /// A step's length, one number.
  template <class Ctx, class V = typename Ctx::Value>
  V length(const Ctx& ctx) const {
    const V tau = ctx.parameter(tau_);
    return ops::scale_shift(ctx, ops::multiply(ctx, tau, tau), 1.0 / Steps, 0);
  }

  /// y + share * length * slope
  template <class Ctx, class V>
  static V moved(const Ctx& ctx, const V& y, const V& slope, const V& length, double share) {
    const V way = ctx.output_like(y, y.c());
    ops::scale_by_number_into(ctx, slope, ops::scale_shift(ctx, length, share, 0), 0, way);
    return ops::add(ctx, y, way);
  }

  /// sum + share * x; without a sum, share * x.
  template <class Ctx, class V>
  static V added(const Ctx& ctx, const V& sum, const V& x, double share) {
    const V scaled = ops::scale_shift(ctx, x, share, 0);
    return sum.value.data == nullptr ? scaled : ops::add(ctx, sum, scaled);
  }

  /// Step number i of the way, and its share of the log-determinant.
  template <class Ctx, class V>
  V step(const Ctx& ctx, const V& y, const V& probe, int i, LogProb log_prob) const {
    const V h = length(ctx);
    V slope, slopes, traces;
    for (std::size_t stage = 0; stage < 4; ++stage) {
      const V t = ops::scale_shift(ctx, h, i + places[stage], 0);
      const V at = stage == 0 ? y : moved(ctx, y, slope, h, places[stage]);
      const detail::FieldAt<V> field = detail::field_at<trace>(ctx, field_, t, at, probe);
      traces = added(ctx, traces, field.traces, shares[stage]);
      slope = field.slope;
      slopes = added(ctx, slopes, slope, shares[stage]);
    }
    const V share = ctx.output_like(y, y.c());
    ops::scale_by_number_into(ctx, traces, h, 0, share);
    ops::add_to_log_prob(ctx, share, 1, log_prob);
    return moved(ctx, y, slopes, h, 1);
  }

  /// The way back from the end of step i to its beginning.
  template <class Ctx, class V>
  V step_back(const Ctx& ctx, const V& y, int i) const {
    const V h = length(ctx), back = ops::scale_shift(ctx, h, -1, 0);
    V slope, slopes;
    for (std::size_t stage = 0; stage < 4; ++stage) {
      const V t = ops::scale_shift(ctx, h, i + 1 - places[stage], 0);
      slope = field_.forward(ctx, t, stage == 0 ? y : moved(ctx, y, slope, back, places[stage]));
      slopes = added(ctx, slopes, slope, shares[stage]);
    }
    return moved(ctx, y, slopes, back, 1);
  }

  /// From the output z and its gradient to the input y and its gradient a, along dy/ds = F(s, y) and da/ds =
  /// -d(<a, F> + g tr dF/dy)/dy, where s counts steps, F is the field times a step's length, and g is the
  /// gradient of the log-density, whose own is 1 all the way. A stage adds its share of the integral of
  /// d(<a, F> + g tr dF/dy) to the gradients of parameters, tau's among them.
  template <class Ctx, class V, class T = typename Ctx::Scalar>
  void solve_adjoint(Ctx& ctx, const V& z, const V& probe, LogProb log_prob, const Tensor<T>& y,
                     const Tensor<T>& a) const {
    const auto& device = ctx.device();
    const auto make = [&] { return ctx.tensor(z.n(), z.shape()); };
    const Tensor<T> g = detail::log_prob_gradient(ctx, z.n(), z.shape(), log_prob), share_of_g = make();
    const Tensor<T> y_at = make(), a_at = make(), slope = make(), part = make(), next_y = make(),
                    next_a = make();
    copy(device, as_const(z.value), y);
    copy(device, as_const(ctx.gradient(z)), a);
    for (int i = Steps; i-- > 0;) {
      copy(device, as_const(y), next_y);
      copy(device, as_const(a), next_a);
      for (std::size_t stage = 0; stage < 4; ++stage) {
        const double share = shares[stage], place = i + 1 - places[stage];
        copy(device, as_const(y), y_at);
        copy(device, as_const(a), a_at);
        if (stage > 0) {
          accumulate_scaled(device, as_const(slope), static_cast<T>(-places[stage]), y_at);
          // What comes of a stage has its share in it.
          accumulate_scaled(device, as_const(part), static_cast<T>(places[stage] / shares[stage - 1]), a_at);
        }
        scale_shift(device, as_const(a_at), static_cast<T>(share), T(0), a_at);
        scale_shift(device, as_const(g), static_cast<T>(share), T(0), share_of_g);
        const auto run = [&](const auto& c, const auto& at) { return scaled_field(c, at, probe, place); };
        detail::differentiate_field(ctx, run, y_at, as_const(a_at), as_const(share_of_g), slope, part);
        accumulate_scaled(device, as_const(slope), static_cast<T>(-share), next_y);
        accumulate_scaled(device, as_const(part), T(1), next_a);
      }
      copy(device, as_const(next_y), y);
      copy(device, as_const(next_a), a);
    }
  }

  /// The field times a step's length, `place` steps after the beginning.
  template <class Ctx, class V>
  detail::FieldAt<V> scaled_field(const Ctx& ctx, const V& at, const V& probe, double place) const {
    const V h = length(ctx), t = ops::scale_shift(ctx, h, place, 0);
    const detail::FieldAt<V> field = detail::field_at<trace>(ctx, field_, t, at, probe);
    const detail::FieldAt<V> scaled{ctx.output_like(at, at.c()), ctx.output_like(at, at.c())};
    ops::scale_by_number_into(ctx, field.slope, h, 0, scaled.slope);
    ops::scale_by_number_into(ctx, field.traces, h, 0, scaled.traces);
    return scaled;
  }

  Field field_;
  Param tau_;
  Index probe_ = 0;
};

}  // namespace densenf
