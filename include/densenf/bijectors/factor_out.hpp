#pragma once

#include <ratio>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/distributions/normal.hpp"

namespace densenf {

using Half = std::ratio<1, 2>;

/// The share `Keep` of the channels stays, the first ones; the others leave the flow under a distribution,
/// the prior, which may be conditional on the channels that stay, and on the flow's context if it takes one.
/// The inverse takes the channels that were kept by encode, or draws them anew. The prior's parameters are
/// named below "prior", or the name that Named<name, Prior> gives them.
template <class Prior = StandardNormal, class Keep = Half>
class FactorOut : public Bijector<FactorOut<Prior, Keep>> {
  static_assert(Keep::num > 0 && Keep::num < Keep::den,
                "The share of the channels that FactorOut keeps is between 0 and 1.");

public:
  static constexpr Kind kind = Kind::surjection;
  static constexpr bool takes_context = Prior::takes_context;

  static std::string type_name() { return fmt::format("FactorOut<{}>", detail::type_name_of<Prior>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % Keep::den != 0) {
      if (Keep::den == 2) shape_mismatch("FactorOut needs an even number of channels.", in);
      shape_mismatch("The share of the channels that FactorOut keeps must be a whole number of them.", in);
    }
    const Shape out{kept_of(in.c), in.h, in.w};
    if constexpr (requires { Prior::require(in, in.c); }) Prior::require({in.c - out.c, in.h, in.w}, out.c);
    return out;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c / Keep::num * Keep::den, out.h, out.w}; }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(detail::scope_name_of<Prior>("prior"));
    const Index kept = kept_of(in.c);
    prior_.declare(b, {in.c - kept, in.h, in.w}, kept);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    const Index kept = kept_of(x.c());
    const V stays = x.channels(0, kept), leaving = x.channels(kept, x.c() - kept);
    add_density(ctx, leaving, log_prob, stays, context...);
    if (auto* latents = ctx.pass().latents) {
      if (double* density = latents->log_density(x.n())) {
        add_density(ctx.evaluating(), V{leaving.value}, {density, nullptr}, V{stays.value},
                    V{context.value}...);
      }
      latents->keep(as_const(leaving.value));
    }
    return stays;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, const V& z, const Context&... context) const {
    const Index all = this->input().c;
    const V x = ctx.output_like(z, all);
    ops::copy_into(ctx, z, x.channels(0, z.c()));
    const V other = x.channels(z.c(), all - z.c());
    if (auto* kept = ctx.pass().kept) {
      kept->take(other.value);
    } else {
      detail::evaluate_to(ctx, other.value, [&](const auto& c) {
        return prior_.sample(c, z.n(), c.pass().temperature, z, context...);
      });
    }
    return x;
  }

  const Prior& prior() const { return prior_; }

private:
  static constexpr Index kept_of(Index channels) { return channels / Keep::den * Keep::num; }

  template <class Ctx, class V, class... Given>
  void add_density(const Ctx& ctx, const V& leaving, LogProb log_prob, const Given&... given) const {
    if constexpr (Ctx::records) {
      prior_.log_prob(ctx, leaving, 1, log_prob, given...);
    } else {
      const auto mark = ctx.memory().mark();
      prior_.log_prob(ctx, leaving, 1, log_prob, given...);
      ctx.memory().release(mark);
    }
  }

  Prior prior_;
};

/// What stands between the scales of DenseFlow.
using Transition = Compose<Squeeze, FactorOut<>>;

}  // namespace densenf
