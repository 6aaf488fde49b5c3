#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <ratio>

#include "densenf/autodiff/tangents.hpp"
#include "densenf/autodiff/unit_images.hpp"
#include "densenf/bijectors/bijector.hpp"
#include "densenf/core/count_law.hpp"
#include "densenf/ops/map.hpp"

namespace densenf {

/// log |det(I + J)| as the sum over k of (-1)^(k+1) / k tr(J^k), cut off: so many terms in training and in
/// evaluation. The trace is estimated by v' J^k v with normal numbers v. Biased; i-ResNet's.
template <int Training, int Evaluation>
struct FixedTerms {
  static_assert(Training > 0 && Evaluation > 0, "A power series has at least one term.");

  /// What the terms of one pass are.
  struct Terms {
    Index count = 0;
    double weight(Index) const { return 1; }
  };
  void declare(Builder&) {}
  template <class Ctx>
  Terms draw(const Ctx& ctx) const {
    return {ctx.training() ? Training : Evaluation};
  }
};

/// The same sum without bias, by a number n of terms that is drawn for each pass: behind `exact` terms
/// (in training and in evaluation) term j of the others, which is there when n >= j, is divided by P(n >= j).
/// One n for all images of a pass. Residual Flow, section 3.1. Parameter is a std::ratio.
template <CountLaw::Kind kind, class Parameter, int TrainingExact, int EvaluationExact>
struct Roulette {
  static_assert(TrainingExact > 0 && EvaluationExact > 0, "At least one term is always there.");
  static constexpr CountLaw law{kind,
                                static_cast<double>(Parameter::num) / static_cast<double>(Parameter::den)};

  struct Terms {
    Index count = 0, exact = 0;
    double weight(Index k) const { return k <= exact ? 1 : 1 / law.tail(k - exact); }
  };
  void declare(Builder& b) {
    law.validate();
    number_ = b.repeated_draw();
  }
  template <class Ctx>
  Terms draw(const Ctx& ctx) const {
    const Index exact = ctx.training() ? TrainingExact : EvaluationExact;
    return {exact + ctx.noise().count_again(ctx.device(), number_, law), exact};
  }

private:
  Index number_ = 0;
};

/// log |det(I + J)| itself, from all D products of J for images of D numbers: for small images, and to see
/// how good estimates are.
struct ExactDeterminant {
  void declare(Builder&) {}
};

/// The gradient of the estimate: that of the series as it stands; or that of log det(I + J) written as a
/// Neumann series, sum of (-1)^k v' J^k (dJ) v, for which one product with J is differentiated instead of one
/// for each term (Residual Flow, section 3.2).
enum class SeriesGradient { series, neumann };

/// z = x + g(x) for a network g of slope below 1 (nn/bounded_networks.hpp). Its log-determinant is an
/// estimate, whose draws a pass may ask for again; so it may be in a Unit, of which a memory policy that runs
/// it again sees the same numbers.
///
/// The inverse iterates x = z - g(x), each image for itself, until its error is known to be at most 1000
/// roundings of sqrt(1 + |z|^2), |z| being the root of the sum of squares of the image's numbers: the last
/// step times slope / (1 - slope), if the network keeps its bound. (A bound in an l_p norm of images of D
/// numbers makes the error at most D^|1/p - 1/2| times as large.) Throws ConvergenceError where it does not
/// come to rest, and NonFiniteError where it goes beyond all numbers: see Flow::settle.
template <class Network, class Terms, SeriesGradient gradient = SeriesGradient::neumann>
class Residual : public Bijector<Residual<Network, Terms, gradient>> {
  static_assert(Network::slope > 0 && Network::slope < 1,
                "A residual flow's network has a slope between 0 and 1.");
  static constexpr bool exact = std::is_same_v<Terms, ExactDeterminant>;

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Shape in) {
    terms_.declare(b);
    probe_ = b.repeated_draw();
    network_.declare(b, in);
  }

  const Network& network() const { return network_; }

