#include <cmath>
#include <densenf/densenf.hpp>

namespace ops = densenf::ops;

/// asinh(x), which brings far numbers near.
struct Asinh {
  template <class T>
  constexpr T value(T x) const {
    return std::asinh(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(1) / std::sqrt(T(1) + x * x);
  }
  /// log |dy/dx|
  template <class T>
  constexpr T log_derivative(T x) const {
    return T(-0.5) * std::log1p(x * x);
  }
  /// The derivative of log_derivative.
  template <class T>
  constexpr T log_derivative_slope(T x) const {
    return -x / (T(1) + x * x);
  }
};

/// An inverse is not differentiated: the value is all that it needs.
struct Sinh {
  template <class T>
  constexpr T value(T x) const {
    return std::sinh(x);
  }
};

/// y = s asinh(x) with a scale s = softplus(raw) for each channel, which is trained.
class Squash : public densenf::Bijector<Squash> {
public:
  void declare(densenf::Builder& b, densenf::Shape in) {
    raw_ = b.vector("raw", {in.c}, densenf::Init::constant(0.5));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, densenf::LogProb log_prob) const {
    const V scale = ops::softplus(ctx, ops::per_channel(ctx, ctx.parameter(raw_), x));
    // log |dy/dx| = log s + log |d asinh(x) / dx|, of which map adds the second.
    ops::add_to_log_prob(ctx, ops::log(ctx, scale), 1, log_prob);
    return ops::multiply(ctx, scale, ops::map(ctx, x, Asinh(), log_prob));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V log_scale = ops::log(ctx, ops::softplus(ctx, ops::per_channel(ctx, ctx.parameter(raw_), y)));
    const V one_over_scale = ops::exp(ctx, ops::scale_shift(ctx, log_scale, -1, 0));
    return ops::map(ctx, ops::multiply(ctx, y, one_over_scale), Sinh());
  }

private:
  densenf::Param raw_;
};
