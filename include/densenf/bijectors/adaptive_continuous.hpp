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
/// Steps are chosen first, and then taken with what is differentiated; gradients are those of the steps, also
/// by tau, of which they are shares. Throws ConvergenceError where an image needs steps shorter than 1e-10 of
/// the way, or more than 10,000.
template <class Field, int Digits, Trace trace = Trace::signs>
class AdaptiveContinuousFlow : public Bijector<AdaptiveContinuousFlow<Field, Digits, trace>> {
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
    const std::vector<Round> rounds = chosen_rounds(ctx.evaluating(), x.value, 0, 1);
    V y = x;
    for (const Round& round : rounds) {
      const Lengths<V> lengths = lengths_of(ctx, round, x.shape());
      const auto body = [this, y, probe, lengths](const auto& c, LogProb l) {
        return this->step(c, y, probe, lengths, l);
      };
      if constexpr (Ctx::records)
        y = ctx.pass().policy != MemoryPolicy::store ? recomputed(ctx, x.shape(), log_prob, body, y)
                                                     : body(ctx, log_prob);
      else
        y = {detail::evaluate_into(ctx, x.n(), x.shape(), [&](const auto& c) { return body(c, log_prob); })};
    }
    return y;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V place = ctx.output_like(z, z.c());
    copy(ctx.device(), as_const(z.value), place.value);
    static_cast<void>(chosen_rounds(ctx, place.value, 1, 0, &place.value));
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

  /// Calls visit(stage, field function, where it is taken) for the stages of a step, and returns their slopes
  /// times the step's length.
  template <class Ctx, class V, class Visit>
  std::array<V, Method::stages> slopes_of(const Ctx& ctx, const V& y, const Lengths<V>& lengths,
                                          const Visit& visit) const {
    const V time = whole_time(ctx);
    std::array<V, Method::stages> slopes;
    for (std::size_t stage = 0; stage < Method::stages; ++stage) {
      const V place =
          ops::add(ctx, lengths.place, ops::scale_shift(ctx, lengths.length, Method::places[stage], 0));
      const V t = scaled(ctx, place, time);
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
      const auto run = [&](const auto& c, const auto& v) { return field_.forward(c, t, v); };
      if (Method::shares[stage] == 0) return run(ctx, at);
      Linearization field(ctx, run, at);
      traces[stage] = detail::trace_terms<trace>(ctx, field, at, probe);
      return field.value();
    });
    const V sum = combined(ctx, V{}, traces, Method::shares, Method::stages);
    ops::add_to_log_prob(ctx, ops::multiply(ctx, scaled(ctx, sum, whole_time(ctx)), lengths.of_numbers), 1,
                         log_prob);
    return combined(ctx, y, slopes, Method::shares, Method::stages);
  }

  /// The steps from `from` to `to`, shares of the way, each a round. `end`: where to write what comes of x,
  /// or null.
  template <class Ctx, class T = typename Ctx::Scalar>
  std::vector<Round> chosen_rounds(const Ctx& ctx, const Tensor<T>& x, double from, double to,
                                   const Tensor<T>* end = nullptr) const {
    using V = typename Ctx::Value;
    constexpr double least = 1e-10;
    constexpr int most = 10'000;
    const auto count = static_cast<std::size_t>(x.n);
    const double direction = to > from ? 1 : -1;
    const auto scope = ctx.memory().scope();
    const V y{ctx.tensor(x.n, x.shape())};
    copy(ctx.device(), as_const(x), y.value);
    double* const squares = ctx.memory().template allocate<double>(x.n);
    std::vector<double> place(count, from), length(count, 0.05 * direction), error(count);
    std::vector<Round> rounds;
    const auto left = [&](std::size_t i) { return std::abs(to - place[i]); };
    for (int attempt = 0; attempt < most; ++attempt) {
      bool all_there = true;
      for (std::size_t i = 0; i < count; ++i) {
        const bool there = left(i) <= 1e-14;
        all_there = all_there && there;
        length[i] = there ? 0 : direction * std::min(std::abs(length[i]), left(i));
      }
      if (all_there) {
        if (end != nullptr) copy(ctx.device(), as_const(y.value), *end);
        return rounds;
      }
      const auto inner = ctx.memory().scope();
      const Round tried{place, length};
      const Lengths<V> lengths = lengths_of(ctx, tried, x.shape());
      const auto slopes = slopes_of(
          ctx, y, lengths, [&](std::size_t, const V& t, const V& at) { return field_.forward(ctx, t, at); });
      const V next = combined(ctx, y, slopes, Method::shares, Method::stages);
      const V difference = combined(ctx, V{}, slopes, Method::errors, Method::stages);
      squared_errors(ctx, y, next, difference, squares);
      fetch(ctx.device(), static_cast<const double*>(squares), x.n, error.data());
      Round taken{place, std::vector<double>(count, 0.0)};
      bool any = false;
      for (std::size_t i = 0; i < count; ++i) {
        if (length[i] == 0) continue;
        const double size = std::sqrt(error[i] / static_cast<double>(x.shape().size()));
        if (size <= 1) {
          taken.length[i] = length[i];
          place[i] += length[i];
          copy(ctx.device(), as_const(next.value).images(static_cast<Index>(i), 1),
               y.value.images(static_cast<Index>(i), 1));
          any = true;
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
      if (any) rounds.push_back(std::move(taken));
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
