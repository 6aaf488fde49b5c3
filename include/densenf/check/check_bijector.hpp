#pragma once

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "densenf/check/check_gradient.hpp"
#include "densenf/check/piece.hpp"

namespace densenf {

struct BijectorOptions {
  Index n = 2;                    ///< images per batch
  std::uint64_t seed = 1;         ///< of parameters, inputs and noise
  double low = -1.5, high = 1.5;  ///< range of the inputs; pieces that take gray levels get integers instead
  Index context = 0;              ///< channels of the context, for pieces that take one
  double tolerance = 1e-6;        ///< of gradients and log-determinants, relative
  Index most = 24;                ///< numbers of each tensor whose gradient is compared
};

namespace detail {

template <class Device>
class BijectorCheck {
public:
  BijectorCheck(TestBench<Device>& bench, const Piece<Device>& piece, const Shape& shape,
                const BijectorOptions& options)
      : lab_(bench),
        piece_(piece),
        shape_(shape),
        context_shape_{options.context, shape.h, shape.w},
        options_(options) {
    x_ = numbers_for(shape);
    context_ = lab_.uniform(options.n * context_shape_.size(), -1, 1);
    report_.tolerance = 1;
  }

  CheckReport run() {
    if (!check_shape() || !check_finite()) return report_;
    check_inverse();
    check_images_are_independent();
    check_contribution();
    for (const Phase phase : {Phase::evaluation, Phase::training}) {
      check_gradients(phase);
      if (piece_.reverse) check_reverse(phase);
    }
    check_empty();
    return report_;
  }

private:
  std::vector<double> numbers_for(const Shape& s) {
    if (piece_.levels == 0) return lab_.uniform(options_.n * s.size(), options_.low, options_.high);
    std::vector<double> gray = lab_.uniform(options_.n * s.size(), 0, static_cast<double>(piece_.levels));
    for (double& g : gray) g = std::floor(g);
    return gray;
  }

  PieceResult forward(Index n, const double* x, const double* context) {
    PieceResult r;
    LeavingRecorder<Device> recorder(lab_.work.device, r);
    const auto ctx = lab_.begin(Phase::evaluation);
    lab_.pass.latents = &recorder;
    Buffer<double, Device> log_prob(ctx.device(), n);
    const Inputs inputs{{lab_.batch(x, n, shape_)}, {lab_.batch(context, n, context_shape_)}};
    const auto z = piece_.evaluate(ctx, inputs, {log_prob.data(), nullptr});
    r.log_prob = log_prob.to_host();
    r.shape = z.shape();
    r.z = values_of(ctx.device(), as_const(z.value));
    return r;
  }
  PieceResult forward() { return forward(options_.n, x_.data(), context_.data()); }

  void compare(double got, double want, double tolerance, const std::string& what) {
    report_.compare(std::abs(got - want) / tolerance / (1 + std::abs(want)),
                    [&] { return fmt::format("{} is {} but should be {}.", what, got, want); });
  }
  void fail(const std::string& sentence) {
    report_.compare(std::numeric_limits<double>::infinity(), [&] { return sentence; });
  }

  bool check_shape() {
    const PieceResult r = forward();
    if (r.shape == piece_.output) return true;
    fail(fmt::format("output_shape says that forward makes images of {}, but it makes {}.",
                     to_string(piece_.output), to_string(r.shape)));
    return false;
  }

  /// First of all, as no comparison says anything about what is not a number.
  bool check_finite() {
    PieceResult r = forward();
    r.z.insert(r.z.end(), r.log_prob.begin(), r.log_prob.end());
    for (std::size_t i = 0; i < r.z.size(); ++i) {
      if (std::isfinite(r.z[i])) continue;
      fail(not_finite(i, r.z[i], options_.low, options_.high));
      return false;
    }
    return true;
  }

