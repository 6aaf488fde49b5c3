#include <cmath>
#include <densenf/bijectors/choices.hpp>
#include <densenf/densenf.hpp>
#include <numbers>

namespace ops = densenf::ops;

/// z = x^2, number by number. The signs leave, both equally likely.
struct Square : densenf::Bijector<Square> {
  static constexpr densenf::Kind kind = densenf::Kind::surjection;

  struct Squared {
    template <class T>
    constexpr T value(T x) const {
      return x * x;
    }
    template <class T>
    constexpr T derivative(T x) const {
      return 2 * x;
    }
    template <class T>
    constexpr T log_derivative(T x) const {
      return std::log(std::abs(2 * x));
    }
    template <class T>
    constexpr T log_derivative_slope(T x) const {
      return T(1) / x;
    }
  };
  struct Root {
    template <class T>
    constexpr T value(T z) const {
      return std::sqrt(z);
    }
  };

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, densenf::LogProb log_prob) const {
    const V signs{ctx.tensor(x.n(), x.shape())};
    map_forward(ctx.device(), densenf::kernels::maps::Sign{}, as_const(x.value), signs.value);
    const double of_signs = -static_cast<double>(x.shape().size()) * std::numbers::ln2;
    const auto add_signs = [&](double* density) { add_to_each(ctx.device(), of_signs, x.n(), density); };
    add_signs(log_prob.value);
    leave_flow(ctx, signs.value, add_signs);
    return ops::map(ctx, x, Squared(), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V signs{ctx.tensor(z.n(), z.shape())};
    if (auto* kept = ctx.pass().kept) {
      kept->take(signs.value, densenf::LatentChoices{-1, 1, 2});  // decoding
    } else {                                                      // sampling
      const auto u = densenf::uniform_numbers(ctx, z.n(), z.shape());
      scale_shift(ctx.device(), as_const(u), typename Ctx::Scalar(1), typename Ctx::Scalar(-0.5), u);
      map_forward(ctx.device(), densenf::kernels::maps::Sign{}, as_const(u), signs.value);
    }
    return ops::multiply(ctx, ops::map(ctx, z, Root()), signs);
  }
};
