#include <densenf/bijectors/autoregressive.hpp>
#include <densenf/densenf.hpp>
#include <utility>

namespace ops = densenf::ops;

/// y = t + exp(tanh(s)) x, with the raw numbers s0 t0 s1 t1 ... of a masked network.
class TanhScale {
public:
  static constexpr densenf::Index parameters = 2;

  template <class Ctx, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& raw, densenf::kernels::Everywhere,
                           densenf::LogProb log_prob, const V& y) {
    const auto [log_scale, shift] = parts(ctx, raw);
    ops::add_to_log_prob(ctx, log_scale, 1, log_prob);
    const V scaled = ops::multiply(ctx, ops::exp(ctx, log_scale), x);
    ops::copy_into(ctx, ops::add(ctx, scaled, shift), y);
  }

  /// Back, and differentiable: an InverseAutoregressive is trained through it.
  template <class Ctx, class V = typename Ctx::Value>
  static void solve_into(const Ctx& ctx, const V& y, const V& raw, densenf::kernels::Everywhere, const V& x) {
    const auto [log_scale, shift] = parts(ctx, raw);
    const V one_over_scale = ops::exp(ctx, ops::scale_shift(ctx, log_scale, -1, 0));
    const V moved = ops::add(ctx, y, ops::scale_shift(ctx, shift, -1, 0));
    ops::copy_into(ctx, ops::multiply(ctx, moved, one_over_scale), x);
  }

  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& y, const V& raw, Where where, const V& x) {
    solve_into(ctx, y, raw, where, x);
  }

private:
  /// tanh(s), and t.
  template <class Ctx, class V>
  static std::pair<V, V> parts(const Ctx& ctx, const V& raw) {
    const V apart = ops::deal_channels(ctx, raw, 2);  // s0 s1 ... t0 t1 ...
    const densenf::Index half = raw.c() / 2;
    return {ops::tanh(ctx, apart.channels(0, half)), apart.channels(half, half)};
  }
};

using FastDensity = densenf::MaskedAutoregressive<TanhScale, densenf::nn::Made<16>>;
using FastSampling = densenf::InverseAutoregressive<TanhScale, densenf::nn::Made<16>>;
