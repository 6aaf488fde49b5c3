#pragma once

#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/matrix_form.hpp"
#include "densenf/ops/totals.hpp"

// Images as matrices, with a row for each pixel and a column for each channel: products of them, and what
// attention is made of where its tangents are wanted.
namespace densenf::ops {

using kernels::AttentionMask;
using kernels::MatrixForm;

namespace detail {
/// Rows and columns of a product, as an image of one column of pixels.
inline Shape product_shape(Index rows_a, Index columns_a, Index rows_b, Index columns_b, MatrixForm form) {
  const bool turns_a = form == MatrixForm::first_transposed, turns_b = form == MatrixForm::second_transposed;
  if ((turns_a ? rows_a : columns_a) != (turns_b ? columns_b : rows_b))
    throw ShapeError("Matrices of {} x {} and {} x {} numbers have no such product.", rows_a, columns_a,
                     rows_b, columns_b);
  return {turns_b ? rows_b : columns_b, turns_a ? columns_a : rows_a, 1};
}
template <class V>
Shape product_shape(const V& a, const V& b, MatrixForm form) {
  return product_shape(a.value.h * a.value.w, a.c(), b.value.h * b.value.w, b.c(), form);
}
}  // namespace detail

/// y = a b, a b' or a' b for each image of a and that of b; y has a pixel for each row, and a channel for
/// each column. Throws ShapeError where rows and columns do not meet.
template <class Ctx, class V = typename Ctx::Value>
void matrix_product_into(const Ctx& ctx, const V& a, const V& b, MatrixForm form, const V& y) {
  const Shape s = detail::product_shape(a, b, form);
  require_batch("The second factor of a product", b.value, a.n(), b.shape());
  const Shape place = y.value.h * y.value.w == s.h ? Shape{s.c, y.value.h, y.value.w} : s;
  require_batch("The place of a product", y.value, a.n(), place);
  const Index inner = form == MatrixForm::first_transposed ? a.value.h * a.value.w : a.c();
  ctx.count_products(static_cast<double>(y.value.size()) * static_cast<double>(inner));
  multiply_matrices(ctx.device(), as_const(a.value), as_const(b.value), form, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y)), left = as_const(a.value), right = as_const(b.value);
    const auto adjoint = [&](const V& to, const auto& first, const auto& second, MatrixForm how) {
      if (to.gradient == nullptr) return;
      const auto d = c.gradient_target(to);
      multiply_matrices(c.device(), first, second, how, d.tensor, d.write);
    };
    if (form == MatrixForm::plain) {
      adjoint(a, dy, right, MatrixForm::second_transposed);
      adjoint(b, left, dy, MatrixForm::first_transposed);
    } else if (form == MatrixForm::second_transposed) {
      adjoint(a, dy, right, MatrixForm::plain);
      adjoint(b, dy, left, MatrixForm::first_transposed);
    } else {
      adjoint(a, right, dy, MatrixForm::second_transposed);
      adjoint(b, left, dy, MatrixForm::plain);
    }
  });
}

/// The same, with rows as pixels below each other.
template <class Ctx, class V = typename Ctx::Value>
V matrix_product(const Ctx& ctx, const V& a, const V& b, MatrixForm form = MatrixForm::plain) {
  const V y = ctx.output(a.n(), detail::product_shape(a, b, form));
  matrix_product_into(ctx, a, b, form, y);
  return y;
}

namespace detail {
/// The tangent of a product in this shape; 0 where neither factor has one.
template <class Context, class T>
Var<T> product_tangent(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b, MatrixForm form,
                       const Shape& shape) {
  const auto& c = ctx.plain();
  const auto product = [&](const Var<T>& left, const Var<T>& right) {
    const Var<T> y = c.output(a.n(), shape);
    matrix_product_into(c, left, right, form, y);
    return y;
  };
  if (!b.moves()) return a.moves() ? product(a.tangent, b.primal()) : Var<T>{};
  const Var<T> second = product(a.primal(), b.tangent);
  return a.moves() ? add(c, product(a.tangent, b.primal()), second) : second;
}
}  // namespace detail

template <class Context, class T>
void matrix_product_into(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b, MatrixForm form,
                         const Dual<T>& y) {
  ctx.compute([&](const auto& c) { matrix_product_into(c, a.primal(), b.primal(), form, y.primal()); });
  detail::put_tangent(ctx, detail::product_tangent(ctx, a, b, form, y.shape()), y);
}

