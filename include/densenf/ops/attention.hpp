#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/nystrom.hpp"

namespace densenf::ops {

/// Nystrom attention with four landmarks over (N, H, W, 3E) queries, keys and values, as the published
/// checkpoints have it. H W must be a multiple of 4 (kernels::nystrom::require). Returns (N, H, W, E).
template <class Ctx, class V = typename Ctx::Value>
V nystrom_attention(const Ctx& ctx, const V& qkv) {
  using T = typename Ctx::Scalar;
  kernels::nystrom::require(qkv.shape());
  const Index embed = qkv.c() / 3;
  if (qkv.c() % 3 != 0)
    shape_mismatch("Attention takes queries, keys and values of as many channels each.", qkv.shape());
  const V out = ctx.output_like(qkv, embed);
  T* memory = ctx.memory().template allocate<T>(qkv.value.size());
  nystrom_forward(ctx.device(), as_const(qkv.value), memory, out.value,
                  ctx.scratch().lend(nystrom_forward_scratch_bytes(ctx.device(), as_const(qkv.value))));
  if (qkv.gradient == nullptr) return out;
  ctx.record([=](auto& c) {
    const Tensor<T> dout = c.gradient(out);
    const auto dqkv = c.gradient_target(qkv);
    nystrom_backward(c.device(), static_cast<const T*>(memory), as_const(dout), dqkv.tensor, dqkv.write,
                     c.scratch().lend(nystrom_backward_scratch_bytes(c.device(), as_const(dout))));
  });
  return out;
}

}  // namespace densenf::ops
