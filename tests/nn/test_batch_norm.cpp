#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "densenf/check/test_bench.hpp"
#include "densenf/nn/batch_norm.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{3, 2, 4};
constexpr Index n = 5;
constexpr double count = 5 * 8;

struct Norm {
  Norm() {
    params = bench.declare([](Builder& b) {
      nn::BatchNorm norm;
      norm.declare(b, 3);
      return norm;
    });
    x = bench.uniform(n * shape.size(), -2, 3);
    for (std::size_t c = 0; c < 3; ++c) {
      double total = 0, squares = 0;
      for (std::size_t i = c; i < x.size(); i += 3) total += x[i];
      for (std::size_t i = c; i < x.size(); i += 3)
        squares += (x[i] - total / count) * (x[i] - total / count);
      mean[c] = total / count;
      variance[c] = squares / count;
    }
  }

  std::vector<double> forward(Phase phase, bool ask) {
    const auto ctx = bench.begin(phase);
    if (ask) bench.ask_for_next_state();
    const Var<double> in{bench.batch(x.data(), n, shape)};
    const Var<double> y = params.forward(ctx, in);
    return values_of(ctx.device(), as_const(y.value));
  }

  double value(Param p, std::size_t c) const {
    return bench.parameters.span()[static_cast<std::size_t>(p.offset) + c];
  }
  double state(Param p, std::size_t c) const {
    return bench.state.span()[static_cast<std::size_t>(p.offset) + c];
  }
  double next_state(Param p, std::size_t c) const {
    return bench.next_state.span()[static_cast<std::size_t>(p.offset) + c];
  }

  TestBench<> bench{1};
  nn::BatchNorm params;
  std::vector<double> x;
  double mean[3], variance[3];
};

}  // namespace

TEST_CASE("BatchNorm: training normalizes with the batch's own mean and biased variance") {
  Norm norm;
  const std::vector<double> y = norm.forward(Phase::training, false);
  double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t c = i % 3;
    const double want =
        (norm.x[i] - norm.mean[c]) / std::sqrt(norm.variance[c] + 1e-5) * norm.value(norm.params.weight, c) +
        norm.value(norm.params.bias, c);
    worst = std::max(worst, std::abs(y[i] - want));
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("BatchNorm: running statistics move by a tenth towards the batch's, the variance unbiased") {
  Norm norm;
  norm.forward(Phase::training, true);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(norm.next_state(norm.params.running_mean, c) ==
          doctest::Approx(0.9 * norm.state(norm.params.running_mean, c) + 0.1 * norm.mean[c]).epsilon(1e-12));
    CHECK(norm.next_state(norm.params.running_variance, c) ==
          doctest::Approx(0.9 * norm.state(norm.params.running_variance, c) +
                          0.1 * norm.variance[c] * count / (count - 1))
              .epsilon(1e-12));
  }
}

TEST_CASE(
    "BatchNorm: evaluation uses the running statistics; no pass moves them, and training says where to") {
  Norm norm;
  const std::vector<double> state = norm.bench.state.to_host();
  const std::vector<double> y = norm.forward(Phase::evaluation, false);
  const double want = (norm.x[1] - norm.state(norm.params.running_mean, 1)) /
                          std::sqrt(norm.state(norm.params.running_variance, 1) + 1e-5) *
                          norm.value(norm.params.weight, 1) +
                      norm.value(norm.params.bias, 1);
  CHECK(y[1] == doctest::Approx(want).epsilon(1e-12));
  CHECK(norm.bench.state.to_host() == state);
  const std::vector<double> again = norm.forward(Phase::training, false);
  CHECK(norm.bench.state.to_host() == state);
  CHECK(norm.forward(Phase::training, true) == again);
  CHECK(norm.bench.state.to_host() == state);
  const std::vector<double> next = norm.bench.next_state.to_host();
  CHECK(next != state);
  // A function of the state alone, however often it is asked for.
  norm.forward(Phase::training, true);
  CHECK(norm.bench.next_state.to_host() == next);
}
