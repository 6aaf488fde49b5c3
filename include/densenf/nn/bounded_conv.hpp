#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "densenf/autodiff/unit_images.hpp"
#include "densenf/core/noise_key.hpp"
#include "densenf/kernels/norm_order.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/ops/bounded.hpp"

namespace densenf::nn {

/// How a layer's operator norm is bounded.
struct NormBound {
  int percent = 98;  ///< the ceiling: a larger norm is brought down to it, a smaller one stays
  /// Power iterations in each training pass, before the norm is measured.
  int iterations = 5;
  /// Of 3x3 kernels, added to what weights are divided by, in millionths.
  int margin = 0;

  constexpr double ceiling() const { return percent / 100.0; }
};

/// A convolution, 1x1 or 3x3 with zero padding, whose norm as a map of images of one shape is at most a
/// ceiling (i-ResNet, ICML 2019; Residual Flow, NeurIPS 2019): from the root of the sum of squares to the
/// same, or from one l_p norm of all numbers of an image to another. The vectors u and v by which the norm is
/// measured, as <u, W v>, are images, kept in the state: so it is the norm of the convolution itself, not
/// that of its weights as a matrix. Training passes improve them. After Flow::settle they are exact for norms
/// of order 2, and where the first order is 1 or the second infinity (and images are at least as large as the
/// kernel, else the bound is lower than need be); for other orders they are the best of a search from the
/// last and ten random vectors, which finds a largest <u, W v> in its neighborhood.
class BoundedConv {
public:
  /// For images of shape `in`, from the l_`from` norm to the l_`to` norm. Throws as Conv does; ArgumentError
  /// for a ceiling that is not between 0 and 100 %, and for an order below 1.
  void declare(Builder& b, std::string_view name, const Shape& in, Index c_out, int side, NormBound bound,
               NormOrder from = {}, NormOrder to = {}) {
    kernels::detail::check_kernel(side);
    detail::check_channels(in.c, c_out);
    if (bound.percent < 1 || bound.percent > 99 || bound.iterations < 0)
      throw ArgumentError("A norm is bounded by 1 to 99 %, with 0 or more iterations, not by {} % with {}.",
                          bound.percent, bound.iterations);
    from.validate();
    to.validate();
    const auto scope = b.scope(name);
    const Init init = Init::uniform(1 / std::sqrt(static_cast<double>(in.c * side * side)));
    if (side == 1)
      weight_ = b.weight("weight", {c_out, in.c}, init);
    else
      weight_ = b.weight("weight", {c_out, in.c, side, side}, init);
    bias_ = b.vector("bias", {c_out}, init);
    kernel_ = side;
    bound_ = bound;
    from_ = from;
    to_ = to;
    // A 1x1 kernel does the same at each pixel: one is enough, unless the sum over pixels is of a lower order
    // behind it than before. Where the norm is that of one row or column of W, the taps of a kernel are
    // enough.
    const double one_over_from = 1 / from.value(), one_over_to = 1 / to.value();
    if (side == 1 && one_over_to <= one_over_from)
      in_ = {in.c, 1, 1};
    else if (of_one_line())
      in_ = {in.c, side, side};
    else
      in_ = in;
    out_ = {c_out, in_.h, in_.w};
    u_ = b.state_image("u", out_, Init::normal(1 / std::sqrt(static_cast<double>(out_.size()))));
    v_ = b.state_image("v", in_, Init::normal(1 / std::sqrt(static_cast<double>(in_.size()))));
    b.settles();
  }

  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> filter(const Ctx& ctx) const {
    return {without_tangent(ctx, [this](const auto& c) { return this->weight(c); }), ctx.parameter(bias_),
            kernel_};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return ops::conv(ctx, x, filter(ctx));
  }

  /// Brings u and v to where more iterations change the norm by less than 1e-6 of it, for the pass's next
  /// state, and leaves them as they are if they are there; or `iterations` nearer to it, if these are not 0.
  /// Throws ConvergenceError where they do not get there.
  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    using T = typename Ctx::Scalar;
    const auto scope = ctx.memory().scope();
    const Vectors<T> at = vectors_to_improve(ctx);
    if (iterations > 0) {
      improve_until_at_rest(ctx, at, iterations, 0);
      return keep(ctx, at);
    }
    if (of_one_line()) {
      find_line(ctx, at);
      return keep(ctx, at);
    }
    const Vectors<T> best = vectors_to_improve(ctx);
    double norm = norm_seen(ctx, best);
    const auto search = [&](double before) {
      const double found = improve_until_at_rest(ctx, at, 0, before);
      if (!(found > norm * (1 + rest))) return;
      norm = found;
      take(ctx, at, best);
    };
    search(norm);
    if (from_ != NormOrder{} || to_ != NormOrder{}) {
      for (std::uint32_t start = 0; start < random_starts; ++start) {
        fill_normal(ctx.device(), NoiseKey{.seed = 0, .stream = start}, 0, at.u);
        search(0);
      }
    }
    keep(ctx, best);
  }

private:
  template <class T>
  struct Vectors {
    Tensor<T> u, v;
  };

  static constexpr std::uint32_t random_starts = 10;
  /// The change of a norm, as a part of it, at which it is at rest.
  static constexpr double rest = 1e-6;

  /// Whether the norm is that of the largest column of the convolution's matrix, or of the largest row.
  bool of_one_line() const { return from_ == NormOrder::one() || to_ == NormOrder::infinity(); }