  /// See Flow::settle.
  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    network_.settle(ctx, iterations);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    if (ctx.starts()) return ops::add(ctx, x, network_.forward(ctx, x));
    if constexpr (exact) {
      return with_exact_determinant(ctx, x, log_prob);
    } else {
      const auto terms = terms_.draw(ctx);
      const V probe{ctx.tensor(x.n(), x.shape())};
      ctx.noise().normal_again(ctx.device(), probe_, ctx.pass().first_image, probe.value);
      if constexpr (!Ctx::records)
        return evaluated(ctx, x, probe, terms, log_prob);
      else if constexpr (gradient == SeriesGradient::series)
        return with_series(ctx, x, probe, terms, log_prob);
      else
        return with_neumann_series(ctx, x, probe, terms, log_prob);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    using T = typename Ctx::Scalar;
    constexpr Index most = 2000;
    constexpr double error = 1000 * static_cast<double>(std::numeric_limits<T>::epsilon());
    constexpr double step = error * (1 - Network::slope) / Network::slope;
    const V x = ctx.output_like(z, z.c());
    copy(ctx.device(), as_const(z.value), x.value);
    const auto scope = ctx.memory().scope();
    double* const squares = sums_of_products(ctx, z, z);
    double* const moved = ctx.memory().template allocate<double>(z.n());
    set_each(ctx.device(), std::numeric_limits<double>::infinity(), z.n(), moved);
    for (Index i = 0; i < most; ++i) {
      {
        const auto inner = ctx.memory().scope();
        const V g = network_.forward(ctx, x);
        fixed_point_step(ctx.device(), as_const(z.value), as_const(g.value), step * step,
                         static_cast<const double*>(squares), x.value, moved);
      }
      if (all_at_rest(ctx, squares, moved, step * step, z.n())) return x;
    }
    throw ConvergenceError(
        "The inverse of {} has not come to rest after {} iterations: the slope of its network, which should "
        "be "
        "at most {:.3f}, is too large. After a change of weights call Flow::settle.",
        this->name(), most, Network::slope);
  }

private:
  /// A function of a context and a value.
  auto network_function() const {
    return [this](const auto& c, const auto& v) { return network_.forward(c, v); };
  }

  /// (-1)^(k+1) / k times the weight
  template <class Drawn>
  static double factor(const Drawn& terms, Index k) {
    return (k % 2 == 1 ? 1 : -1) * terms.weight(k) / static_cast<double>(k);
  }

  /// log_prob += factor * <a, b>
  template <class Ctx, class V>
  static void add_product(const Ctx& ctx, const V& a, const V& b, double factor, double* log_prob) {
    const auto scope = ctx.memory().scope();
    const auto product = ctx.tensor(a.n(), a.shape());
    multiply_numbers(ctx.device(), as_const(a.value), as_const(b.value), product);
    sum_images(ctx.device(), as_const(product), factor, log_prob);
  }

  template <class Ctx, class V>
  static double* sums_of_products(const Ctx& ctx, const V& a, const V& b) {
    double* const sums = ctx.memory().template allocate<double>(a.n());
    set_each(ctx.device(), 0, a.n(), sums);
    add_product(ctx, a, b, 1, sums);
    return sums;
  }

  template <class Ctx>
  bool all_at_rest(const Ctx& ctx, const double* squares, const double* moved, double tolerance,
                   Index n) const {
    constexpr Index some = 64;
    double s[some], m[some];
    bool at_rest = true;
    for (Index first = 0; first < n; first += some) {
      const Index count = std::min(some, n - first);
      fetch(ctx.device(), squares + first, count, s);
      fetch(ctx.device(), moved + first, count, m);
      for (Index i = 0; i < count; ++i) {
        if (!std::isfinite(m[i]))
          throw NonFiniteError("The inverse of {} makes of image {} of the batch what is no number.",
                               this->name(), first + i);
        at_rest = at_rest && m[i] <= tolerance * (1 + s[i]);
      }
    }
    return at_rest;
  }

  template <class Ctx, class V, class Drawn>
  V evaluated(const Ctx& ctx, const V& x, const V& probe, const Drawn& terms, LogProb log_prob) const {
    const V z = ctx.output_like(x, x.c()), t = ctx.output_like(x, x.c());
    const auto scope = ctx.memory().scope();
    const auto run = network_function();
    Linearization network(ctx, run, x);
    copy(ctx.device(), as_const(network.times(probe).value), t.value);
    add(ctx.device(), as_const(x.value), as_const(network.value().value), z.value);
    add_product(ctx, t, probe, factor(terms, 1), log_prob.value);
    for (Index k = 2; k <= terms.count; ++k) {
      const auto inner = ctx.memory().scope();
      copy(ctx.device(), as_const(network.times(t).value), t.value);
      add_product(ctx, t, probe, factor(terms, k), log_prob.value);
    }
    return z;
  }

