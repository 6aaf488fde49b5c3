#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "densenf/autodiff/pixels.hpp"
#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/transforms.hpp"
#include "densenf/ops/rearrange.hpp"

// Autoregressive flows over the pixels of an image: how a pixel changes is a function of the pixels before
// it. The network is nn::CausalTransformer, or a type with
//
//   void declare(Builder&, Shape in, Index out, Index context, PixelOrder);
//   V forward(const Ctx&, const V& x, double temperature, const Context&...) const;  // `out` numbers for
//   each pixel,
//                                                                                 // from it and those before
//                                                                                 it
//   Steps<V> begin(const Ctx&, Index n, double temperature, const Context&...) const;  // the same, pixel by
//   pixel V step(const Ctx&, const Steps<V>&, const V& pixel, Index place) const; V unknown(const Ctx&, const
//   V& context) const;  // in place of a context, for guidance static constexpr bool images_apart; // as the
//   network of a Coupling
namespace densenf {

/// Every number of a pixel changes by a `Transform` (bijectors/transforms.hpp) whose raw numbers a network
/// has made of the pixels before it, in an order; those of the first pixel are 0. TarFlow's block (Zhai et
/// al., ICML 2025, section 3.2), in which a pixel is a patch of the image.
///
/// The inverse goes pixel by pixel, each by one step of the network, or, where the pass says so
/// (Pass::jacobi), for all pixels at once until nothing changes. It may be guided (Pass::guidance). Where
/// numbers overflow on the way back, what comes of it is not finite, and Session::sample and decode refuse
/// it.
template <PixelOrder order, class Transform, class Network, int Context = 0>
class PixelAutoregressive : public Bijector<PixelAutoregressive<order, Transform, Network, Context>> {
  static_assert(
      !requires(Transform & t, Builder& b, Shape s) { t.declare(b, s); },
      "The transform of a PixelAutoregressive has no parameters of its own.");

public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = images_apart_of<Network>;

  static std::string type_name() {
    return fmt::format("PixelAutoregressive<{}, {}>",
                       order == PixelOrder::forwards ? "forwards" : "backwards",
                       detail::type_name_of<Transform>());
  }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(detail::scope_name_of<Network>("net"));
    network_.declare(b, in, Transform::parameters * in.c, Context, order);
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    static_assert(sizeof...(C) == (takes_context ? 1 : 0),
                  "A PixelAutoregressive that was declared with a context is called with one.");
    const V z = ctx.output_like(x, x.c());
    transform_.forward_into(ctx, x, raw_of(ctx, x, 1, context...), kernels::Everywhere{}, log_prob, z);
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& z, const C&... context) const {
    const V x = ctx.output_like(z, z.c());
    const auto scope = ctx.memory().scope();
    if (ctx.pass().jacobi)
      iterate(ctx, *ctx.pass().jacobi, z, x, context...);
    else
      pixel_by_pixel(ctx, z, x, context...);
    return x;
  }

private:
  /// What each pixel's numbers change by, which the pixel before it has made.
  template <class Ctx, class V, class... C>
  V raw_of(const Ctx& ctx, const V& x, double temperature, const C&... context) const {
    return ops::shift_pixels(ctx, network_.forward(ctx, x, temperature, context...),
                             order == PixelOrder::forwards ? 1 : -1);
  }

  static Index place_of(Index number, Index pixels) {
    return order == PixelOrder::forwards ? number : pixels - 1 - number;
  }

  template <class Ctx, class V>
  static V zeros(const Ctx& ctx, Index n, const Shape& shape) {
    const V made = ctx.output(n, shape);
    fill_zero(ctx.device(), made.value);
    return made;
  }

  template <class Ctx, class V, class... C>
  void pixel_by_pixel(const Ctx& ctx, const V& z, const V& x, const C&... context) const {
    const Guidance& guidance = ctx.pass().guidance;
    const Index pixels = z.value.h * z.value.w;
    const auto steps = network_.begin(ctx, z.n(), 1, context...);
    auto free = steps;
    if (guidance.on())
      free = network_.begin(ctx, z.n(), guidance.temperature, network_.unknown(ctx, context)...);
    for (Index number = 0; number < pixels; ++number) {
      const auto step = ctx.memory().scope();
      V raw;
      if (number == 0) {
        raw = zeros<Ctx, V>(ctx, z.n(), {Transform::parameters * z.c(), 1, 1});
      } else {
        const Index before = place_of(number - 1, pixels);
        raw = network_.step(ctx, steps, pixel_at(x, before), before);
        if (guidance.on()) {
          guide(ctx, network_.step(ctx, free, pixel_at(x, before), before), z.c(),
                guidance.weight_at(number, pixels), raw);
        }
      }
      const Index place = place_of(number, pixels);
      transform_.inverse_into(ctx, pixel_at(z, place), raw, kernels::Everywhere{}, pixel_at(x, place));
    }
  }