template <class Context, class T>
Dual<T> matrix_product(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b,
                       MatrixForm form = MatrixForm::plain) {
  const Var<T> y = ctx.value([&](const auto& c) { return matrix_product(c, a.primal(), b.primal(), form); });
  return {y, detail::product_tangent(ctx, a, b, form, y.shape())};
}

/// exp(x) over the sum of it over the channels of the pixel: of those that `mask` lets the pixel see, as a
/// query sees keys, and 0 elsewhere.
template <class Ctx, class V = typename Ctx::Value>
V softmax(const Ctx& ctx, const V& x, AttentionMask mask = {}) {
  const Index rows = x.value.h * x.value.w;
  if (!mask.fits(rows, x.c()))
    throw ShapeError("{} queries from place {} on do not stand at places of {} keys.", rows, mask.first,
                     x.c());
  const V y = ctx.output_like(x, x.c());
  softmax_forward(ctx.device(), as_const(x.value), mask, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    softmax_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

/// With y = softmax(x) and a tangent t of x: y t - y (the sum of y t).
template <class Context, class T>
Dual<T> softmax(const Tangents<Context>& ctx, const Dual<T>& x, AttentionMask mask = {}) {
  const Var<T> y = ctx.value([&](const auto& c) { return softmax(c, x.primal(), mask); });
  if (!x.moves()) return {y, {}};
  const auto& c = ctx.plain();
  const Var<T> weighed = multiply(c, y, x.tangent);
  return {y, detail::difference(c, weighed, multiply(c, y, total_channels(c, weighed)))};
}

/// 1 at the largest channel of each pixel, the first of those as large, and 0 elsewhere: a constant wherever
/// it has a derivative. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V mark_largest(const Ctx& ctx, const V& x) {
  const V y{ctx.tensor(x.n(), x.shape())};
  mark_largest(ctx.device(), as_const(x.value), y.value);
  return y;
}

template <class Context, class T>
Dual<T> mark_largest(const Tangents<Context>& ctx, const Dual<T>& x) {
  return {ctx.value([&](const auto& c) { return mark_largest(c, x.primal()); }), {}};
}

/// The means of `runs` stretches of each image's pixels, equally long (else ShapeError), below each other.
template <class Ctx, class V = typename Ctx::Value>
V run_means(const Ctx& ctx, const V& x, Index runs) {
  using T = typename Ctx::Scalar;
  const Index pixels = x.value.h * x.value.w;
  if (runs < 1 || pixels % runs != 0)
    throw ShapeError("{} pixels are not {} runs of as many each.", pixels, runs);
  const T scale = T(1) / static_cast<T>(pixels / runs);
  const auto of_runs = [=](const auto& t) {
    auto view = t;
    view.n = t.n * runs;
    view.h = t.h * t.w / runs;
    view.w = 1;
    return view;
  };
  const V y = ctx.output(x.n(), {x.c(), runs, 1});
  fill_zero(ctx.device(), y.value);
  sum_pixels(ctx.device(), of_runs(as_const(x.value)), of_runs(y.value));
  scale_shift(ctx.device(), as_const(y.value), scale, T(0), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const Tensor<T> dx = c.gradient(x);
    const auto scope = c.memory().scope();
    const Tensor<T> spread = c.tensor(x.n(), x.shape());
    spread_pixels(c.device(), of_runs(dy), of_runs(spread));
    accumulate_scaled(c.device(), as_const(spread), scale, dx);
  });
  return y;
}

template <class Context, class T>
Dual<T> run_means(const Tangents<Context>& ctx, const Dual<T>& x, Index runs) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return run_means(c, v, runs); });
}

/// Each image's numbers in C, H, W order, read as if they were in H, W, C order, as a checkpoint may have it.
template <class Ctx, class V = typename Ctx::Value>
V planes_as_pixels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  planes_as_pixels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    pixels_as_planes(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> planes_as_pixels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return planes_as_pixels(c, v); });
}

/// The inverse of planes_as_pixels.
template <class Ctx, class V = typename Ctx::Value>
V pixels_as_planes(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  pixels_as_planes(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    planes_as_pixels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> pixels_as_planes(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return pixels_as_planes(c, v); });
}

}  // namespace densenf::ops
