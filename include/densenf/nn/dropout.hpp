#pragma once

#include <ratio>

#include "densenf/core/parameters.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/ops/map.hpp"

namespace densenf::nn {

/// In training sets a number to 0 with probability `Rate`, which is a std::ratio, and divides the others by
/// the probability to be kept. In evaluation, and in inverses, it leaves all as they are.
template <class Rate>
class Dropout {
  static_assert(Rate::num >= 0 && Rate::num < Rate::den, "The rate of a Dropout is at least 0 and below 1.");

public:
  void declare(Builder& b) {
    if constexpr (Rate::num > 0) number_ = b.repeated_draw();
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    if constexpr (Rate::num == 0) {
      return x;
    } else {
      if (!ctx.training()) return x;
      constexpr double keep = 1 - static_cast<double>(Rate::num) / static_cast<double>(Rate::den);
      const V mask = without_tangent(ctx, [&](const auto& c) {
        const Var<typename Ctx::Scalar> drawn{c.tensor(x.n(), x.shape())};
        c.noise().uniform_again(c.device(), number_, c.pass().first_image, drawn.value);
        map_forward(c.device(), kernels::maps::KeptWithProbability{keep}, as_const(drawn.value), drawn.value);
        return drawn;
      });
      return ops::multiply(ctx, x, mask);
    }
  }

private:
  Index number_ = 0;
};

}  // namespace densenf::nn
