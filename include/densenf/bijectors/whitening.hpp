#pragma once

#include <Eigen/Eigenvalues>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
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
    const Index channels = x.c(), per_image = x.value.h * x.value.w;
    std::vector<double> numbers(static_cast<std::size_t>(x.value.size()));
    to_nchw(ctx.device(), as_const(x.value), numbers.data());
    Eigen::MatrixXd data(channels, x.value.pixels());
    for (Index n = 0; n < x.n(); ++n) {
      data.middleCols(n * per_image, per_image) =
          Eigen::Map<const Eigen::MatrixXd>(numbers.data() + n * channels * per_image, per_image, channels)
              .transpose();
    }
    const Eigen::VectorXd mean = data.rowwise().mean();
    data.colwise() -= mean;
    const Eigen::MatrixXd covariance = data * data.transpose() / static_cast<double>(data.cols());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const Eigen::MatrixXd matrix = solver.eigenvectors() *
                                   (solver.eigenvalues().array() + floor).rsqrt().matrix().asDiagonal() *
                                   solver.eigenvectors().transpose();
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
