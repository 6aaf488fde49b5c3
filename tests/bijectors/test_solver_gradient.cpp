// ctest-labels: bijectors gradients
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

#include "../error_of.hpp"
#include "densenf/bijectors/adaptive_continuous.hpp"
#include "densenf/bijectors/continuous.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/densenf.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/nn/time_networks.hpp"

// Gradients of continuous flows by the adjoint equation. They are those of the exact solution up to the
// solver's error, as those of the steps are up to theirs, so they are compared with what both come to.

using namespace densenf;

namespace {

constexpr SolverGradient adjoint = SolverGradient::adjoint;

using Field = nn::TimeNetwork<nn::TimeConcatConv, 4>;
template <class Piece, class T = double>
using FlowOf = Flow<WithBase<Piece, StandardNormal>, T>;
template <int Steps, SolverGradient gradient, Trace trace = Trace::exact>
using Fixed = ContinuousFlow<Field, Steps, trace, gradient>;
template <int Digits, SolverGradient gradient, Trace trace = Trace::exact>
using Adaptive = AdaptiveContinuousFlow<Field, Digits, trace, gradient>;

const Shape shape{2, 3, 1};

/// dy/dt = A y at each pixel.
struct LinearField {
  nn::Conv conv;
  void declare(Builder& b, Shape in) {
    conv.declare(b, "conv", in.c, in.c, 1, nn::Conv::Start::uniform, false);
  }
  template <class Ctx, class Time, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const Time&, const V& x) const {
    return conv.forward(ctx, x);
  }
};

Eigen::MatrixXd exponential(const Eigen::MatrixXd& a) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Identity(a.rows(), a.cols()), term = sum;
  for (int i = 1; i < 60; ++i) {
    term = term * a / i;
    sum += term;
  }
  return sum;
}

/// Images of which the last is far larger than the others, so that its way needs other steps.
Batch<double> images(Index count, double factor = 1) {
  Batch<double> x{shape, count, std::vector<double>(static_cast<std::size_t>(count * shape.size()))};
  kernels::fill_normal(Cpu(1), NoiseKey{3, 0, 0, 0}, 0, make_tensor(x.values.data(), count, shape));
  for (std::size_t i = x.values.size() - 6; i < x.values.size(); ++i) x.values[i] *= factor;
  return x;
}

/// The same field for all flows, strong enough that steps matter.
template <class FlowType>
void set_weights(FlowType& flow, double factor) {
  const FlowOf<Fixed<1, SolverGradient::steps>> from(shape, Cpu(1), 11);
  std::vector<double> parameters = from.parameters().to_host();
  for (const ParamSpec& spec : from.table().parameters) {
    for (Index i = 0; i < spec.place.size; ++i)
      parameters[static_cast<std::size_t>(spec.place.offset + i)] *= spec.name == "tau" ? 1 : factor;
  }
  flow.set_parameters(parameters);
}

/// The gradient of the loss by all parameters, and behind it that of log p by the images, where that is
/// exact.
template <class FlowType>
std::vector<double> gradient_of(FlowType& flow, const Batch<double>& x, bool exact = true) {
  auto& gradients = flow.gradients();
  if (gradients.size() > 0) gradients.fill_zero();
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
  flow.loss_and_gradient(x, noise);
  std::vector<double> all = gradients.to_host();
  if (!exact) return all;
  const Batch<double> score = flow.score(x);
  all.insert(all.end(), score.values.begin(), score.values.end());
  return all;
}

template <class Piece>
std::vector<double> gradient_of(const Batch<double>& x, double factor, bool exact = true) {
  FlowOf<Piece> flow(shape, Cpu(1), 1);
  set_weights(flow, factor);
  return gradient_of(flow, x, exact);
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}
double largest(const std::vector<double>& a) { return distance(a, std::vector<double>(a.size())); }

