#pragma once

#include <string>

#include "densenf/ops/mixture.hpp"

namespace densenf {

/// What Flow++'s couplings do to the numbers that change (see bijectors/transforms.hpp): z = t + exp(tanh(s))
/// logit F(x), where F is the distribution function of a mixture of `Components` logistic distributions. The
/// network makes for each number s, t, the logits of the weights, the means and the logarithms of the scales,
/// which do not count below -7. Maps all numbers onto all numbers.
///
/// Squashed, as VFlow has it, F is 0.05 + 0.9 F: z is within 8.1 of t. What of the base distribution is
/// further away stands for no x; a sample of it becomes the x where F is 1e-5 or 1 - 1e-5.
template <int Components, bool Squashed = false>
struct LogisticMixture {
  static_assert(Components > 0 && Components <= kernels::MixtureMap::most_components,
                "A LogisticMixture has 1 to 64 components.");
  static std::string type_name() {
    return fmt::format("{}<{}>", Squashed ? "SquashedMixture" : "LogisticMixture", Components);
  }
  static constexpr kernels::MixtureMap map{Components, Squashed};
  static constexpr Index parameters = map.parameters();

  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                           const V& z) {
    ops::mixture_into(ctx, map, where, x, raw, log_prob, z);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::mixture_inverse_into(ctx, map, where, z, raw, x);
  }
};

template <int Components>
using SquashedMixture = LogisticMixture<Components, true>;

}  // namespace densenf
