#pragma once

#include <cstddef>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/kernels/whitening_matrix.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/normalization.hpp"

namespace densenf {

/// z = M (x - mean) for each pixel, with the symmetric M = (covariance + 0.01 I)^(-1/2) of the data that
/// Flow::initialize is given: uncorrelated channels. Mean and M are state: saved and not trained. The
/// determinant counts. It is found, with M's inverse, once for each M. Starts as the identity.
class Whitening : public Bijector<Whitening> {
public:
  /// What the smallest variances are raised by, so that noise does not grow without bound.
  static constexpr double floor = 1e-2;

  void declare(Builder& b, Shape in) {
    mean_ = b.state("mean", {in.c}, Init::zeros());
    matrix_ = b.invertible_state("matrix", in.c, Init::near_identity(0));
    initialized_ = b.starts_from_data("initialized", {}, {mean_, matrix_.weight});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    if (!is_zero(ctx.device(), ctx.state(initialized_))) return;
    if (x.value.pixels() < 2) {
      throw ShapeError("Whitening starts from the covariance of at least two pixels, not {}.",
                       x.value.pixels());
    }
    const Index channels = x.c();
    Tensor<const T> pixels = as_const(x.value);  // as if of one image
    pixels.n = pixels.w = 1;
    pixels.h = x.value.pixels();
    std::vector<double> numbers(static_cast<std::size_t>(pixels.size()));
    to_nchw(ctx.device(), pixels, numbers.data());
    std::vector<double> mean(static_cast<std::size_t>(channels)), matrix(mean.size() * mean.size());
    detail::whiten(numbers.data(), channels, pixels.h, floor, mean.data(), matrix.data());
    const auto give = [&](const double* from, Index count, T* to) {
      from_nchw(ctx.device(), from, make_tensor(to, 1, Shape{count, 1, 1}));
    };
    const double done = 1;
    give(mean.data(), channels, ctx.start_state(mean_));
    give(matrix.data(), channels * channels, ctx.start_state(matrix_.weight));
    give(&done, 1, ctx.start_state(initialized_));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const double pixels = static_cast<double>(x.shape().pixels());
    add_to_each(ctx.device(), pixels, ctx.inverted_state(matrix_).log_det, x.n(), log_prob.value);
    const V centered = ops::actnorm(ctx, x, ctx.state_value(mean_), no_scale(ctx, x.c()), log_prob);
    return ops::conv(ctx, centered, {ctx.state_value(matrix_.weight)});
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V centered = ctx.output_like(z, z.c());
    ops::detail::multiply_pixels(ctx.scratch(), as_const(z.value), ctx.inverted_state(matrix_).inverse,
                                 centered.value);
    return ops::actnorm_inverse(ctx, centered, ctx.state_value(mean_), no_scale(ctx, z.c()));
  }

private:
  /// Of which exp is 1.
  template <class Ctx>
  static auto no_scale(const Ctx& ctx, Index channels) {
    const typename Ctx::Value zeros{ctx.tensor(1, {channels, 1, 1})};
    fill_zero(ctx.device(), zeros.value);
    return zeros;
  }

  Param mean_, initialized_;
  InvertibleMatrix matrix_;
};

}  // namespace densenf