/// Compares with z = e^(AT) x and the log-determinant T tr A, and their derivatives.
template <class Piece>
void check_linear(double tolerance) {
  constexpr int c = 3;
  constexpr Index n = 2;
  FlowOf<Piece> flow({c, 1, 1}, Cpu(1), 4);
  std::vector<double> parameters = flow.parameters().to_host();
  const auto offset = [&](const std::string& name) {
    for (const ParamSpec& spec : flow.table().parameters)
      if (spec.name.ends_with(name)) return static_cast<std::ptrdiff_t>(spec.place.offset);
    throw ArgumentError("There is no {}.", name);
  };
  const std::ptrdiff_t of_tau = offset("tau"), of_a = offset("weight");
  const double tau = 1.2, time = tau * tau;
  parameters[static_cast<std::size_t>(of_tau)] = tau;
  flow.set_parameters(parameters);
  // For each input of A what it is multiplied with for each output.
  const Eigen::MatrixXd a = Eigen::Map<const Eigen::MatrixXd>(parameters.data() + of_a, c, c);
  Batch<double> x{{c, 1, 1}, n, {0.7, -1.1, 0.4, 1.9, 0.3, -0.6}};
  const std::vector<double> log_prob = flow.log_prob(x), got = gradient_of(flow, x);

  const double per_image = -1 / (std::numbers::ln2 * n * c);
  const Eigen::MatrixXd grown = exponential(time * a);
  Eigen::MatrixXd by_a = time * per_image * n * Eigen::MatrixXd::Identity(c, c);
  double by_tau = 2 * tau * per_image * n * a.trace();
  std::vector<double> want(parameters.size());
  for (std::size_t i = 0; i < n; ++i) {
    const Eigen::VectorXd start = Eigen::Map<const Eigen::VectorXd>(x.values.data() + i * c, c);
    const Eigen::VectorXd z = grown * start, of_x = -grown.transpose() * z;
    CHECK(log_prob[i] == doctest::Approx(-0.5 * z.squaredNorm() - 0.5 * c * std::log(2 * std::numbers::pi) +
                                         time * a.trace())
                             .epsilon(tolerance));
    const Eigen::VectorXd of_z = -per_image * z;
    by_tau += 2 * tau * of_z.dot(a * z);
    // The integral of e^(A'(T - t)) of_z start' e^(A' t) is in the corner of this exponential.
    Eigen::MatrixXd both = Eigen::MatrixXd::Zero(2 * c, 2 * c);
    both.topLeftCorner(c, c) = both.bottomRightCorner(c, c) = a.transpose();
    both.topRightCorner(c, c) = of_z * start.transpose();
    by_a += exponential(time * both).topRightCorner(c, c);
    want.insert(want.end(), of_x.data(), of_x.data() + c);
  }
  want[static_cast<std::size_t>(of_tau)] = by_tau;
  std::copy(by_a.data(), by_a.data() + c * c, want.begin() + of_a);
  CHECK(distance(got, want) < tolerance * (1 + largest(want)));
}

/// The memory of a training pass.
template <class Piece>
std::size_t peak(MemoryPolicy policy) {
  Flow<Piece> flow({2, 8, 8}, Cpu(1));
  const Batch<float> x{{2, 8, 8}, 4, std::vector<float>(4 * 128, 0.3F)};
  for (int pass = 0; pass < 2; ++pass) {
    flow.reset_peak();
    PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
    CHECK(std::isfinite(flow.loss_and_gradient(x, noise, policy)));
  }
  return flow.workspace().memory.peak_bytes() + flow.workspace().scratch.peak_bytes();
}
constexpr std::size_t image_bytes = 4 * 128 * sizeof(float);

}  // namespace

TEST_CASE(
    "gradients by the adjoint equation: the difference from those of the steps falls with their order") {
  const Batch<double> x = images(3);
  const auto error_of = [&](auto steps) {
    constexpr int count = decltype(steps)::value;
    return distance(gradient_of<Fixed<count, adjoint>>(x, 6),
                    gradient_of<Fixed<count, SolverGradient::steps>>(x, 6));
  };
  const double of_8 = error_of(std::integral_constant<int, 8>()),
               of_16 = error_of(std::integral_constant<int, 16>()),
               of_32 = error_of(std::integral_constant<int, 32>());
  INFO(of_8, " ", of_16, " ", of_32);
  // Both are off by a multiple of the fourth power of a step, and by less of the fifth: nearly 16 times.
  CHECK(of_8 / of_16 > 12);
  CHECK(of_8 / of_16 < 20);
  CHECK(of_16 / of_32 > 14);
  CHECK(of_16 / of_32 < 18);
  CHECK(of_32 > 1e-12);
}

