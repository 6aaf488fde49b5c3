#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/bijectors/transforms.hpp"
#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/nn/made.hpp"

// Autoregressive flows over the channels of each pixel: how a channel changes is a function of the channels
// before it. `Transform` says how numbers change (bijectors/transforms.hpp, and the maps below); `Network` is
// nn::Made, or a type with
//
//   void declare(Builder&, Index channels, Index per_channel, Index context);
//   V forward(const Ctx&, const V& x) const;                      // all raw numbers from all channels
//   Steps<V> begin(const Ctx&, const V& like) const;              // the same, channel by channel
//   void step_into(const Ctx&, const Steps<V>&, const V& x, Index d, const V& raw) const;
//   static constexpr bool images_apart;                           // as the network of a Coupling
//
// With `Context` channels, the network sees them before those of x; the context is a batch of images with the
// height and width of x, or of one pixel.
namespace densenf {

/// y = (x - m) exp(-a), with m0 a0 m1 a1 ... from the network: that of MAF (NeurIPS 2017).
struct Standardizing : AffineTransform<kernels::StandardizingMap<kernels::AsGiven>, RawOrder::shift_scale> {};

/// y = s x + m, s = softplus(a) + 1e-3
struct AutoregressiveSoftplus
    : AffineTransform<kernels::AffineMap<kernels::SoftplusAboveFloor>, RawOrder::shift_scale> {};

/// y = s x + m, s = sigmoid(a + 2) + 1e-3
struct AutoregressiveSigmoid
    : AffineTransform<kernels::AffineMap<kernels::Sigmoid2AboveFloor>, RawOrder::shift_scale> {};

/// y = s x + (1 - s) m, s = sigmoid(a + 1.5): the gate of IAF (NeurIPS 2016).
struct Gate : AffineTransform<kernels::GateMap, RawOrder::shift_scale> {};

namespace detail {

/// What both directions of an autoregressive flow are made of.
template <class Transform, class Network, int Context>
class AutoregressiveParts {
  static_assert(
      by_channel<Transform>,
      "An autoregressive flow needs a transform that takes the raw numbers of each channel beside each "
      "other: with all shifts before all scales a channel would depend on those behind it.");
  static_assert(
      !requires(Transform & t, Builder& b, Shape s) { t.declare(b, s); },
      "The transform of an autoregressive flow has no parameters of its own.");

public:
  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(scope_name_of<Network>("net"));
    network_.declare(b, in.c, Transform::parameters, Context);
  }

  /// y from x, all channels at once.
  template <class Ctx, class V = typename Ctx::Value, class... C>
  V at_once(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    const V y = ctx.output_like(x, x.c());
    const V seen = nn::joined(ctx, x.value.h, x.value.w, context..., x);
    transform_.forward_into(ctx, x, network_.forward(ctx, seen), kernels::Everywhere{}, log_prob, y);
    return y;
  }

  /// x from y, channel by channel, into `x`; `raw` are the numbers by which each changed. solve(y, raw, x)
  /// goes back for one channel.
  template <class Ctx, class Solve, class V = typename Ctx::Value, class... C>
  void one_by_one(const Ctx& ctx, const V& y, const V& raw, const V& x, const Solve& solve,
                  const C&... context) const {
    constexpr Index each = Transform::parameters;
    V seen = x;
    if constexpr (Context > 0) {
      seen = ctx.output_like(y, Context + y.c());
      (ops::copy_into(ctx, nn::over_pixels(ctx, context, y.value.h, y.value.w), seen.channels(0, Context)),
       ...);
    }
    const auto steps = network_.begin(ctx, y);
    for (Index d = 0; d < y.c(); ++d) {
      const V raw_d = raw.channels(d * each, each);
      network_.step_into(ctx, steps, seen, d, raw_d);
      solve(y.channels(d, 1), raw_d, seen.channels(Context + d, 1));
    }
    if constexpr (Context > 0) ops::copy_into(ctx, seen.channels(Context, y.c()), x);
  }

  const Transform& transform() const { return transform_; }

private:
  Network network_;
  [[no_unique_address]] Transform transform_;
};

}  // namespace detail

/// y_d = a transform of x_d given x_1 ... x_(d-1): densities are one pass of the network, and so are samples
/// in work, channel by channel.
template <class Transform, class Network, int Context = 0>
class MaskedAutoregressive : public Bijector<MaskedAutoregressive<Transform, Network, Context>> {
public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = images_apart_of<Network>;

  static std::string type_name() {
    return fmt::format("MaskedAutoregressive<{}>", detail::type_name_of<Transform>());
  }

  void declare(Builder& b, Shape in) { parts_.declare(b, in); }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    return parts_.at_once(ctx, x, log_prob, context...);
  }
  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& y, const C&... context) const {
    const V x = ctx.output_like(y, y.c());
    const auto scope = ctx.memory().scope();
    parts_.one_by_one(
        ctx, y, ctx.output_like(y, Transform::parameters * y.c()), x,
        [&](const V& from, const V& raw, const V& to) {
          parts_.transform().inverse_into(ctx, from, raw, kernels::Everywhere{}, to);
        },
        context...);
    return x;
  }

private:
  detail::AutoregressiveParts<Transform, Network, Context> parts_;
};

/// The inverse of MaskedAutoregressive as a piece of a flow: x_d = a transform of y_d given y_1 ... y_(d-1),
/// so that samples are one pass, and densities go channel by channel.
template <class Transform, class Network, int Context = 0>
class InverseAutoregressive : public Bijector<InverseAutoregressive<Transform, Network, Context>> {
public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = images_apart_of<Network>;

  static std::string type_name() {
    return fmt::format("InverseAutoregressive<{}>", detail::type_name_of<Transform>());
  }

  void declare(Builder& b, Shape in) { parts_.declare(b, in); }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    const V y = ctx.output_like(x, x.c()), raw = ctx.output_like(x, Transform::parameters * x.c());
    parts_.one_by_one(
        ctx, x, raw, y,
        [&](const V& from, const V& numbers, const V& to) {
          parts_.transform().solve_into(ctx, from, numbers, kernels::Everywhere{}, to);
        },
        context...);
    subtract_log_determinant(ctx, y, raw, log_prob);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& y, const C&... context) const {
    return parts_.at_once(ctx, y, ctx.unused_log_prob(y.n()), context...);
  }

private:
  /// log_prob -= the log-determinant of the transform at y. It is that of the transform computed once more,
  /// which adds to memory of its own, with its gradient turned around.
  template <class Ctx, class V>
  void subtract_log_determinant(const Ctx& ctx, const V& y, const V& raw, LogProb log_prob) const {
    const Index n = y.n();
    const auto as_batch = [n](auto* numbers) { return make_tensor(numbers, n, Shape{1, 1, 1}); };
    double* const forward = ctx.memory().template allocate<double>(n);
    double* const gradient = Ctx::records ? ctx.memory().template allocate<double>(n) : nullptr;
    set_each(ctx.device(), 0.0, n, forward);
    parts_.transform().forward_into(ctx, y, raw, kernels::Everywhere{}, {forward, gradient},
                                    ctx.output_like(y, y.c()));
    accumulate_scaled(ctx.device(), as_const(as_batch(forward)), -1.0, as_batch(log_prob.value));
    ctx.record([=](auto& c) {
      scale_shift(c.device(), as_batch(log_prob.gradient), -1.0, 0.0, as_batch(gradient));
    });
  }

  detail::AutoregressiveParts<Transform, Network, Context> parts_;
};

}  // namespace densenf