  template <class Ctx, class V, class... C>
  void iterate(const Ctx& ctx, const JacobiIteration& how, const V& z, const V& x,
               const C&... context) const {
    using T = typename Ctx::Scalar;
    const auto& device = ctx.device();
    const Guidance& guidance = ctx.pass().guidance;
    const Index n = z.n(), pixels = z.value.h * z.value.w;
    const Shape of_raw{Transform::parameters * z.c(), z.value.h, z.value.w};
    transform_.inverse_into(ctx, z, zeros<Ctx, V>(ctx, n, of_raw), kernels::Everywhere{}, x);
    double* const moves = ctx.memory().template allocate<double>(n);
    std::vector<double> squares(static_cast<std::size_t>(n));
    std::vector<bool> done(squares.size());
    const Index rounds = how.most_rounds > 0 ? std::min(how.most_rounds, pixels - 1) : pixels - 1;
    for (Index round = 0; round < rounds && std::count(done.begin(), done.end(), false) > 0; ++round) {
      const auto scope = ctx.memory().scope();
      const V raw = raw_of(ctx, x, 1, context...);
      if (guidance.on()) {
        const V free = raw_of(ctx, x, guidance.temperature, network_.unknown(ctx, context)...);
        for (Index number = 1; number < pixels; ++number) {
          const Index place = place_of(number, pixels);
          guide(ctx, pixel_at(free, place), z.c(), guidance.weight_at(number, pixels), pixel_at(raw, place));
        }
      }
      const V next = ctx.output_like(z, z.c()), moved = ctx.output_like(z, z.c());
      transform_.inverse_into(ctx, z, raw, kernels::Everywhere{}, next);
      copy(device, as_const(next.value), moved.value);
      accumulate_scaled(device, as_const(x.value), T(-1), moved.value);
      multiply_numbers(device, as_const(moved.value), as_const(moved.value), moved.value);
      set_each(device, 0.0, n, moves);
      sum_images(device, as_const(moved.value), 1.0, moves);
      fetch(device, moves, n, squares.data());
      for (Index i = 0; i < n; ++i) {
        const auto image = static_cast<std::size_t>(i);
        if (done[image]) continue;
        copy(device, as_const(next.value).images(i, 1), x.value.images(i, 1));
        done[image] = std::sqrt(squares[image]) <= how.tolerance;  // of what is no number it is never true
      }
    }
  }

  /// raw += weight (raw - free), for those of the raw numbers that are guided.
  template <class Ctx, class V>
  void guide(const Ctx& ctx, const V& free, Index channels, double weight, const V& raw) const {
    using T = typename Ctx::Scalar;
    const Guidance& guidance = ctx.pass().guidance;
    const auto mix = [&](Index first, Index count) {
      const Tensor<T> to = raw.value.channels(first, count);
      scale_shift(ctx.device(), as_const(to), static_cast<T>(1 + weight), T(0), to);
      accumulate_scaled(ctx.device(), as_const(free.value.channels(first, count)), static_cast<T>(-weight),
                        to);
    };
    if (guidance.scales && guidance.shifts) return mix(0, raw.c());
    if constexpr (requires { Transform::layout(channels); }) {
      const kernels::AffineLayout at = Transform::layout(channels);
      if (at.step == 1) {
        if (guidance.scales && Transform::parameters == 2) mix(at.scale_first, channels);
        if (guidance.shifts) mix(at.shift_first, channels);
        return;
      }
    }
    throw ArgumentError(
        "Only affine transforms with all scales beside each other, such as StandardizingScales, can be "
        "guided by "
        "scales or shifts alone.");
  }

  Network network_;
  [[no_unique_address]] Transform transform_;
};

}  // namespace densenf
