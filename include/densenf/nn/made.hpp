#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "densenf/core/parameters.hpp"
#include "densenf/ops/masked.hpp"

namespace densenf::nn {

/// A masked network (MADE, ICML 2015) over the channels of each pixel: raw numbers for channel d, beside each
/// other, are a function of the channels before d. Hidden units have degrees 1, 2, ... D - 1, 1, ..., with a
/// context 0, 1, ... D - 1, 0, ...
///
/// Plain, it is `Layers` hidden layers of `Width` units with relu. As a residual network it is a first
/// layer, `Layers` times h + W2 relu(W1 relu(h)), of which W2 starts near 0, and a last layer.
///
/// With a context, its channels come before those of x, and all raw numbers may depend on them.
///
/// `forward` gives the raw numbers of all channels at once. Where a channel is known only when those before
/// it are, `step_into` gives them channel by channel: each step computes the hidden units that depend on
/// what has become known and nothing twice, so that all steps together cost less than one `forward`.
template <int Width, int Layers = 2, bool Residual = false>
class Made {
  static_assert(Width > 0 && Layers > 0, "A masked network has a positive width and at least one layer.");
  static constexpr std::size_t hidden_layers = static_cast<std::size_t>(Residual ? 2 * Layers : Layers - 1);
  static constexpr std::size_t layers = hidden_layers + 2;
  /// Per residual block: relu(h), the inner units, what is added, and the sum.
  static constexpr std::size_t buffers = Residual ? 1 + 4 * static_cast<std::size_t>(Layers) : layers - 1;

public:
  static constexpr bool images_apart = true;

  /// For `features` channels, each of which gets `per_feature` numbers, behind `context` ones.
  void declare(Builder& b, Index features, Index per_feature, Index context = 0) {
    per_feature_ = per_feature;
    const kernels::Degrees in{context + features, features, 1, 1, context};
    // Hidden units of degree 0 see the context alone: by them the first channel's numbers depend on it.
    hidden_ = context > 0 ? kernels::Degrees{Width, features, 0}
                          : kernels::Degrees{Width, std::max<Index>(1, features - 1),
                                             std::min<Index>(1, features - 1)};
    out_ = {features * per_feature, features, 1, per_feature};
    declare_layer(b, layers_.front(), "first", {in, hidden_});
    for (std::size_t i = 0; i < hidden_layers; ++i) {
      const auto scope = b.scope("hidden");
      declare_layer(b, layers_[i + 1], std::to_string(i), {hidden_, hidden_}, Residual && i % 2 == 1);
    }
    declare_layer(b, layers_.back(), "last", {hidden_, out_, true});
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    // Hidden units are ordered by degree; the numbers that go in and come out are so already.
    const auto run = [&](std::size_t i, const V& from, ops::Activation activation) {
      const kernels::DegreeMask& mask = layers_[i].mask;
      const V weight = ops::ordered_weight(ctx, ctx.parameter(layers_[i].weight), mask);
      const V bias = ops::ordered_weight(ctx, ctx.parameter(layers_[i].bias), {{1, 1, 0}, mask.to});
      return ops::conv(ctx, from, {weight, bias, 1, mask}, activation);
    };
    V h = run(0, x, Residual ? ops::Activation::none : ops::Activation::relu);
    for (std::size_t i = 1; i <= hidden_layers; ++i) {
      if constexpr (Residual) {
        const V inner = run(i, ops::relu(ctx, h), ops::Activation::relu);
        h = ops::add(ctx, h, run(++i, inner, ops::Activation::none));
      } else {
        h = run(i, h, ops::Activation::relu);
      }
    }
    return run(layers - 1, h, ops::Activation::none);
  }

  /// What steps work with.
  template <class V>
  struct Steps {
    std::array<V, layers> weight, bias;
    std::array<V, buffers> units;  ///< ordered by degree; those that are known
  };

  /// Gets ready for steps over images like `like`.
  template <class Ctx, class V = typename Ctx::Value>
  Steps<V> begin(const Ctx& ctx, const V& like) const {
    Steps<V> steps;
    for (std::size_t i = 0; i < layers; ++i) {
      const Layer& layer = layers_[i];
      steps.weight[i] = ops::sorted_weight(ctx, ctx.parameter(layer.weight), layer.mask.from, layer.mask.to);
      steps.bias[i] = ops::sorted_weight(ctx, ctx.parameter(layer.bias), kernels::Degrees{1}, layer.mask.to);
    }
    for (V& units : steps.units) units = ctx.output_like(like, Width);
    return steps;
  }

  /// The raw numbers of channel d, counted from 0 behind the context, of x, in which the channels before d
  /// are known. Steps are made for d = 0, 1, ...
  template <class Ctx, class V = typename Ctx::Value>
  void step_into(const Ctx& ctx, const Steps<V>& steps, const V& x, Index d, const V& raw) const {
    // Hidden units of degree d look at the channels 0 ... d - 1.
    const Index first = hidden_.before(d), known = hidden_.before(d + 1);
    const auto run = [&](std::size_t layer, const V& from, ops::Activation activation, std::size_t to) {
      ops::some_units_into(ctx, from, steps.weight[layer], steps.bias[layer], first, activation,
                           steps.units[to].channels(first, known - first));
    };
    if (known > first) {
      const auto all = [&](std::size_t i) { return steps.units[i].channels(0, known); };
      const auto made = [&](std::size_t i) { return steps.units[i].channels(first, known - first); };
      run(0, x.channels(0, layers_.front().mask.inputs(d)),
          Residual ? ops::Activation::none : ops::Activation::relu, 0);
      for (std::size_t i = 0; i < hidden_layers; ++i) {
        if constexpr (Residual) {
          const std::size_t h = 2 * i;  // the buffer of h, where a block begins
          ops::relu_into(ctx, made(h), made(h + 1));
          run(i + 1, all(h + 1), ops::Activation::relu, h + 2);
          run(i + 2, all(h + 2), ops::Activation::none, h + 3);
          ops::add_into(ctx, made(h), made(h + 3), made(h + 4));
          ++i;
        } else {
          run(i + 1, all(i), ops::Activation::relu, i + 1);
        }
      }
    }
    ops::some_units_into(ctx, steps.units.back().channels(0, known), steps.weight.back(), steps.bias.back(),
                         d * per_feature_, ops::Activation::none, raw);
  }

private:
  struct Layer {
    Param weight, bias;
    kernels::DegreeMask mask{};
  };

  static void declare_layer(Builder& b, Layer& layer, std::string_view name, kernels::DegreeMask mask,
                            bool near_zero = false) {
    const auto scope = b.scope(name);
    const double bound = near_zero ? 1e-3 : 1 / std::sqrt(static_cast<double>(mask.from.count));
    layer.mask = mask;
    layer.weight = b.weight("weight", {mask.to.count, mask.from.count}, Init::uniform(bound));
    layer.bias = b.vector("bias", {mask.to.count}, Init::uniform(bound));
  }

  Index per_feature_ = 0;
  kernels::Degrees hidden_{}, out_{};
  std::array<Layer, layers> layers_;
};

}  // namespace densenf::nn
