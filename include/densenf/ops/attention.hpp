#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/ops/sizes.hpp"

namespace densenf::ops {

/// Nystrom attention with four landmarks over (N, H, W, 3E) queries, keys and values, as the published
/// checkpoints have it. H W must be a multiple of 4 (kernels::nystrom::require). Returns (N, H, W, E).
template <class Ctx, class V = typename Ctx::Value>
V nystrom_attention(const Ctx& ctx, const V& qkv) {
  using T = typename Ctx::Scalar;
  kernels::nystrom::require(qkv.shape());
  const Index pixels = qkv.value.h * qkv.value.w, embed = qkv.c() / 3;
  if (qkv.c() % 3 != 0)
    shape_mismatch("Attention takes queries, keys and values of as many channels each.", qkv.shape());
  const V out = ctx.output_like(qkv, embed);
  T* memory = ctx.memory().template allocate<T>(qkv.value.size());
  {
    const auto scope = ctx.scratch().scope();
    T* scratch =
        ctx.scratch().template allocate<T>(qkv.n() * nystrom_forward_scratch(ctx.device(), pixels, embed));
    nystrom_forward(ctx.device(), as_const(qkv.value), memory, scratch, out.value);
  }
  if (qkv.gradient == nullptr) return out;
  ctx.record([=](auto& c) {
    const Tensor<T> dout = c.gradient(out);
    const auto dqkv = c.gradient_target(qkv);
    const auto scope = c.scratch().scope();
    T* work = c.scratch().template allocate<T>(qkv.n() * nystrom_backward_scratch(c.device(), pixels, embed));
    nystrom_backward(c.device(), static_cast<const T*>(memory), as_const(dout), work, dqkv.tensor,
                     dqkv.write);
  });
  return out;
}

/// Softmax attention with `heads` heads of every pixel of q to all pixels of k, where v is what is looked at:
/// out = softmax(q k^T / sqrt(E)) v for each head, which has E of the channels of q and k, one head's behind
/// the other's, and likewise of v. k and v have the same pixels. Returns the channels of v at the pixels of
/// q.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads) {
  using T = typename Ctx::Scalar;
  if (heads < 1 || q.c() % heads != 0 || v.c() % heads != 0)
    throw ShapeError("Attention divides {} and {} channels among its heads, which are not {}.", q.c(), v.c(),
                     heads);
  require_batch("The keys of an attention", k.value, q.n(), {q.c(), k.value.h, k.value.w});
  require_batch("The values of an attention", v.value, q.n(), {v.c(), k.value.h, k.value.w});
  const Index queries = q.value.h * q.value.w, keys = k.value.h * k.value.w, tasks = q.n() * heads;
  const auto scratch_size = [=](const auto& device) {
    return tasks * softmax_attention_scratch(device, queries, keys, q.c() / heads, v.c() / heads);
  };
  const V out = ctx.output_like(q, v.c());
  T* log_sums = ctx.memory().template allocate<T>(tasks * queries);
  {
    const auto scope = ctx.scratch().scope();
    T* scratch = ctx.scratch().template allocate<T>(scratch_size(ctx.device()));
    softmax_attention_forward(ctx.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads,
                              scratch, log_sums, out.value);
  }
  ctx.record([=](auto& c) {
    const auto dout = as_const(c.gradient(out));
    const Tensor<T> dq = c.gradient_or_unused(q), dk = c.gradient_or_unused(k), dv = c.gradient_or_unused(v);
    const auto scope = c.scratch().scope();
    T* scratch = c.scratch().template allocate<T>(scratch_size(c.device()));
    T* deltas = c.scratch().template allocate<T>(tasks * queries);
    softmax_attention_backward(c.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads,
                               static_cast<const T*>(log_sums), as_const(out.value), dout, scratch, deltas,
                               dq, dk, dv);
  });
  return out;
}

}  // namespace densenf::ops
