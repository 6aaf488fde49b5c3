#include <cmath>
#include <densenf/densenf.hpp>

namespace ops = densenf::ops;

struct Asinh {
  static constexpr auto value = [](auto x) { return std::asinh(x); };
  static constexpr auto derivative = [](auto x) { return 1 / std::sqrt(1 + x * x); };
  static constexpr auto log_derivative = [](auto x) { return -std::log1p(x * x) / 2; };
  static constexpr auto log_derivative_slope = [](auto x) { return -x / (1 + x * x); };
};
struct Sinh {
  static constexpr auto value = [](auto x) { return std::sinh(x); };
  static constexpr auto derivative = [](auto x) { return std::cosh(x); };
  static constexpr auto log_derivative = [](auto x) { return std::log(std::cosh(x)); };
  static constexpr auto log_derivative_slope = [](auto x) { return std::tanh(x); };
};

/// z = sinh(asinh(x) + t), which skews a density, with one raw number t for each x.
struct Skew {
  static constexpr densenf::Index parameters = 1;

  template <class Ctx, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& t, densenf::kernels::Everywhere,
                           densenf::LogProb log_prob, const V& z) {
    const V moved = ops::add(ctx, ops::map(ctx, x, Asinh(), log_prob), t);
    ops::copy_into(ctx, ops::map(ctx, moved, Sinh(), log_prob), z);
  }

  template <class Ctx, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& t, densenf::kernels::Everywhere, const V& x) {
    const V moved = ops::add(ctx, ops::map(ctx, z, Asinh()), ops::scale_shift(ctx, t, -1, 0));
    ops::copy_into(ctx, ops::map(ctx, moved, Sinh()), x);
  }
};

using SkewCoupling = densenf::Coupling<densenf::ChannelHalves, Skew, densenf::nn::Mlp<8, 2>>;