  void check_inverse() {
    const PieceResult r = forward();
    LatentReplayer<double, Device> replayer(lab_.work.device, r.left);
    const auto ctx = lab_.begin(Phase::evaluation);
    lab_.pass.kept = &replayer;
    const Inputs inputs{{lab_.batch(r.z.data(), options_.n, r.shape)},
                        {lab_.batch(context_.data(), options_.n, context_shape_)}};
    const std::vector<double> back = values_of(ctx.device(), as_const(piece_.invert(ctx, inputs).value));
    if (back.size() != x_.size())
      return fail("The inverse gives another number of values than forward was given.");
    for (std::size_t i = 0; i < back.size(); ++i) {
      compare(back[i], x_[i], 1e-8,
              fmt::format("inverse(forward(x)) at {}", place_of(static_cast<Index>(i), shape_)));
    }
  }

  /// Each image alone gives what it gives within the batch: nothing leaks from one image into another, and a
  /// batch of one works.
  void check_images_are_independent() {
    const PieceResult all = forward();
    const auto draws = lab_.noise.draws;
    for (Index n = 0; n < options_.n; ++n) {
      for (std::size_t d = 0; d < draws.size(); ++d) {
        const auto from = draws[d].values.begin() + n * draws[d].shape.size();
        lab_.noise.draws[d] = {draws[d].normal, 1, draws[d].shape, {from, from + draws[d].shape.size()}};
      }
      const PieceResult one =
          forward(1, x_.data() + n * shape_.size(), context_.data() + n * context_shape_.size());
      compare(one.log_prob[0], all.log_prob[static_cast<std::size_t>(n)], 1e-9,
              fmt::format("The contribution of image {} evaluated alone", n));
      for (std::size_t i = 0; i < one.z.size(); ++i) {
        compare(one.z[i], all.z[static_cast<std::size_t>(n) * one.z.size() + i], 1e-9,
                fmt::format("The output for image {} evaluated alone, at number {}", n, i));
      }
    }
    lab_.noise.draws = draws;
  }

  /// A piece maps (x, noise) to (z, what left), as many numbers as before, and contributes
  ///   log |det d(z, left) / d(x, noise)| + log density of what left - log density of the noise.
  /// For a bijection that is the log-determinant. Gray levels are constants, and the dequantization's u,
  /// which leaves so that decoding is exact, is a part of z. What leaves and does not move with anything is a
  /// choice (a place, a sign, an order), with its probability for a density; so is a uniform draw with which
  /// nothing moves.
  void check_contribution() {
    const std::size_t redundant = piece_.levels > 0 ? 1 : 0;
    const PieceResult r = forward();
    // (values, how many per image) of everything that the map starts from
    std::vector<std::pair<double*, Index>> sources;
    if (piece_.levels == 0) sources.emplace_back(x_.data(), shape_.size());
    for (auto& draw : lab_.noise.draws) sources.emplace_back(draw.values.data(), draw.shape.size());
    const auto gathered = [redundant](const PieceResult& result) {
      std::vector<double> all = result.z;
      for (std::size_t i = redundant; i < result.left.size(); ++i)
        all.insert(all.end(), result.left[i].values.begin(), result.left[i].values.end());
      return all;
    };
    Index inputs = 0;
    for (const auto& source : sources) inputs += source.second;
    const Index outputs = static_cast<Index>(gathered(r).size()) / options_.n;
    std::vector<Eigen::MatrixXd> jacobians(static_cast<std::size_t>(options_.n),
                                           Eigen::MatrixXd(outputs, inputs));
    Index column = 0;
    for (const auto& [values, count] : sources) {
      for (Index i = 0; i < count; ++i, ++column) {
        // Images are independent, so number i of all of them moves at once.
        const auto moved = [&, values = values, count = count](double by) {
          for (Index n = 0; n < options_.n; ++n) values[n * count + i] += by;
        };
        const std::vector<double> original(values, values + options_.n * count);
        const std::vector<double> slopes = numerical_derivative([&, values = values](double delta) {
          moved(delta);
          std::vector<double> result = gathered(forward());
          std::copy(original.begin(), original.end(), values);
          return result;
        });
        scatter(slopes, r, redundant, column, jacobians);
      }
    }
    const std::vector<Index> smooth_outputs = smooth_rows(r, redundant, jacobians);
    const std::vector<Index> smooth_inputs = smooth_columns(jacobians);
    if (smooth_inputs.size() != smooth_outputs.size()) {
      return fail(fmt::format(
          "The piece makes {} numbers of {} (noise and latents counted, choices not), so it cannot be "
          "invertible.",
          smooth_outputs.size(), smooth_inputs.size()));
    }
    for (Index n = 0; n < options_.n; ++n) {
      const Eigen::MatrixXd smooth = jacobians[static_cast<std::size_t>(n)](smooth_outputs, smooth_inputs);
      const Eigen::PartialPivLU<Eigen::MatrixXd> lu(smooth);
      double want = lu.matrixLU().diagonal().array().abs().log().sum();
      for (const auto& draw : lab_.noise.draws) {
        if (draw.normal) want -= log_normal(draw.values, draw.shape.size(), n);
      }
      for (std::size_t i = redundant; i < r.left.size(); ++i) want += log_density(r, i, n);
      compare(
          r.log_prob[static_cast<std::size_t>(n)], want, options_.tolerance,
          fmt::format("What forward adds to the log-probability of image {}, against the numerical Jacobian,",
                      n));
    }
  }

