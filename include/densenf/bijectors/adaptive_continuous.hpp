#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "densenf/autodiff/scope.hpp"
#include "densenf/autodiff/tangents.hpp"
#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/continuous.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf {

namespace detail {
/// The method of Dormand and Prince of order 5: where its stages are, what they are made of, what each of
/// them counts in the end, and the difference from a method of order 4, by which the error is seen.
struct DormandPrince {
  static constexpr std::size_t stages = 7;
  static constexpr std::array<double, stages> places{0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
  static constexpr std::array<std::array<double, 6>, stages> parts{{
      {},
      {1.0 / 5},
      {3.0 / 40, 9.0 / 40},
      {44.0 / 45, -56.0 / 15, 32.0 / 9},
      {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
      {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
      {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
  }};
  static constexpr std::array<double, stages> shares{35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784,
                                                     11.0 / 84,  0};
  static constexpr std::array<double, stages> errors{
      71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
};
}  // namespace detail

/// The same flow as ContinuousFlow, solved by adaptive steps: an image's steps are as long as keep the error
/// of each below 10^-Digits, absolute and relative, as the root mean square over the image's numbers. Every
/// image has steps of its own, so that its result does not depend on the others of its batch. The
/// log-determinant is integrated along and has no part in the error: as a sum of thousands of terms it would
/// outweigh the pixels.
///
/// Steps are chosen first, and then taken with what is differentiated; gradients are by default those of the
/// steps, also by tau, of which they are shares. With SolverGradient::adjoint the way back has steps of its
/// own, for which the errors of an image and of its adjoint count, each by itself; those of the gradients of
/// parameters have no part. The adjoint is measured by the root mean square of the image's gradient at the
/// end and the size of its log-density's, so that steps do not depend on what a loss is divided by. Throws
/// ConvergenceError where an image needs steps shorter than 1e-10 of the way, or more than 10,000;
/// NonFiniteError where the adjoint would begin with what is no number.
template <class Field, int Digits, Trace trace = Trace::signs,
          SolverGradient gradient = SolverGradient::steps>
class AdaptiveContinuousFlow : public Bijector<AdaptiveContinuousFlow<Field, Digits, trace, gradient>> {
  static_assert(Digits >= 1 && Digits <= 14, "An AdaptiveContinuousFlow keeps 1 to 14 digits.");
  using Method = detail::DormandPrince;

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Shape in) {
    tau_ = b.vector("tau", {1}, Init::constant(1));
    probe_ = b.repeated_draw();
    const auto scope = b.scope("field");
    field_.declare(b, in);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V probe = detail::draw_trace_probe<trace>(ctx, probe_, x);
    if constexpr (!Ctx::records) {
      return evaluated(ctx, x, probe, log_prob);
    } else if constexpr (gradient == SolverGradient::adjoint) {
      return detail::kept_by_its_end(
          ctx, x, [&](const auto& c) { return evaluated(c, V{x.value}, probe, log_prob); },
          [this, probe, log_prob](auto& c, const V& z, const auto& y, const auto& a) {
            this->solve_adjoint(c, z, probe, log_prob, y, a);
          });
    } else {
      V y = x;
      for (const Round& round : chosen_rounds(ctx.evaluating(), x.value)) {
        const Lengths<V> lengths = lengths_of(ctx, round, x.shape());
        const auto body = [this, y, probe, lengths](const auto& c, LogProb l) {
          return this->step(c, y, probe, lengths, l);
        };
        y = ctx.pass().policy != MemoryPolicy::store ? recomputed(ctx, x.shape(), log_prob, body, y)
                                                     : body(ctx, log_prob);
      }
      return y;
    }
  }

  /// See Bijector: by the adjoint equation one way back gives both the input and the gradients.
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    if constexpr (gradient == SolverGradient::adjoint) {
      const auto scope = ctx.memory().scope();
      const V probe = detail::draw_trace_probe<trace>(ctx, probe_, z);
      detail::add_solved_gradient(ctx, x, x.value, [&](const auto& start, const auto& a) {
        solve_adjoint(ctx, z, probe, log_prob, start, a);
      });
    } else {
      Bijector<AdaptiveContinuousFlow>::reverse(ctx, z, x, log_prob);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V place = ctx.output_like(z, z.c());
    copy(ctx.device(), as_const(z.value), place.value);
    solve(
        ctx, place, 1, 0, 1, [&](std::size_t, const V& t, const V& at) { return field_.forward(ctx, t, at); },
        [](const Round&, const Round&, const Lengths<V>&) {});
    return place;
  }

private:
  /// Steps that all images take together: where each is on its way, and how long its step is, as shares of
  /// the way; 0 for who waits.
  struct Round {
    std::vector<double> place, length;
  };
  /// The same as values: the lengths for each number of an image.
  template <class V>
  struct Lengths {
    V place, length, of_numbers;
  };

  /// Numbers of the host, one for each image, as images of `channels` channels.
  template <class Ctx, class V = typename Ctx::Value>
  static V of_images(const Ctx& ctx, const std::vector<double>& numbers, Index channels) {
    using T = typename Ctx::Scalar;
    std::vector<T> values;
    for (const double number : numbers)
      values.insert(values.end(), static_cast<std::size_t>(channels), static_cast<T>(number));
    const V v{ctx.tensor(static_cast<Index>(numbers.size()), {channels, 1, 1})};
    from_nchw(ctx.device(), values.data(), v.value);
    return v;
  }

  template <class Ctx, class V = typename Ctx::Value>
  static Lengths<V> lengths_of(const Ctx& ctx, const Round& round, const Shape& s) {
    const V of_numbers{ctx.tensor(static_cast<Index>(round.length.size()), s)};
    spread_pixels(ctx.device(), as_const(of_images(ctx, round.length, s.c).value), of_numbers.value);
    return {of_images(ctx, round.place, 1), of_images(ctx, round.length, 1), of_numbers};
  }

  /// The time that the whole way takes, one number.
  template <class Ctx, class V = typename Ctx::Value>
  V whole_time(const Ctx& ctx) const {
    const V tau = ctx.parameter(tau_);
    return ops::multiply(ctx, tau, tau);
  }

  template <class Ctx, class V>
  static V scaled(const Ctx& ctx, const V& x, const V& number) {
    const V y = ctx.output(x.n(), x.shape());
    ops::scale_by_number_into(ctx, x, number, 0, y);
    return y;
  }

  /// The sum of the first `count` slopes times their shares, and of `start` if it has data.
  template <class Ctx, class V, class Shares>
  static V combined(const Ctx& ctx, V start, const std::array<V, Method::stages>& slopes,
                    const Shares& shares, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (shares[i] == 0) continue;
      const V part = ops::scale_shift(ctx, slopes[i], shares[i], 0);
      start = start.value.data == nullptr ? part : ops::add(ctx, start, part);
    }
    return start;
  }

  /// Where a stage is on each image's way, as a share of it.
  template <class Ctx, class V>
  static V place_of(const Ctx& ctx, const Lengths<V>& lengths, std::size_t stage) {
    return ops::add(ctx, lengths.place, ops::scale_shift(ctx, lengths.length, Method::places[stage], 0));
  }

  /// Calls visit(stage, field function, where it is taken) for the stages of a step, and returns their slopes
  /// times the step's length.
  template <class Ctx, class V, class Visit>
  std::array<V, Method::stages> slopes_of(const Ctx& ctx, const V& y, const Lengths<V>& lengths,
                                          const Visit& visit) const {
    const V time = whole_time(ctx);
    std::array<V, Method::stages> slopes;
    for (std::size_t stage = 0; stage < Method::stages; ++stage) {
      const V t = scaled(ctx, place_of(ctx, lengths, stage), time);
      const V at = stage == 0 ? y : combined(ctx, y, slopes, Method::parts[stage], stage);
      const V slope = visit(stage, t, at);
      slopes[stage] = ops::multiply(ctx, scaled(ctx, slope, time), lengths.of_numbers);
    }
    return slopes;
  }

  /// A step, and its share of the log-determinant.
  template <class Ctx, class V>
  V step(const Ctx& ctx, const V& y, const V& probe, const Lengths<V>& lengths, LogProb log_prob) const {
    std::array<V, Method::stages> traces;
    const auto slopes = slopes_of(ctx, y, lengths, [&](std::size_t stage, const V& t, const V& at) {
      if (Method::shares[stage] == 0) return field_.forward(ctx, t, at);
      const detail::FieldAt<V> field = detail::field_at<trace>(ctx, field_, t, at, probe);
      traces[stage] = field.traces;
      return field.slope;
    });
    const V sum = combined(ctx, V{}, traces, Method::shares, Method::stages);
    ops::add_to_log_prob(ctx, ops::multiply(ctx, scaled(ctx, sum, whole_time(ctx)), lengths.of_numbers), 1,
                         log_prob);
    return combined(ctx, y, slopes, Method::shares, Method::stages);
  }

  template <class Ctx, class V>
  V evaluated(const Ctx& ctx, const V& x, const V& probe, LogProb log_prob) const {
    const V place = ctx.output_like(x, x.c());
    copy(ctx.device(), as_const(x.value), place.value);
    for (const Round& round : chosen_rounds(ctx, x.value)) {
      detail::evaluate_to(ctx, place.value, [&](const auto& c) {
        return step(c, place, probe, lengths_of(c, round, x.shape()), log_prob);
      });
    }
    return place;
  }

  /// The steps forward, each a round.
  template <class Ctx, class T = typename Ctx::Scalar, class V = typename Ctx::Value>
  std::vector<Round> chosen_rounds(const Ctx& ctx, const Tensor<T>& x) const {
    const auto scope = ctx.memory().scope();
    const V y{ctx.tensor(x.n, x.shape())};
    copy(ctx.device(), as_const(x), y.value);
    std::vector<Round> rounds;
    solve(
        ctx, y, 0, 1, 1, [&](std::size_t, const V& t, const V& at) { return field_.forward(ctx, t, at); },
        [&](const Round&, const Round& taken, const Lengths<V>&) { rounds.push_back(taken); });
    return rounds;
  }

  /// From the output z and its gradient to the input y and its gradient a: see ContinuousFlow. Both go their
  /// way as one image, y before a.
  template <class Ctx, class V, class T = typename Ctx::Scalar>
  void solve_adjoint(Ctx& ctx, const V& z, const V& probe, LogProb log_prob, const Tensor<T>& y,
                     const Tensor<T>& a) const {
    const auto& device = ctx.device();
    const Index n = z.n(), channels = z.c();
    const Shape s = z.shape();
    const V both{ctx.tensor(n, {2 * channels, s.h, s.w})};
    const auto y_of = [&](const V& v) { return v.value.channels(0, channels); };
    const auto a_of = [&](const V& v) { return v.value.channels(channels, channels); };
    const Tensor<T> g = detail::log_prob_gradient(ctx, n, s, log_prob);
    copy(device, as_const(z.value), y_of(both));
    copy(device, as_const(ctx.gradient(z)), a_of(both));

    // Their equation is linear in a and g, which are divided by their size at the end.
    const std::vector<double> sizes = adjoint_sizes(ctx, a_of(both), log_prob);
    std::vector<double> one_over = sizes;
    for (double& size : one_over) size = 1 / size;
    const V weights{ctx.tensor(n, s)};
    put_for_each(ctx, one_over, weights.value);
    multiply_numbers(device, as_const(a_of(both)), as_const(weights.value), a_of(both));
    multiply_numbers(device, as_const(g), as_const(weights.value), g);

    // Steps are tried without the gradients of parameters, to which only what is taken adds.
    auto constant = ctx.pass();
    constant.gradients = nullptr;
    auto trying = Ctx(constant, ctx.workspace());
    std::array<V, Method::stages> tried;
    const auto slope = [&](std::size_t stage, const V& t, const V& at) {
      tried[stage] = at;
      const V slopes{ctx.tensor(n, both.shape())};
      const auto run = [&](const auto& c, const V& v) {
        return detail::field_at<trace>(c, field_, t, v, probe);
      };
      detail::differentiate_field(trying, run, y_of(at), as_const(a_of(at)), as_const(g), y_of(slopes),
                                  a_of(slopes));
      scale_shift(device, as_const(a_of(slopes)), T(-1), T(0), a_of(slopes));
      return slopes;
    };
    const auto add_gradients = [&](const Round& tries, const Round& taken, const Lengths<V>& lengths) {
      if (ctx.pass().gradients == nullptr) return;
      const auto scope = ctx.memory().scope();
      // An image whose try is not taken counts for nothing, and may have met what is no number: it stays.
      for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (tries.length[i] == 0 || taken.length[i] != 0) continue;
        const auto image = static_cast<Index>(i);
        for (std::size_t stage = 1; stage < Method::stages; ++stage)
          copy(device, as_const(both.value).images(image, 1), tried[stage].value.images(image, 1));
      }
      const Tensor<T> of_a = ctx.tensor(n, s), of_g = ctx.tensor(n, s);
      for (std::size_t stage = 0; stage < Method::stages; ++stage) {
        if (Method::shares[stage] == 0) continue;
        std::vector<double> shares = sizes;
        for (std::size_t i = 0; i < shares.size(); ++i)
          shares[i] *= std::abs(taken.length[i]) * Method::shares[stage];
        put_for_each(ctx, shares, weights.value);
        multiply_numbers(device, as_const(a_of(tried[stage])), as_const(weights.value), of_a);
        multiply_numbers(device, as_const(g), as_const(weights.value), of_g);
        const auto run = [&](const auto& c, const V& v) {
          const V time = whole_time(c);
          const V t = scaled(c, place_of(c, lengths, stage), time);
          const auto field = detail::field_at<trace>(c, field_, t, v, probe);
          return detail::FieldAt<V>{scaled(c, field.slope, time), scaled(c, field.traces, time)};
        };
        detail::differentiate_field(ctx, run, y_of(tried[stage]), as_const(of_a), as_const(of_g), Tensor<T>{},
                                    Tensor<T>{});
      }
    };
    solve(ctx.evaluating(), both, 1, 0, 2, slope, add_gradients);

    copy(device, as_const(y_of(both)), y);
    put_for_each(ctx, sizes, weights.value);
    multiply_numbers(device, as_const(a_of(both)), as_const(weights.value), a);
  }

  /// A number for each image, at each of its numbers.
  template <class Ctx, class T>
  static void put_for_each(const Ctx& ctx, const std::vector<double>& numbers, const Tensor<T>& images) {
    const auto scope = ctx.memory().scope();
    spread_pixels(ctx.device(), as_const(of_images(ctx, numbers, images.c).value), images);
  }

  /// What each image's adjoint is measured by; 1 where there is nothing to measure.
  template <class Ctx, class T>
  std::vector<double> adjoint_sizes(const Ctx& ctx, const Tensor<T>& a, LogProb log_prob) const {
    const auto scope = ctx.memory().scope();
    std::vector<double> sizes(static_cast<std::size_t>(a.n)), of_log_prob(sizes.size());
    double* const squares = ctx.memory().template allocate<double>(a.n);
    const Tensor<T> product = ctx.tensor(a.n, a.shape());
    multiply_numbers(ctx.device(), as_const(a), as_const(a), product);
    set_each(ctx.device(), 0, a.n, squares);
    sum_images(ctx.device(), as_const(product), 1, squares);
    fetch(ctx.device(), static_cast<const double*>(squares), a.n, sizes.data());
    fetch(ctx.device(), log_prob.gradient, a.n, of_log_prob.data());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const double size =
          std::sqrt(sizes[i] / static_cast<double>(a.shape().size())) + std::abs(of_log_prob[i]);
      if (!std::isfinite(size))
        throw NonFiniteError(
            "The gradient that comes to {} from what is behind it is no number, of image {}.", this->name(),
            i);
      sizes[i] = size > 0 ? size : 1;
    }
    return sizes;
  }

