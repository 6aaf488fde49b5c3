#pragma once

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/ops/sizes.hpp"

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
  // Of all pixels with the landmarks: scores, the landmarks' scores and values, and what comes of them.
  ctx.count_products(4.0 * static_cast<double>(qkv.value.pixels() * kernels::nystrom::landmarks * embed));
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

using kernels::AttentionMask;

/// Softmax attention with `heads` heads of every pixel of q to the pixels of k that `mask` lets it see, where
/// v is what is looked at: out = softmax(q k^T / sqrt(E)) v for each head, which has E of the channels of q
/// and k, one head's behind the other's, and likewise of v. k and v have the same pixels. Returns the
/// channels of v at the pixels of q. Keeps one number for each head and query; a key or value that no query
/// sees need not be written.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads, AttentionMask mask) {
  using T = typename Ctx::Scalar;
  if (heads < 1 || q.c() % heads != 0 || v.c() % heads != 0)
    throw ShapeError("Attention divides {} and {} channels among its heads, which are not {}.", q.c(), v.c(),
                     heads);
  require_batch("The keys of an attention", k.value, q.n(), {q.c(), k.value.h, k.value.w});
  require_batch("The values of an attention", v.value, q.n(), {v.c(), k.value.h, k.value.w});
  const Index queries = q.value.h * q.value.w, keys = k.value.h * k.value.w;
  if (!mask.fits(queries, keys)) {
    throw ShapeError("{} queries from place {} on do not stand at places of {} keys.", queries, mask.first,
                     keys);
  }
  ctx.count_products(static_cast<double>(q.n() * mask.seen(queries, keys)) *
                     static_cast<double>(q.c() + v.c()));
  const V out = ctx.output_like(q, v.c());
  T* log_sums = ctx.memory().template allocate<T>(heads * q.value.pixels());
  softmax_attention_forward(
      ctx.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads, mask, log_sums, out.value,
      ctx.scratch().lend(softmax_attention_forward_scratch_bytes(
          ctx.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads)));
  ctx.record([=](auto& c) {
    const auto dout = as_const(c.gradient(out));
    const Tensor<T> dq = c.gradient_or_unused(q), dk = c.gradient_or_unused(k), dv = c.gradient_or_unused(v);
    softmax_attention_backward(
        c.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads, mask,
        static_cast<const T*>(log_sums), as_const(out.value), dout, dq, dk, dv,
        c.scratch().lend(softmax_attention_backward_scratch_bytes(
            c.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads)));
  });
  return out;
}

/// The same where every pixel sees all others.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads) {
  return softmax_attention(ctx, q, k, v, heads, AttentionMask{});
}

}  // namespace densenf::ops
