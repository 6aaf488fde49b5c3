#pragma once

#include "densenf/autodiff/context.hpp"

namespace densenf {

/// n images of shape `s` that are 0 but for number i of each, channels last, which is 1. What a Jacobian
/// makes of all of them are its columns.
template <class Ctx, class V = typename Ctx::Value>
V unit_images(const Ctx& ctx, Index n, const Shape& s, Index i) {
  using T = typename Ctx::Scalar;
  const V one{ctx.tensor(n, s)};
  fill_zero(ctx.device(), one.value);
  const Tensor<T> number{one.value.data + i, n, 1, 1, 1, s.size()};
  scale_shift(ctx.device(), as_const(number), T(0), T(1), number);
  return one;
}

}  // namespace densenf