  static bool moves(const std::vector<Eigen::MatrixXd>& jacobians, Index row, Index rows, Index column,
                    Index columns) {
    return std::any_of(jacobians.begin(), jacobians.end(), [&](const Eigen::MatrixXd& j) {
      return (j.block(row, column, rows, columns).array() != 0).any();
    });
  }

  /// The numbers of z, and those of what left that are no choices.
  std::vector<Index> smooth_rows(const PieceResult& r, std::size_t redundant,
                                 const std::vector<Eigen::MatrixXd>& jacobians) const {
    std::vector<Index> rows;
    Index row = 0;
    const auto part = [&](Index size, bool always) {
      if (always || moves(jacobians, row, size, 0, jacobians.front().cols()))
        for (Index i = 0; i < size; ++i) rows.push_back(row + i);
      row += size;
    };
    part(r.shape.size(), true);
    for (std::size_t i = redundant; i < r.left.size(); ++i) part(r.left[i].shape.size(), false);
    return rows;
  }

  /// The numbers of x and of the draws that make no choices.
  std::vector<Index> smooth_columns(const std::vector<Eigen::MatrixXd>& jacobians) const {
    std::vector<Index> columns;
    Index column = 0;
    const auto part = [&](Index size, bool always) {
      if (always || moves(jacobians, 0, jacobians.front().rows(), column, size))
        for (Index i = 0; i < size; ++i) columns.push_back(column + i);
      column += size;
    };
    if (piece_.levels == 0) part(shape_.size(), true);
    for (const auto& draw : lab_.noise.draws) part(draw.shape.size(), draw.normal);
    return columns;
  }

  void scatter(const std::vector<double>& slopes, const PieceResult& r, std::size_t redundant, Index column,
               std::vector<Eigen::MatrixXd>& jacobians) const {
    auto from = slopes.begin();
    Index row = 0;
    const auto part = [&](Index size) {
      for (Index n = 0; n < options_.n; ++n) {
        for (Index i = 0; i < size; ++i) jacobians[static_cast<std::size_t>(n)](row + i, column) = *from++;
      }
      row += size;
    };
    part(r.shape.size());
    for (std::size_t i = redundant; i < r.left.size(); ++i) part(r.left[i].shape.size());
  }

  /// Of what left, as the piece says; N(0, I) where it does not.
  static double log_density(const PieceResult& r, std::size_t part, Index n) {
    const std::vector<double>& said = r.left_log_density[part];
    return said.empty() ? log_normal(r.left[part].values, r.left[part].shape.size(), n)
                        : said[static_cast<std::size_t>(n)];
  }