  template <class Ctx, class V = typename Ctx::Value>
  V weight(const Ctx& ctx) const {
    using T = typename Ctx::Scalar;
    const V w = ctx.parameter(weight_);
    V u{image_of(ctx.state_value(u_).value, out_)}, v{image_of(ctx.state_value(v_).value, in_)};
    if (ctx.training() && !ctx.starts() && bound_.iterations > 0) {
      const Vectors<T> at = vectors_to_improve(ctx);
      improve(ctx, at, bound_.iterations);
      if (ctx.updates_state()) keep(ctx, at);
      u = {at.u};
      v = {at.v};
    }
    const V wv = ops::conv(ctx, v, ops::Filter<V>{w, {}, kernel_});
    return ops::bound_weight(ctx, w, u, wv, bound_.ceiling(), kernel_ == 1 ? 0 : 1e-6 * bound_.margin);
  }

  template <class T>
  static Tensor<T> image_of(const Tensor<T>& numbers, const Shape& s) {
    return make_tensor(numbers.data, 1, s);
  }

  /// Copies in the memory of the pass.
  template <class Ctx, class T = typename Ctx::Scalar>
  Vectors<T> vectors_to_improve(const Ctx& ctx) const {
    const Vectors<T> at{ctx.tensor(1, out_), ctx.tensor(1, in_)};
    copy(ctx.device(), make_tensor(ctx.state(u_), 1, out_), at.u);
    copy(ctx.device(), make_tensor(ctx.state(v_), 1, in_), at.v);
    return at;
  }
  template <class Ctx, class T>
  void improve(const Ctx& ctx, const Vectors<T>& at, int iterations) const {
    const Tensor<const T> w = as_const(ctx.parameter(weight_).value);
    for (int i = 0; i < iterations; ++i) ops::power_iteration(ctx, w, kernel_, at.u, at.v, from_, to_);
  }

  /// By so many iterations, or as many as it takes if they are 0, from vectors that see the norm `before`;
  /// returns the norm that was seen last.
  template <class Ctx, class T>
  double improve_until_at_rest(const Ctx& ctx, const Vectors<T>& at, int iterations, double before) const {
    constexpr int together = 20, most = 5000;
    for (int done = 0; done < most; done += together) {
      const int next = iterations == 0 ? together : std::min(together, iterations - done);
      improve(ctx, at, next);
      if (iterations != 0 && done + next == iterations) return before;
      const double norm = norm_seen(ctx, at);
      if (std::abs(norm - before) <= rest * norm || norm == 0) return norm;
      before = norm;
    }
    throw ConvergenceError("The norm of {}, about {}, is not found by {} power iterations.",
                           ctx.name_in_message(ctx.parameter(weight_)), before, most);
  }

  /// The vectors of the largest column, or row: of the middle pixel, at which all taps of the kernel are
  /// seen, of one channel.
  template <class Ctx, class T>
  void find_line(const Ctx& ctx, const Vectors<T>& best) const {
    const Tensor<const T> w = as_const(ctx.parameter(weight_).value);
    const bool columns = from_ == NormOrder::one();
    const Shape& shape = columns ? in_ : out_;
    const Index first = (shape.h / 2 * shape.w + shape.w / 2) * shape.c;
    double largest = -1;
    for (Index c = 0; c < shape.c; ++c) {
      const auto scope = ctx.memory().scope();
      const Tensor<T> one = unit_images(ctx, 1, shape, first + c).value;
      const Vectors<T> at{columns ? ctx.tensor(1, out_) : one, columns ? one : ctx.tensor(1, in_)};
      if (columns)
        ops::norming_output(ctx, w, kernel_, at.u, at.v, to_);
      else
        ops::norming_input(ctx, w, kernel_, at.u, at.v, from_);
      const double norm = norm_seen(ctx, at);
      if (!(norm > largest)) continue;
      largest = norm;
      take(ctx, at, best);
    }
  }

  /// <u, W v>; throws NonFiniteError where it is none.
  template <class Ctx, class T>
  double norm_seen(const Ctx& ctx, const Vectors<T>& at) const {
    const auto scope = ctx.memory().scope();
    const auto image = ops::conv(ctx, Var<T>{at.v}, ops::Filter<Var<T>>{ctx.parameter(weight_), {}, kernel_});
    const Tensor<T> product = ctx.tensor(1, out_);
    double* const sigma = ctx.memory().template allocate<double>(1);
    multiply_numbers(ctx.device(), as_const(image.value), as_const(at.u), product);
    set_each(ctx.device(), 0, 1, sigma);
    sum_images(ctx.device(), as_const(product), 1, sigma);
    double norm = 0;
    fetch(ctx.device(), static_cast<const double*>(sigma), 1, &norm);
    if (!std::isfinite(norm))
      throw NonFiniteError("The norm of {} is {}.", ctx.name_in_message(ctx.parameter(weight_)), norm);
    return norm;
  }

  template <class Ctx, class T>
  static void take(const Ctx& ctx, const Vectors<T>& from, const Vectors<T>& to) {
    copy(ctx.device(), as_const(from.u), to.u);
    copy(ctx.device(), as_const(from.v), to.v);
  }
  template <class Ctx, class T>
  void keep(const Ctx& ctx, const Vectors<T>& at) const {
    copy(ctx.device(), as_const(at.u), make_tensor(ctx.next_state(u_), 1, out_));
    copy(ctx.device(), as_const(at.v), make_tensor(ctx.next_state(v_), 1, in_));
  }

  Param weight_, bias_, u_, v_;
  Shape in_, out_;
  int kernel_ = 1;
  NormBound bound_;
  NormOrder from_, to_;
};

}  // namespace densenf::nn
