#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "densenf/bijectors/affine_coupling.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/nn/networks.hpp"

namespace densenf {

/// Noise for dequantization, uniform in (0, 1).
struct UniformNoise {
  void build(Builder&, Shape, Index) {}

  /// u in (0, 1) for each number of x; adds -log q(u | x) = 0.
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& x, LogProb) const {
    const V u{ctx.tensor(x.n(), x.shape())};
    ctx.noise().uniform(ctx.device(), u.value);
    return u;
  }
};

/// Noise for dequantization from a conditional flow q(u | x): squeezed normal noise goes through `Steps`
/// pairs of Conv1x1 and AffineCoupling, whose networks also see features of x, and a last Conv1x1, unsqueeze
/// and sigmoid. Width, Depth, Growth are those of the coupling networks; ContextWidth and ContextGrowth of
/// the features.
template <int Steps = 4, int Width = 64, int ContextWidth = 64, int Depth = 4, int Growth = 64,
          int ContextGrowth = 16>
class VariationalNoise {
public:
  static constexpr void require(Shape in) {
    nn::HalvingConv::require(in);
    static_cast<void>(decltype(Step::coupling)::output_shape(Squeeze::output_shape(in)));
  }

  void build(Builder& b, Shape in, Index levels) {
    levels_ = levels;
    const Shape half = Squeeze::output_shape(in);
    const auto scope = b.scope("encoder");
    base_.build(b, half);
    {
      const auto context = b.scope("context_init");
      {
        const auto fine = b.scope(1);
        fine_.build(b, in.c, Width, context_depth, ContextGrowth);
      }
      halve_.build(b, "2", Width, Width);
      const auto coarse = b.scope(3);
      coarse_.build(b, Width, ContextWidth, context_depth, ContextGrowth);
    }
    const auto transforms = b.scope("transforms");
    for (int i = 0; i < Steps; ++i) {
      Step& step = steps_[static_cast<std::size_t>(i)];
      {
        const auto inner = b.scope(2 * i);
        step.rotation.build(b, half);
      }
      const auto inner = b.scope(2 * i + 1);
      step.coupling.build(b, half);
    }
    const auto inner = b.scope(2 * Steps);
    last_.build(b, half);
  }

  /// u in (0, 1) for each number of x; adds -log q(u | x).
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V context = features(ctx, x);
    V z = base_.sample(ctx, x.n(), 1);
    base_.log_prob(ctx, z, -1, log_prob);
    for (const Step& step : steps_) {
      const auto run = [s = &step, z, context](const auto& c, LogProb l) {
        return s->coupling.apply(c, s->rotation.apply(c, z, l), l, context);
      };
      if constexpr (Ctx::records) {
        if (ctx.pass().policy != MemoryPolicy::store) {
          z = recomputed(ctx, z.shape(), log_prob, run, z, context);
          continue;
        }
      }
      z = scoped(
          ctx, z.shape(), [&](const auto& c) { return run(c, log_prob); }, z, context);
    }
    return ops::sigmoid(ctx, ops::unsqueeze(ctx, last_.apply(ctx, z, log_prob)), log_prob);
  }

private:
  static constexpr Index context_depth = 4;

  struct Step {
    Conv1x1 rotation;
    AffineCoupling<nn::ResidualDense<Width, Depth, Growth>, ContextWidth> coupling;
  };

  template <class Ctx, class V>
  V features(const Ctx& ctx, const V& x) const {
    const Shape out{ContextWidth, x.value.h / 2, x.value.w / 2};
    const auto run = [this, x](const auto& c, LogProb) {
      const V fine_buffer = fine_.buffer(c, x);
      ops::scale_shift_into(c, V{x.value}, 2 / static_cast<double>(levels_ - 1), -1,
                            V{fine_.input(fine_buffer).value});
      const V fine = c.output_like(x, Width);
      fine_.forward_into(c, fine_buffer, fine);
      const V half = halve_.forward(c, fine);
      const V coarse_buffer = coarse_.buffer(c, half);
      ops::copy_into(c, half, coarse_.input(coarse_buffer));
      const V result = c.output_like(half, ContextWidth);
      coarse_.forward_into(c, coarse_buffer, result);
      return result;
    };
    if constexpr (Ctx::records) {
      if (ctx.pass().policy != MemoryPolicy::store) return recomputed(ctx, out, LogProb{}, run, V{x.value});
    }
    return scoped(
        ctx, out, [&](const auto& c) { return run(c, LogProb{}); }, V{x.value});
  }

  Index levels_ = 0;
  ChannelNormal base_;
  nn::DenseBranch fine_, coarse_;
  nn::HalvingConv halve_;
  std::array<Step, static_cast<std::size_t>(Steps)> steps_;
  Conv1x1 last_;
};

/// The first piece of a flow over images of integers 0 ... 2^Bits - 1: y = (x + u) / 2^Bits with u in (0, 1)
/// from the noise model. Contributes -C H W Bits ln 2 - log q(u | x), which makes the likelihood a lower
/// bound. y is in (0, 1) also where (x + u) / 2^Bits rounds to 1.
///
/// Its inverse gives gray levels: x itself when decoding what encode kept, else x + u.
template <int Bits = 8, class Noise = VariationalNoise<>>
class Dequantize : public Bijector<Dequantize<Bits, Noise>> {
  static_assert(Bits >= 1 && Bits <= 8, "Dequantize takes images of 1 to 8 bits.");

public:
  static constexpr Kind kind = Kind::stochastic;
  static constexpr Index levels = Index{1} << Bits;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    require_of<Noise>(in);
    return in;
  }

  void declare(Builder& b, Shape in) { noise_.build(b, in, levels); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::dequantize(ctx, V{x.value}, draw(ctx, x, log_prob), levels);
  }

  /// This and a Logit behind it, at once: y = (x + u) / 2^Bits has no digits left of what the logit is made
  /// of where it is near 1.
  template <class Ctx, class V = typename Ctx::Value>
  V forward_with(const Logit&, const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::dequantized_logit(ctx, V{x.value}, draw(ctx, x, log_prob), levels, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    using T = typename Ctx::Scalar;
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, static_cast<double>(levels), 0, x);
    if (auto* kept = ctx.pass().kept) {
      const auto u = ctx.tensor(y.n(), y.shape());
      kept->take(u);
      accumulate_scaled(ctx.device(), as_const(u), T(-1), x.value);
    }
    return x;
  }

private:
  template <class Ctx, class V>
  V draw(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V u = noise_.draw(ctx, x, log_prob);
    if (auto* latents = ctx.pass().latents) latents->keep(as_const(u.value));
    const double term = -static_cast<double>(x.shape().size() * Bits) * std::numbers::ln2;
    add_to_each(ctx.device(), term, x.n(), log_prob.value);
    return u;
  }

  Noise noise_;
};

}  // namespace densenf
