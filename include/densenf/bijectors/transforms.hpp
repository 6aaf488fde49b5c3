#pragma once

#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"

// What couplings do to the numbers that change, given raw numbers from a network. A transform is a type with
//
//   static constexpr Index parameters;                    // raw numbers for each one that changes
//   void declare(Builder&, Shape changed);                  // if it has parameters of its own
//   void forward_into(const Ctx&, const V& x, const V& raw, Where, LogProb, const V& z) const;
//   void inverse_into(const Ctx&, const V& z, const V& raw, Where, const V& x) const;
//
//   void solve_into(const Ctx&, const V& z, const V& raw, Where, const V& x) const;
//
// forward_into adds the log-determinant to the log-probability and is recorded; inverse_into is given
// contexts that only evaluate; solve_into does what it does and is recorded, which only flows need that are
// trained against the direction of their networks (InverseAutoregressive). Both leave pixels as they are for
// which where(pixel) is false, and write every number of their output.
namespace densenf {

/// How the raw numbers of a map's channels lie beside each other: both of a channel, or all of one kind and
/// then all of the other.
enum class RawOrder { scale_shift, shift_scale, scales_shifts, shifts_scales };

/// One of kernels::AffineMap.
template <class Map, RawOrder order = RawOrder::scale_shift>
struct AffineTransform {
  static constexpr Index parameters = Map::parameters;
  /// Whether a channel's raw numbers lie beside each other.
  static constexpr bool by_channel = order == RawOrder::scale_shift || order == RawOrder::shift_scale;

  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                           const V& z) {
    ops::affine_into(ctx, Map{}, where, x, raw, layout(x.c()), log_prob, z);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::affine_inverse_into(ctx, Map{}, where, z, raw, layout(x.c()), x);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void solve_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::affine_solve_into(ctx, Map{}, where, z, raw, layout(x.c()), x);
  }

  /// Where the raw numbers of so many channels lie.
  static constexpr kernels::AffineLayout layout([[maybe_unused]] Index channels) {
    if (!Map::scales) return kernels::AffineLayout::only_shifts();
    if (order == RawOrder::scales_shifts) return kernels::AffineLayout::scales_first(channels);
    if (order == RawOrder::shifts_scales) return kernels::AffineLayout::shifts_first(channels);
    return order == RawOrder::scale_shift ? kernels::AffineLayout::interleaved()
                                          : kernels::AffineLayout::interleaved_shifts_first();
  }
};

namespace detail {
/// Whether a transform takes the raw numbers of each channel beside each other; those that do not say it do.
template <class Transform>
inline constexpr bool by_channel = true;
template <class Transform>
requires requires { Transform::by_channel; }
inline constexpr bool by_channel<Transform> = Transform::by_channel;
}  // namespace detail

/// z = t + exp(2 tanh(s / 2)) x, with s0 t0 s1 t1 ... from the network: DenseFlow's.
struct AffineTanh2 : AffineTransform<kernels::AffineMap<kernels::Tanh2>> {};

/// z = (x + t) sigmoid(s + 2), with t0 s0 t1 s1 ... from the network: Glow's.
struct AffineSigmoid2 : AffineTransform<kernels::AffineMap<kernels::Sigmoid2, true>, RawOrder::shift_scale> {
};

/// z = (x + t) exp(a tanh(s)), with t0 t1 ... s0 s1 ... from the network and one learned number a, which
/// starts at `Start`: Real NVP's.
template <int Start>
class AffineLearnedTanh {
public:
  static constexpr Index parameters = 2;
  static std::string type_name() { return fmt::format("AffineLearnedTanh<{}>", Start); }

  void declare(Builder& b, Shape) { scale_ = b.vector("scale", {1}, Init::constant(Start)); }

  template <class Ctx, class Where, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                    const V& z) const {
    ops::affine_into(ctx, Map{}, where, x, bounded(ctx, raw), layout(x), log_prob, z);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) const {
    ops::affine_inverse_into(ctx, Map{}, where, z, bounded(ctx, raw), layout(x), x);
  }

private:
  using Map = kernels::AffineMap<kernels::AsGiven, true>;

  template <class V>
  static constexpr kernels::AffineLayout layout(const V& x) {
    return kernels::AffineLayout::shifts_first(x.c());
  }

  /// Shifts as they are, and a tanh(s).
  template <class Ctx, class V>
  V bounded(const Ctx& ctx, const V& raw) const {
    const Index half = raw.c() / 2;
    const V all = ctx.output_like(raw, raw.c());
    ops::copy_into(ctx, raw.channels(0, half), all.channels(0, half));
    ops::log_scale_into(ctx, raw.channels(half, half), ctx.parameter(scale_), all.channels(half, half));
    return all;
  }

  Param scale_;
};

/// z = t + sigmoid(s + 2) x, with t0 t1 ... s0 s1 ... from the network: MaCow's.
struct AffineShiftsSigmoid2
    : AffineTransform<kernels::AffineMap<kernels::Sigmoid2>, RawOrder::shifts_scales> {};

/// z = (x + t) 2 sigmoid(s), with t0 t1 ... s0 s1 ... from the network: Jet's.
struct AffineDoubledSigmoid
    : AffineTransform<kernels::AffineMap<kernels::DoubledSigmoid, true>, RawOrder::shifts_scales> {};

/// z = t + exp(2 tanh(s / 2)) x, with s0 s1 ... t0 t1 ... from the network.
struct AffineScalesTanh2 : AffineTransform<kernels::AffineMap<kernels::Tanh2>, RawOrder::scales_shifts> {};

/// Its inverse, z = (x - t) exp(-2 tanh(s / 2)), likewise.
struct StandardizingScalesTanh2
    : AffineTransform<kernels::StandardizingMap<kernels::Tanh2>, RawOrder::scales_shifts> {};

/// z = (x - t) exp(-s), with s0 s1 ... t0 t1 ... from the network: TarFlow's.
struct StandardizingScales
    : AffineTransform<kernels::StandardizingMap<kernels::AsGiven>, RawOrder::scales_shifts> {};

/// z = x - t: TarFlow's without scales.
struct Centering : AffineTransform<kernels::StandardizingMap<kernels::NoScale>> {};

/// z = t + softplus(s) x, with s0 t0 s1 t1 ... from the network.
struct AffineSoftplus : AffineTransform<kernels::AffineMap<kernels::SoftplusScale>> {};

/// z = t + exp(l) x with l = s / (1 + |s| / ln 1000), with t0 s0 t1 s1 ... from the network: zuko's.
struct AffineSoftClip : AffineTransform<kernels::AffineMap<kernels::SoftClip>, RawOrder::shift_scale> {};

/// z = x + t
struct Additive : AffineTransform<kernels::AffineMap<kernels::NoScale>> {};

}  // namespace densenf
