#pragma once

#include <cmath>

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/ops/matrices.hpp"
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

namespace detail {
/// 1 / x for x above 0
template <class Context, class T>
Dual<T> reciprocal(const Tangents<Context>& ctx, const Dual<T>& x) {
  return elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return power(c, v, -1); },
      [&](const auto& c, const Var<T>& v) { return scale_shift(c, power(c, v, -2), -1, 0); });
}

/// The iterated pseudo-inverse of squares of which each column's sum is 1. `k` are their transposes.
template <class Context, class T>
Dual<T> pseudo_inverse(const Tangents<Context>& ctx, const Dual<T>& k) {
  const Index count = k.c();
  // It starts from the transpose over the largest sum of a row; the largest of a column is 1.
  const Dual<T> rows = scale_shift(ctx, run_means(ctx, k, 1), static_cast<double>(count), 0);
  const Dual<T> largest = total_channels(ctx, multiply(ctx, rows, mark_largest(ctx, rows)));
  Dual<T> v = multiply(ctx, k, spread_pixels(ctx, reciprocal(ctx, largest), k.value.h, k.value.w));
  for (int i = 0; i < kernels::nystrom::pseudo_inverse_steps; ++i) {
    // v (13 - p (15 - p (7 - p))) / 4, where p is the square times v
    const Dual<T> p = matrix_product(ctx, k, v, MatrixForm::first_transposed);
    Dual<T> inner = p;
    for (const double multiple : {7.0, 15.0}) {
      const Dual<T> product = matrix_product(ctx, p, inner);
      inner = add(ctx, scale_shift(ctx, p, multiple, 0), scale_shift(ctx, product, -1, 0));
    }
    const Dual<T> product = matrix_product(ctx, v, inner);
    v = add(ctx, scale_shift(ctx, v, 3.25, 0), scale_shift(ctx, product, -0.25, 0));
  }
  return v;
}
}  // namespace detail

/// The value is that of the operation; beside it the same is computed step by step, for the tangents' sake.
template <class Context, class T>
Dual<T> nystrom_attention(const Tangents<Context>& ctx, const Dual<T>& qkv) {
  const Var<T> out = ctx.value([&](const auto& c) { return nystrom_attention(c, qkv.primal()); });
  if (!qkv.moves()) return {out, {}};
  using kernels::nystrom::landmarks;
  constexpr auto turned = MatrixForm::second_transposed;
  const Index e = qkv.c() / 3;
  const Dual<T> rows = planes_as_pixels(ctx, qkv);
  const Dual<T> q = rows.channels(0, e), k = rows.channels(e, e), v = rows.channels(2 * e, e);
  const double scale = 1 / std::sqrt(static_cast<double>(q.value.h * q.value.w));
  const Dual<T> of_q = scale_shift(ctx, run_means(ctx, q, landmarks), scale, 0),
                of_k = scale_shift(ctx, run_means(ctx, k, landmarks), scale, 0);
  const Dual<T> k1 = softmax(ctx, matrix_product(ctx, of_k, q, turned)),
                k2 = softmax(ctx, matrix_product(ctx, of_k, of_q, turned)),
                k3 = softmax(ctx, matrix_product(ctx, k, of_q, turned));
  const Dual<T> seen = matrix_product(ctx, k3, v, MatrixForm::first_transposed);
  const Dual<T> mix = matrix_product(ctx, detail::pseudo_inverse(ctx, k2), seen);
  const auto& c = ctx.plain();
  const Var<T> found = detail::product_tangent(ctx, k1, mix, MatrixForm::first_transposed, v.shape());
  return {out, pixels_as_planes(c, add(c, found, v.tangent))};
}

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

/// With scores s = q k' and p = softmax(s) it is p v; so the tangent is dp v + p dv, where dp is that of p
/// for ds = dq k' + q dk'. Each head's p is kept, and all keys and values are looked at.
template <class Context, class T>
Dual<T> softmax_attention(const Tangents<Context>& ctx, const Dual<T>& q, const Dual<T>& k, const Dual<T>& v,
                          Index heads, AttentionMask mask) {
  const Var<T> out = ctx.value(
      [&](const auto& c) { return softmax_attention(c, q.primal(), k.primal(), v.primal(), heads, mask); });
  if (!q.moves() && !k.moves() && !v.moves()) return {out, {}};
  const Index e = q.c() / heads, found = v.c() / heads;
  const auto& c = ctx.plain();
  const Var<T> tangent = c.output_like(q.primal(), v.c());
  for (Index head = 0; head < heads; ++head) {
    const Dual<T> scores =
        matrix_product(ctx, q.channels(head * e, e), k.channels(head * e, e), MatrixForm::second_transposed);
    const Dual<T> p = softmax(ctx, scale_shift(ctx, scores, 1 / std::sqrt(static_cast<double>(e)), 0), mask);
    const Dual<T> values = v.channels(head * found, found);
    copy_into(c, detail::product_tangent(ctx, p, values, MatrixForm::plain, {found, q.value.h, q.value.w}),
              tangent.channels(head * found, found));
  }
  return {out, tangent};
}

/// The same where every pixel sees all others.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads) {
  return softmax_attention(ctx, q, k, v, heads, AttentionMask{});
}

}  // namespace densenf::ops