  template <class Ctx, class V, class Drawn>
  V with_series(const Ctx& ctx, const V& x, const V& probe, const Drawn& terms, LogProb log_prob) const {
    const auto run = network_function();
    Linearization network(ctx, run, x);
    V t = probe;
    for (Index k = 1; k <= terms.count; ++k) {
      t = network.times(t);
      ops::add_to_log_prob(ctx, ops::multiply(ctx, t, probe), factor(terms, k), log_prob);
    }
    return ops::add(ctx, x, network.value());
  }

  template <class Ctx, class V, class Drawn>
  V with_neumann_series(const Ctx& ctx, const V& x, const V& probe, const Drawn& terms,
                        LogProb log_prob) const {
    using T = typename Ctx::Scalar;
    const auto run = network_function();
    // The sum of (-1)^k (J')^k v, in which v' J^k v are met on the way.
    const V sum{ctx.tensor(x.n(), x.shape())};
    {
      const auto scope = ctx.memory().scope();
      const V u{ctx.tensor(x.n(), x.shape())};
      copy(ctx.device(), as_const(probe.value), u.value);
      copy(ctx.device(), as_const(probe.value), sum.value);
      Pullback network(ctx, run, x.value);
      for (Index k = 1; k <= terms.count; ++k) {
        network.times(as_const(u.value), u.value);
        add_product(ctx, u, probe, factor(terms, k), log_prob.value);
        accumulate_scaled(ctx.device(), as_const(u.value),
                          static_cast<T>((k % 2 == 0 ? 1 : -1) * terms.weight(k)), sum.value);
      }
    }
    Linearization network(ctx, run, x);
    const V t = network.times(probe);
    // Its value is not that of the log-determinant, but its gradient is.
    const LogProb gradient_only{ctx.unused_log_prob(x.n()).value, log_prob.gradient};
    ops::add_to_log_prob(ctx, ops::multiply(ctx, t, sum), 1, gradient_only);
    return ops::add(ctx, x, network.value());
  }

  template <class Ctx, class V>
  V with_exact_determinant(const Ctx& ctx, const V& x, LogProb log_prob) const {
    using T = typename Ctx::Scalar;
    const auto& device = ctx.device();
    const Index n = x.n(), size = x.shape().size();
    // Row i of an image's matrix is what I + J makes of number i alone; row i of the inverse's transpose is
    // what the gradient of the log-determinant by it is.
    const Tensor<T> rows = ctx.tensor(n, {size * size, 1, 1}), weights = ctx.tensor(n, {size * size, 1, 1});
    const auto as_rows = [&](const Tensor<T>& images) { return make_tensor(images.data, n, {size, 1, 1}); };
    const auto run = network_function();
    {
      const auto scope = ctx.memory().scope();
      const auto evaluating = ctx.evaluating();
      Linearization network(evaluating, run, V{x.value});
      for (Index i = 0; i < size; ++i) {
        const V one = unit_images(ctx, n, x.shape(), i);
        add(device, as_const(as_rows(network.times(one).value)), as_const(as_rows(one.value)),
            rows.channels(i * size, size));
      }
      T* const inverse = ctx.memory().template allocate<T>(size * size);
      double* const log_det = ctx.memory().template allocate<double>(1);
      for (Index image = 0; image < n; ++image) {
        log_abs_det_and_inverse(device, static_cast<const T*>(rows.images(image, 1).data), size, inverse,
                                log_det,
                                ctx.scratch().lend(log_abs_det_and_inverse_scratch_bytes(device, size)));
        add_to_each(device, 1, static_cast<const double*>(log_det), 1, log_prob.value + image);
        for (Index i = 0; i < size; ++i) {
          const Tensor<const T> column{inverse + i, 1, 1, size, 1, size};
          copy(device, column, Tensor<T>{weights.images(image, 1).data + i * size, 1, 1, size, 1, 1});
        }
      }
    }
    if constexpr (!Ctx::records) {
      return ops::add(ctx, x, network_.forward(ctx, x));
    } else {
      Linearization network(ctx, run, x);
      const LogProb gradient_only{ctx.unused_log_prob(n).value, log_prob.gradient};
      for (Index i = 0; i < size; ++i) {
        const V j = network.times(unit_images(ctx, n, x.shape(), i)), weight{ctx.tensor(n, x.shape())};
        copy(device, as_const(weights.channels(i * size, size)), as_rows(weight.value));
        ops::add_to_log_prob(ctx, ops::multiply(ctx, j, weight), 1, gradient_only);
      }
      return ops::add(ctx, x, network.value());
    }
  }

  Network network_;
  Terms terms_;
  Index probe_ = 0;
};

}  // namespace densenf
