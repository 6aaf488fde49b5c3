#pragma once

#include "densenf/nn/started_conv.hpp"

namespace densenf::nn {

/// conv 3x3 -> ELU -> conv 1x1 -> ELU -> conv 3x3, all of them StartedConv, the last of which starts at zero:
/// MaCow's coupling network.
template <int Width>
class EluNetwork {
  static_assert(Width > 0, "An EluNetwork has a positive width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    first_.declare(b, "conv1", in, Width, 3, 3);
    second_.declare(b, "conv2", Width, Width, 1, 1);
    last_.declare(b, "conv3", Width, out, 3, 3, StartedConv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V h = first_.forward(ctx, x, Activation::elu);
    return last_.forward(ctx, second_.forward(ctx, h, Activation::elu));
  }

private:
  StartedConv first_, second_, last_;
};

}  // namespace densenf::nn
