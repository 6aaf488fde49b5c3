#pragma once

#include <array>
#include <cstddef>

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

}  // namespace detail

/// dy/dt = f(t, y) from t = 0 to T = tau^2, tau being learned, of which the log-determinant is the integral
/// of the trace of df/dy: "FFJORD" (Grathwohl, Chen, Bettencourt, Sutskever and Duvenaud, ICLR 2019). `Field`
/// is a network of time and image (nn/time_networks.hpp). Solved by `Steps` equal steps of the classic
/// Runge-Kutta method of order 4, so that an image's result does not depend on the others of its batch;
/// gradients are those of the steps, also by tau. Its inverse takes the steps back, and so gives an image
/// back up to their error.
///
/// With the policies that save memory each step is run again in the backward pass.
template <class Field, int Steps, Trace trace = Trace::signs>
class ContinuousFlow : public Bijector<ContinuousFlow<Field, Steps, trace>> {
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
    V y = x;
    if constexpr (Ctx::records) {
      const bool again = ctx.pass().policy != MemoryPolicy::store;
      for (int i = 0; i < Steps; ++i) {
        const auto body = [this, y, probe, i](const auto& c, LogProb l) { return step(c, y, probe, i, l); };
        y = again ? recomputed(ctx, x.shape(), log_prob, body, y) : body(ctx, log_prob);
      }
    } else {
      const V place = ctx.output_like(x, x.c());
      for (int i = 0; i < Steps; ++i) {
        detail::evaluate_to(ctx, place.value, [&](const auto& c) { return step(c, y, probe, i, log_prob); });
        y = place;
      }
    }
    return y;
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
      const auto run = [&](const auto& c, const auto& v) { return field_.forward(c, t, v); };
      Linearization field(ctx, run, at);
      traces = added(ctx, traces, detail::trace_terms<trace>(ctx, field, at, probe), shares[stage]);
      slope = field.value();
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

  Field field_;
  Param tau_;
  Index probe_ = 0;
};

}  // namespace densenf
