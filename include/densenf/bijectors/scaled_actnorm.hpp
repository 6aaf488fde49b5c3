#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/act_norm.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// z = (x + bias) exp(3 logs) per channel: Glow's ActNorm, of which nn::ActNorm has the parameters and their
/// start from data.
class ScaledActNorm : public Bijector<ScaledActNorm> {
public:
  void declare(Builder& b, Shape in) { norm_.declare(b, in.c); }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    norm_.start(ctx, x);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, norm_.shift(ctx), norm_.log_scale(ctx), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::actnorm_inverse(ctx, z, norm_.shift(ctx), norm_.log_scale(ctx));
  }

private:
  nn::ActNorm norm_;
};

}  // namespace densenf