  static double log_normal(const std::vector<double>& values, Index size, Index n) {
    double total = 0;
    for (Index i = 0; i < size; ++i) {
      const double v = values[static_cast<std::size_t>(n * size + i)];
      total -= 0.5 * (v * v + std::log(2 * std::numbers::pi));
    }
    return total;
  }

  Subject<Device> subject() const {
    std::vector<Shape> inputs{shape_};
    if (piece_.takes_context) inputs.push_back(context_shape_);
    return {inputs, piece_.evaluate, piece_.record, false};
  }

  GradientOptions gradient_options(Phase phase, Index n) const {
    return {.n = n,
            .seed = options_.seed,
            .low = options_.low,
            .high = options_.high,
            .phase = phase,
            .tolerance = options_.tolerance,
            .most = options_.most};
  }

  void check_gradients(Phase phase) {
    const Subject<Device> s = subject();
    lab_.noise.draws.clear();
    GradientCheck check(lab_, s, gradient_options(phase, options_.n));
    // Gray levels are data and have no gradient.
    const Index constant = piece_.levels > 0 ? 0 : -1;
    if (piece_.levels > 0) check.set_input(0, x_);
    check.differentiate(constant);
    for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
      check.compare({.constant = constant, .policy = policy});
      check.compare({.first = true, .constant = constant, .policy = policy});
      check.compare({.ranges = true, .constant = constant, .policy = policy});
      if (piece_.levels == 0) check.compare({.constant = 0, .policy = policy});
      check.compare({.constant = constant, .constant_parameters = true, .policy = policy});
    }
    add(check.report());
  }

  void check_empty() {
    const Subject<Device> s = subject();
    lab_.noise.draws.clear();
    GradientCheck check(lab_, s, gradient_options(Phase::training, 0));
    check.differentiate();
    check.compare({});
    add(check.report());
  }

  void add(CheckReport r) {
    r.worst /= options_.tolerance;
    report_.merge(std::move(r));
  }

  /// `reverse`, which rebuilds x from z, against the tape that kept everything.
  void check_reverse(Phase phase) {
    const Shape out = piece_.output;
    const std::vector<double> dz = lab_.uniform(options_.n * out.size(), -1, 1);
    const auto dlog_prob = make_buffer(lab_.work.device, lab_.uniform(options_.n, -1, 1));
    const std::vector<double> dx_start = lab_.uniform(options_.n * shape_.size(), 1, 2),
                              dcontext_start = lab_.uniform(options_.n * context_shape_.size(), 1, 2);
    const auto gradients = [&](bool reverse) {
      const auto evaluating = lab_.begin(phase);
      auto ctx = evaluating.recording();
      if (phase == Phase::training) lab_.ask_for_next_state();
      const auto ones = std::vector<double>(static_cast<std::size_t>(lab_.parameters.size()), 1.0);
      auto gradient = make_buffer(ctx.device(), ones);
      lab_.pass.gradients = gradient.data();
      Buffer<double, Device> log_prob(ctx.device(), options_.n);
      const LogProb l{log_prob.data(), dlog_prob.data()};
      const auto start = lab_.work.tape.mark();
      const Var<double> x = ctx.variable(lab_.batch(x_.data(), options_.n, shape_));
      set_values(ctx.device(), dx_start.data(), ctx.gradient(x));
      const Var<double> context = ctx.variable(lab_.batch(context_.data(), options_.n, context_shape_));
      set_values(ctx.device(), dcontext_start.data(), ctx.gradient(context));
      Var<double> z;
      if (reverse) {
        z = ctx.variable(piece_.evaluate(evaluating, {{x.value}, {context.value}}, l).value);
        set_all_bits(ctx.device(), x.value.data, static_cast<std::size_t>(x.value.size()) * sizeof(double));
      } else {
        z = piece_.record(ctx, {x, context}, l);
      }
      copy(ctx.device(), as_const(lab_.batch(dz.data(), options_.n, out)), ctx.gradient(z),
           kernels::Write::accumulate);
      const std::vector<double> next_state = lab_.next_state.to_host();
      reverse ? piece_.reverse(ctx, z, {x, context}, l) : lab_.work.tape.backward(ctx, start);
      const std::vector<double> again = lab_.next_state.to_host();
      for (std::size_t i = 0; i < again.size(); ++i) {
        compare(
            again[i], next_state[i], 1e-8,
            "The next state is a function of the state and the batch, but on the second run over the same "
            "batch a number of it");
      }
      std::vector<double> all = values_of(ctx.device(), as_const(ctx.gradient(x)));
      const auto append = [&all](const std::vector<double>& part) {
        all.insert(all.end(), part.begin(), part.end());
      };
      append(values_of(ctx.device(), as_const(ctx.gradient(context))));
      append(gradient.to_host());
      append(values_of(ctx.device(), as_const(x.value)));
      return all;
    };
    const std::vector<double> want = gradients(false), got = gradients(true);
    const auto first_context = dx_start.size(), first_parameter = first_context + dcontext_start.size(),
               first_x = first_parameter + static_cast<std::size_t>(lab_.parameters.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      const auto [what, first] = i < first_context ? std::pair{"The gradient of x", std::size_t{0}}
                                 : i < first_parameter
                                     ? std::pair{"The gradient of the context", first_context}
                                 : i < first_x ? std::pair{"The gradient of the parameters", first_parameter}
                                               : std::pair{"The rebuilt x", first_x};
      compare(got[i], want[i], 1e-7,
              fmt::format("{} (number {}) after reverse, the backward pass that keeps only the output,", what,
                          i - first));
    }
  }