  /// Solves dy/ds = slope(stage, t, y) T from `from` to `to`, shares of the way, in the place of y. Of each
  /// try in which an image takes a step, on_taken(tried, taken, lengths tried) is told while all of its
  /// values are there, and y is what it was. Channels of y are in `parts` equal parts, of which each keeps
  /// its error.
  template <class Ctx, class V, class Slope, class Taken>
  void solve(const Ctx& ctx, const V& y, double from, double to, Index parts, const Slope& slope,
             const Taken& on_taken) const {
    constexpr double least = 1e-10;
    constexpr int most = 10'000;
    const auto count = static_cast<std::size_t>(y.n());
    const double direction = to > from ? 1 : -1;
    const auto scope = ctx.memory().scope();
    const Index channels = y.c() / parts;
    const double numbers = static_cast<double>(y.shape().size() / parts);
    double* const squares = ctx.memory().template allocate<double>(y.n());
    std::vector<double> place(count, from), length(count, 0.05 * direction), error(count), of_part(count);
    const auto left = [&](std::size_t i) { return std::abs(to - place[i]); };
    for (int attempt = 0; attempt < most; ++attempt) {
      bool all_there = true;
      for (std::size_t i = 0; i < count; ++i) {
        const bool there = left(i) <= 1e-14;
        all_there = all_there && there;
        length[i] = there ? 0 : direction * std::min(std::abs(length[i]), left(i));
      }
      if (all_there) return;
      const auto inner = ctx.memory().scope();
      const Round tried{place, length};
      const Lengths<V> lengths = lengths_of(ctx, tried, y.shape());
      const auto slopes = slopes_of(ctx, y, lengths, slope);
      const V next = combined(ctx, y, slopes, Method::shares, Method::stages);
      const V difference = combined(ctx, V{}, slopes, Method::errors, Method::stages);
      for (Index part = 0; part < parts; ++part) {
        const auto of = [&](const V& v) { return v.channels(part * channels, channels); };
        squared_errors(ctx, of(y), of(next), of(difference), squares);
        fetch(ctx.device(), static_cast<const double*>(squares), y.n(), of_part.data());
        // The larger one; what is no number stays none.
        for (std::size_t i = 0; i < count; ++i)
          if (part == 0 || (!std::isnan(error[i]) && !(of_part[i] <= error[i]))) error[i] = of_part[i];
      }
      Round taken{place, std::vector<double>(count, 0.0)};
      bool any = false;
      for (std::size_t i = 0; i < count; ++i) {
        error[i] = std::sqrt(error[i] / numbers);
        if (length[i] == 0 || !(error[i] <= 1)) continue;
        taken.length[i] = length[i];
        any = true;
      }
      if (any) on_taken(tried, taken, lengths);
      for (std::size_t i = 0; i < count; ++i) {
        if (length[i] == 0) continue;
        const double size = error[i];
        if (taken.length[i] != 0) {
          place[i] += length[i];
          copy(ctx.device(), as_const(next.value).images(static_cast<Index>(i), 1),
               y.value.images(static_cast<Index>(i), 1));
        }
        length[i] *=
            std::isfinite(size) ? std::clamp(0.9 * std::pow(std::max(size, 1e-10), -0.2), 0.2, 10.0) : 0.2;
        if (std::abs(length[i]) < least && left(i) > least) {
          throw ConvergenceError(
              "Image {} of the batch needs steps shorter than {} of the way in {}: its field changes too "
              "quickly "
              "there, or is not finite.",
              i, least, this->name());
        }
      }
    }
    throw ConvergenceError("The way through {} takes more than {} steps.", this->name(), most);
  }

  /// The sum over each image of the squares of difference / (tolerance (1 + max(|a|, |b|))).
  template <class Ctx, class V>
  static void squared_errors(const Ctx& ctx, const V& a, const V& b, const V& difference, double* squares) {
    const double tolerance = std::pow(10.0, -Digits);
    const auto size = [&](const V& v) { return ops::map(ctx, v, kernels::maps::Abs{}); };
    // The larger of two numbers: half of their sum and of the size of their difference.
    const V p = size(a), q = size(b), apart = size(ops::add(ctx, p, ops::scale_shift(ctx, q, -1, 0)));
    const V larger =
        ops::scale_shift(ctx, ops::add(ctx, ops::add(ctx, p, q), apart), 0.5 * tolerance, tolerance);
    const V inverse = ops::map(ctx, ops::log(ctx, larger), kernels::maps::ExpOf{-1});
    const V ratio = ops::multiply(ctx, difference, inverse);
    set_each(ctx.device(), 0, a.n(), squares);
    sum_images(ctx.device(), as_const(ops::multiply(ctx, ratio, ratio).value), 1, squares);
  }

  Field field_;
  Param tau_;
  Index probe_ = 0;
};

}  // namespace densenf
