#include "densenf/distributions/running_normal.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "densenf/check/check_gradient.hpp"
#include "densenf/check/test_bench.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{3, 2, 2};
constexpr Index images = 4;

template <bool moves>
struct Trial {
  Trial()
      : normal(bench.declare([](Builder& b) {
          RunningNormal<moves> made;
          made.declare(b, shape);
          return made;
        })),
        x(bench.uniform(images * shape.size(), -2, 2)),
        variance(bench.state.to_host()) {}

  std::vector<double> log_prob(Phase phase, double factor = 1) {
    const auto ctx = bench.begin(phase);
    if (phase == Phase::training) bench.ask_for_next_state();
    Buffer<double, Cpu> found(ctx.device(), images);
    normal.log_prob(ctx, Var<double>{bench.batch(x.data(), images, shape)}, factor, {found.data(), nullptr});
    return found.to_host();
  }
  double want(Index n, bool with_variance) const {
    double sum = 0;
    for (Index i = 0; i < shape.size(); ++i) {
      const double v = with_variance ? variance[static_cast<std::size_t>(i)] : 1;
      const double z = x[static_cast<std::size_t>(n * shape.size() + i)];
      sum -= 0.5 * (std::log(2 * std::numbers::pi * v) + z * z / v);
    }
    return sum;
  }

  TestBench<> bench{3};
  RunningNormal<moves> normal;
  std::vector<double> x, variance;
};

}  // namespace

TEST_CASE("running normal: the density is that of its variances, in training only where they stay") {
  const auto check = [](auto trial, bool in_training) {
    for (const Phase phase : {Phase::evaluation, Phase::training}) {
      const bool with_variance = phase == Phase::evaluation || in_training;
      const std::vector<double> once = trial.log_prob(phase), less = trial.log_prob(phase, -2);
      for (Index n = 0; n < images; ++n) {
        const auto i = static_cast<std::size_t>(n);
        CHECK(once[i] == doctest::Approx(trial.want(n, with_variance)).epsilon(1e-12));
        CHECK(less[i] == doctest::Approx(-2 * once[i]).epsilon(1e-12));
      }
    }
  };
  check(Trial<true>(), false);
  check(Trial<false>(), true);
}

TEST_CASE("running normal: a training step moves variances towards the mean square, if they move") {
  const auto check = []<bool moves>(Trial<moves> trial) {
    trial.log_prob(Phase::training);
    const std::vector<double> next = trial.bench.next_state.to_host();
    for (Index i = 0; i < shape.size(); ++i) {
      double mean = 0;
      for (Index n = 0; n < images; ++n)
        mean += std::pow(trial.x[static_cast<std::size_t>(n * shape.size() + i)], 2) / images;
      const double before = trial.variance[static_cast<std::size_t>(i)];
      CHECK(next[static_cast<std::size_t>(i)] ==
            doctest::Approx(moves ? 0.9 * before + 0.1 * mean : before).epsilon(1e-13));
    }
  };
  check(Trial<true>());
  check(Trial<false>());
}

TEST_CASE("running normal: draws have the variances, times the temperature's square") {
  Trial<true> trial;
  const auto ctx = trial.bench.begin(Phase::evaluation);
  const auto drawn = values_of(ctx.device(), as_const(trial.normal.sample(ctx, images, 0.5).value));
  const auto& noise = trial.bench.noise.draws.at(0).values;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double v = trial.variance[i % static_cast<std::size_t>(shape.size())];
    CHECK(drawn[i] == doctest::Approx(0.5 * noise[i] * std::sqrt(v)).epsilon(1e-13));
  }
}

TEST_CASE("running normal: gradients") {
  const auto declare = [](Builder& b) {
    RunningNormal<false> made;
    made.declare(b, shape);
    return made;
  };
  const CheckReport report = check_gradient(
      std::vector<Shape>{shape}, declare, [](const auto& ctx, const auto& normal, const auto& x, LogProb l) {
        normal.log_prob(ctx, x[0], -1.5, l);
      });
  CHECK_MESSAGE(report.passed(), report.sentence);
}