  TestBench<Device>& lab_;
  const Piece<Device>& piece_;
  Shape shape_, context_shape_;
  BijectorOptions options_;
  std::vector<double> x_, context_;
  CheckReport report_;
};

}  // namespace detail

/// Checks a piece of a flow for images of `shape`, with random parameters:
///   - output_shape tells the truth, and inverse(forward(x)) = x, given back what left the flow;
///   - what it adds to the log-probability agrees with its numerical Jacobian, for each image on its own
///     (keep C H W below a hundred or so), where the density of what leaves a surjection is the one that the
///     piece says (LatentSink::log_density), N(0, I) if it says none; for a choice, which does not move with
///     x, that is its probability;
///   - gradients of x, the context and the parameters agree with central differences, in evaluation and in
///     training, under each memory policy, also where x is a channel range or a constant, or the parameters
///     are constants;
///   - `reverse` rebuilds x and gives the same gradients, also of the context, and the same next state;
///   - batches of one and of no image work.
/// The report's sentence says in which respect the piece is furthest off; its errors are fractions of what is
/// allowed.
template <class B, std::derived_from<kernels::DeviceTag> Device>
CheckReport check_bijector(const Device& device, const Shape& shape, const BijectorOptions& options = {}) {
  static_assert(B::levels == 0 || B::kind == Kind::stochastic,
                "A piece that takes gray levels dequantizes them: its kind is stochastic.");
  if (B::takes_context && options.context < 1) {
    throw ArgumentError(
        "The piece takes a context: say in BijectorOptions::context how many channels it has.");
  }
  if (options.n < 1)
    throw ArgumentError("A piece is checked with at least one image, not {}: none at all is tried besides.",
                        options.n);
  TestBench<Device> bench(options.seed, device);
  B piece;
  bench.declare([&](Builder& b) {
    piece.build(b, shape);
    return nullptr;
  });
  const auto plain = detail::make_piece<Device>(piece);
  return detail::BijectorCheck<Device>(bench, plain, shape, options).run();
}

/// The same on the CPU.
template <class B>
CheckReport check_bijector(const Shape& shape, const BijectorOptions& options = {}) {
  return check_bijector<B>(Cpu(1), shape, options);
}

}  // namespace densenf
