#pragma once

#include <numbers>
#include <type_traits>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/choices.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// z = |x|, number by number. The signs leave: both equally likely, or, with a network, which is like that of
/// a Coupling and looks at z, plus with the probability of which it makes the logit. (0 has the sign plus.)
template <class SignNetwork = void>
class Abs : public Bijector<Abs<SignNetwork>> {
  static constexpr bool learned = !std::is_void_v<SignNetwork>;

public:
  static constexpr Kind kind = Kind::surjection;

  static std::string type_name() { return learned ? "Abs<network>" : "Abs"; }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if constexpr (learned) require_of<SignNetwork>(in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    if constexpr (learned) {
      const auto scope = b.scope(detail::scope_name_of<SignNetwork>("net"));
      network_.declare(b, in.c, in.c);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V z = ops::map(ctx, x, kernels::maps::Abs{});
    const V signs{ctx.tensor(x.n(), x.shape())};
    map_forward(ctx.device(), kernels::maps::Sign{}, as_const(x.value), signs.value);
    add_probability(ctx, z, signs, log_prob);
    leave_flow(ctx, signs.value, [&](double* density) {
      add_probability(ctx.evaluating(), V{z.value}, signs, {density, nullptr});
    });
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    using T = typename Ctx::Scalar;
    const V x = ctx.output_like(z, z.c());
    const auto scope = ctx.memory().scope();
    const auto signs = ctx.tensor(z.n(), z.shape());
    if (auto* kept = ctx.pass().kept) {
      kept->take(signs, LatentChoices{-1, 1, 2});
    } else {
      // Plus where a uniform number is below the probability of plus.
      V plus{ctx.tensor(z.n(), z.shape())};
      scale_shift(ctx.device(), as_const(z.value), T(0), T(0.5), plus.value);
      if constexpr (learned) plus = ops::sigmoid(ctx, network_.forward(ctx, z));
      accumulate_scaled(ctx.device(), as_const(uniform_numbers(ctx, z.n(), z.shape())), T(-1), plus.value);
      map_forward(ctx.device(), kernels::maps::SignAbove0{}, as_const(plus.value), signs);
    }
    multiply_numbers(ctx.device(), as_const(z.value), as_const(signs), x.value);
    return x;
  }

private:
  template <class Ctx, class V>
  void add_probability(const Ctx& ctx, const V& z, const V& signs, LogProb log_prob) const {
    if constexpr (learned) {
      const V agreement = ops::multiply(ctx, network_.forward(ctx, z), signs);
      ops::add_to_log_prob(ctx, ops::softplus(ctx, ops::scale_shift(ctx, agreement, -1, 0)), -1, log_prob);
    } else {
      add_to_each(ctx.device(), -static_cast<double>(z.shape().size()) * std::numbers::ln2, z.n(),
                  log_prob.value);
    }
  }

  struct Nothing {};
  [[no_unique_address]] std::conditional_t<learned, SignNetwork, Nothing> network_;
};

}  // namespace densenf