TEST_CASE("gradients by the adjoint equation: those of adaptive steps come to the same as tolerances fall") {
  const Batch<double> x = images(3, 5);
  const std::vector<double> want = gradient_of<Adaptive<12, SolverGradient::steps>>(x, 6);
  const double of_4 = distance(want, gradient_of<Adaptive<4, adjoint>>(x, 6)),
               of_7 = distance(want, gradient_of<Adaptive<7, adjoint>>(x, 6)),
               of_10 = distance(want, gradient_of<Adaptive<10, adjoint>>(x, 6));
  INFO(of_4, " ", of_7, " ", of_10);
  CHECK(of_7 < of_4 / 100);
  CHECK(of_10 < of_7 / 100);
  // Each of fewer than a hundred steps may be off by the tolerance of what there is.
  const double size = 1 + largest(want);
  CHECK(of_4 < 100 * 1e-4 * size);
  CHECK(of_7 < 100 * 1e-7 * size);
  CHECK(of_10 < 100 * 1e-10 * size);
}

TEST_CASE("gradients by the adjoint equation: a linear field has those of the matrix exponential") {
  check_linear<ContinuousFlow<LinearField, 64, Trace::exact, SolverGradient::steps>>(1e-7);
  check_linear<ContinuousFlow<LinearField, 64, Trace::exact, adjoint>>(1e-7);
  check_linear<AdaptiveContinuousFlow<LinearField, 10, Trace::exact, adjoint>>(1e-8);
}

TEST_CASE("gradients by the adjoint equation: traces are estimated with one vector for both ways") {
  // The integrand is the same function of the state, so that differences are as small as with exact traces.
  const auto x = images(3);
  const auto check = [&](const std::vector<double>& got, const std::vector<double>& want, double bound) {
    CHECK(distance(got, want) < bound * (1 + largest(want)));
    CHECK(largest(want) > 0.1);
  };
  const auto fine = gradient_of<Fixed<96, SolverGradient::steps, Trace::normal>>(x, 3, false);
  check(gradient_of<Fixed<96, adjoint, Trace::normal>>(x, 3, false), fine, 1e-7);
  check(gradient_of<Adaptive<9, adjoint, Trace::normal>>(x, 3, false), fine, 1e-7);
  check(gradient_of<Fixed<96, adjoint>>(x, 3), gradient_of<Fixed<96, SolverGradient::steps>>(x, 3), 1e-7);
}

TEST_CASE("gradients by the adjoint equation: an image's do not depend on the images beside it") {
  FlowOf<Adaptive<5, adjoint>> flow(shape, Cpu(1));
  set_weights(flow, 6);
  const Batch<double> x = images(5, 8);
  const Batch<double> together = flow.score(x);
  std::vector<double> sum;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto first = x.values.begin() + static_cast<std::ptrdiff_t>(6 * i);
    const Batch<double> one{shape, 1, {first, first + 6}};
    const Batch<double> alone = flow.score(one);
    for (std::size_t j = 0; j < 6; ++j) CHECK(alone.values[j] == together.values[6 * i + j]);
    const std::vector<double> of_one = gradient_of(flow, one);
    sum.resize(flow.gradients().to_host().size());
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += of_one[j] / 5;
  }
  // Parameters have the mean of the images' gradients up to the rounding of its sums: steps do not depend on
  // what the loss is divided by.
  std::vector<double> of_all = gradient_of(flow, x);
  of_all.resize(sum.size());
  CHECK(distance(of_all, sum) < 1e-12 * (1 + largest(sum)));
}

