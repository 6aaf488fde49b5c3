#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "densenf/bijectors/actnorm.hpp"
#include "densenf/check/test_bench.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{3, 4, 5};
constexpr Index n = 6;

/// An ActNorm that has not seen data, and passes over it in which it starts if it is asked to.
struct Fresh {
  explicit Fresh() {
    bench.declare([&](Builder& b) {
      norm.build(b, shape);
      return nullptr;
    });
    bench.state.fill_zero();
  }

  std::vector<double> forward(const std::vector<double>& x, Phase phase, bool start) {
    const auto ctx = bench.begin(phase);
    if (start) bench.ask_for_starts();
    const Index images = static_cast<Index>(x.size()) / shape.size();
    const Var<double> in{bench.batch(x.data(), images, shape)};
    log_prob.assign(static_cast<std::size_t>(images), 0.0);
    return values_of(ctx.device(), as_const(norm.apply(ctx, in, {log_prob.data(), nullptr}).value));
  }

  /// Images whose channel c has about mean c and standard deviation 2 + c.
  std::vector<double> data() {
    std::vector<double> x = bench.uniform(n * shape.size(), -1, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto c = static_cast<double>(i % 3);
      x[i] = c + (2 + c) * std::sqrt(3.0) * x[i];
    }
    return x;
  }

  TestBench<> bench{1};
  ActNorm norm;
  std::vector<double> log_prob;
};

}  // namespace

TEST_CASE(
    "ActNorm: the first training batch comes out with mean 0 and standard deviation 1 in each channel") {
  Fresh fresh;
  const std::vector<double> z = fresh.forward(fresh.data(), Phase::training, true);
  const double count = static_cast<double>(z.size()) / 3;
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t i = c; i < z.size(); i += 3) sum += z[i];
    for (std::size_t i = c; i < z.size(); i += 3) squares += (z[i] - sum / count) * (z[i] - sum / count);
    CHECK(std::abs(sum / count) < 1e-12);
    // The scale is std + 1e-6.
    CHECK(std::sqrt(squares / (count - 1)) == doctest::Approx(1).epsilon(2e-6));
  }
}

TEST_CASE("ActNorm: only the first training batch counts") {
  Fresh fresh;
  const std::vector<double> first = fresh.data(), second = fresh.data();
  const std::vector<double> z = fresh.forward(first, Phase::training, true);
  CHECK(fresh.forward(second, Phase::training, true) != z);
  CHECK(fresh.forward(first, Phase::training, true) == z);
  CHECK(fresh.forward(first, Phase::evaluation, false) == z);
}

TEST_CASE("ActNorm: neither evaluation nor training starts it") {
  Fresh fresh;
  const std::vector<double> x = fresh.data(), parameters = fresh.bench.parameters.to_host();
  fresh.forward(x, Phase::evaluation, false);
  fresh.forward(x, Phase::training, false);
  CHECK(fresh.bench.parameters.to_host() == parameters);
  const std::vector<double> state = fresh.bench.state.to_host();
  CHECK(state == std::vector<double>(state.size(), 0.0));
}

TEST_CASE("ActNorm: one pixel has no standard deviation to start from") {
  TestBench bench(1);
  ActNorm norm;
  bench.declare([&](Builder& b) {
    norm.build(b, {3, 1, 1});
    return nullptr;
  });
  bench.state.fill_zero();
  const auto ctx = bench.begin(Phase::training);
  bench.ask_for_starts();
  const Var<double> x{ctx.tensor(1, {3, 1, 1})};
  CHECK_THROWS_WITH_AS(
      norm.apply(ctx, x, ctx.unused_log_prob(1)),
      "ActNorm starts from the statistics of the first training batch, which needs at least two "
      "pixels, not 1.",
      ShapeError);
}