TEST_CASE("gradients by the adjoint equation: one image, and none") {
  const auto check = [](auto of) {
    using Piece = typename decltype(of)::type;
    const Shape odd{1, 1, 3};
    for (const Index n : {1, 0}) {
      const CheckReport report = check_gradient(
          {odd},
          [&](Builder& b) {
            Piece piece;
            piece.build(b, odd);
            return piece;
          },
          [](const auto& ctx, const Piece& piece, const auto& x, LogProb l) {
            return piece.apply(ctx, x[0], l);
          },
          {.n = n, .tolerance = 1e-5});
      CHECK_MESSAGE(report.passed(), report.sentence, " ", report.worst, " times the error allowed, of ", n);
    }
    FlowOf<Piece> flow(odd, Cpu(1));
    CHECK(flow.log_prob(Batch<double>{odd, 0, {}}).empty());
    CHECK(flow.score(Batch<double>{odd, 0, {}}).values.empty());
  };
  check(std::type_identity<Fixed<16, adjoint>>());
  check(std::type_identity<Adaptive<8, adjoint>>());
}

TEST_CASE("gradients by the adjoint equation: memory does not grow with the number of steps") {
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    CHECK(peak<Fixed<4, adjoint, Trace::signs>>(policy) == peak<Fixed<16, adjoint, Trace::signs>>(policy));
    CHECK(peak<Unit<2, Fixed<4, adjoint, Trace::signs>>>(policy) ==
          peak<Unit<2, Fixed<16, adjoint, Trace::signs>>>(policy));
    CHECK(peak<Adaptive<2, adjoint, Trace::signs>>(policy) ==
          peak<Adaptive<5, adjoint, Trace::signs>>(policy));
    // That of the steps does: at least the image in front of each of twelve more.
    const auto grown = [](std::size_t more, std::size_t less) { return more - less; };
    CHECK(grown(peak<Fixed<16, SolverGradient::steps, Trace::signs>>(policy),
                peak<Fixed<4, SolverGradient::steps, Trace::signs>>(policy)) >= 12 * image_bytes);
  }
}

TEST_CASE("gradients by the adjoint equation: in slices they are the same") {
  FlowOf<Fixed<6, adjoint, Trace::normal>> flow(shape, Cpu(1));
  set_weights(flow, 3);
  const Batch<double> x = images(5);
  const auto in_slices = [&](Index slice) {
    if (flow.gradients().size() > 0) flow.gradients().fill_zero();
    PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
    flow.loss_and_gradient(x, noise, MemoryPolicy::store, slice);
    return flow.gradients().to_host();
  };
  const std::vector<double> want = in_slices(0);
  CHECK(distance(in_slices(2), want) < 1e-13 * (1 + largest(want)));
}

TEST_CASE("gradients by the adjoint equation: what comes from behind as no number is a sentence") {
  FlowOf<Compose<Adaptive<5, adjoint>, ActNorm>> flow(shape, Cpu(1));
  const Batch<double> x = images(2);
  CHECK(largest(gradient_of(flow, x)) > 0);
  std::vector<double> parameters = flow.parameters().to_host();
  for (Index i = 0; i < flow.table().parameters.back().place.size; ++i)
    parameters[static_cast<std::size_t>(flow.table().parameters.back().place.offset + i)] = std::nan("");
  flow.set_parameters(parameters);
  const std::string error = test::error_of([&] { static_cast<void>(gradient_of(flow, x)); });
  CHECK(error.find("from what is behind it") != std::string::npos);
  for (const double number : flow.gradients().to_host()) CHECK(number == 0);
}

TEST_CASE("solver gradients: the score of a log-density that is estimated is that of the estimate") {
  FlowOf<Fixed<8, SolverGradient::steps, Trace::signs>> flow(shape, Cpu(1), 1);
  set_weights(flow, 2);
  const Batch<double> x = images(3);
  const EvaluationOptions options{.seed = 5, .batch = 2, .first_image = 4};
  const Batch<double> score = flow.score(x, options);
  const double h = 1e-5;
  const auto per_image = static_cast<std::size_t>(shape.size());
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    Batch<double> up = x, down = x;
    up.values[i] += h;
    down.values[i] -= h;
    const std::size_t image = i / per_image;
    const double slope = (flow.log_prob(up, options)[image] - flow.log_prob(down, options)[image]) / (2 * h);
    CHECK(score.values[i] == doctest::Approx(slope).epsilon(1e-6));
  }
  CHECK(flow.score(x, {.seed = 6}).values != score.values);
}
