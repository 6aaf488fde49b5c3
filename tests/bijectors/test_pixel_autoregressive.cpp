#include "densenf/bijectors/pixel_autoregressive.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/check/test_bench.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/tarflow.hpp"

using namespace densenf;

namespace {

using Network = nn::CausalTransformer<6, 3, 2, 2>;
constexpr Index images = 3, channels = 2;
constexpr Shape shape{channels, 3, 4};
constexpr Index pixels = 12;

/// A piece, with parameters that the network's last layer and its context matter with.
template <PixelOrder order, int Context = 0>
struct Trial {
  using Block = PixelAutoregressive<order, StandardizingScales, Network, Context>;

  Trial()
      : block(bench.declare([](Builder& b) {
          Block made;
          made.build(b, shape);
          return made;
        })),
        context(bench.uniform(images * std::max(Context, 1), -1, 1)) {}

  /// What inverse(z) is, in one of the ways.
  std::vector<double> inverse(const std::vector<double>& z, std::optional<JacobiIteration> jacobi = {},
                              Index count = images, OperationCount* operations = nullptr) {
    const auto ctx = bench.begin(Phase::evaluation);
    bench.pass.jacobi = jacobi;
    bench.pass.operations = operations;
    const Var<double> from{bench.batch(z.data(), count, shape)};
    if constexpr (Context > 0)
      return values_of(ctx.device(), as_const(block.invert(ctx, from, given(count)).value));
    else
      return values_of(ctx.device(), as_const(block.invert(ctx, from).value));
  }
  std::vector<double> forward(const std::vector<double>& x, OperationCount* operations = nullptr) {
    const auto ctx = bench.begin(Phase::evaluation);
    bench.pass.operations = operations;
    Buffer<double, Cpu> log_prob(ctx.device(), images);
    const Var<double> from{bench.batch(x.data(), images, shape)};
    const LogProb l{log_prob.data(), nullptr};
    if constexpr (Context > 0)
      return values_of(ctx.device(), as_const(block.apply(ctx, from, l, given(images)).value));
    else
      return values_of(ctx.device(), as_const(block.apply(ctx, from, l).value));
  }
  Var<double> given(Index count) { return {bench.batch(context.data(), count, {Context, 1, 1})}; }

  TestBench<> bench{1};
  Block block;
  std::vector<double> context;
};

double apart(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

/// inverse(forward(x)), found without a cache and without an iteration: after each pass over all pixels the
/// next pixel is kept.
template <class TrialType>
std::vector<double> one_pass_for_each_pixel(TrialType& trial, const std::vector<double>& z,
                                            PixelOrder order) {
  std::vector<double> x = z;
  for (Index number = 1; number < pixels; ++number) {
    // z = (x - b) exp(-a) at all pixels. Those of x = 0 and of x = 1 at this one, of which nothing before it
    // depends.
    const Index place = order == PixelOrder::forwards ? number : pixels - 1 - number;
    const auto at = [&](Index n, Index c) {
      return static_cast<std::size_t>((n * pixels + place) * channels + c);
    };
    std::vector<double> probe[2] = {x, x};
    for (Index n = 0; n < images; ++n) {
      for (Index c = 0; c < channels; ++c) {
        probe[0][at(n, c)] = 0;
        probe[1][at(n, c)] = 1;
      }
    }
    const std::vector<double> low = trial.forward(probe[0]), high = trial.forward(probe[1]);
    for (Index n = 0; n < images; ++n) {
      for (Index c = 0; c < channels; ++c) {
        const std::size_t i = at(n, c);
        x[i] = (z[i] - low[i]) / (high[i] - low[i]);
      }
    }
  }
  return x;
}

template <PixelOrder order, int Context>
void check_ways_back() {
  Trial<order, Context> trial;
  const std::vector<double> x = trial.bench.uniform(images * shape.size(), -1, 1), z = trial.forward(x);
  REQUIRE(apart(x, z) > 0.1);
  CHECK(apart(trial.inverse(z), x) < 1e-9);
  CHECK(apart(trial.inverse(z, JacobiIteration{}), x) < 1e-9);
  CHECK(apart(one_pass_for_each_pixel(trial, z, order), x) < 1e-9);
}

}  // namespace

TEST_CASE(
    "pixel autoregressive: back pixel by pixel, by iteration, and by a pass for each pixel are the same") {
  check_ways_back<PixelOrder::forwards, 0>();
  check_ways_back<PixelOrder::backwards, 0>();
  check_ways_back<PixelOrder::forwards, 2>();
  check_ways_back<PixelOrder::backwards, 2>();
}

TEST_CASE("pixel autoregressive: a pixel changes by the pixels before it alone, and by all of them") {
  const auto check = []<PixelOrder order>(std::integral_constant<PixelOrder, order>) {
    Trial<order> trial;
    const std::vector<double> x = trial.bench.uniform(images * shape.size(), -1, 1), z = trial.forward(x);
    for (Index s = 0; s < pixels; ++s) {
      std::vector<double> spoilt = x;
      for (Index n = 0; n < images; ++n)
        spoilt[static_cast<std::size_t>((n * pixels + s) * channels)] = std::nan("");
      const std::vector<double> found = trial.forward(spoilt);
      for (Index t = 0; t < pixels; ++t) {
        if (t == s) continue;
        const bool behind = order == PixelOrder::forwards ? t > s : t < s;
        for (Index n = 0; n < images; ++n) {
          for (Index c = 0; c < channels; ++c) {
            const auto i = static_cast<std::size_t>((n * pixels + t) * channels + c);
            CHECK(behind ? std::isnan(found[i]) : found[i] == z[i]);
          }
        }
      }
      // Its first number did not change by its own second one: the other is (x - b) exp(-a) still.
      for (Index n = 0; n < images; ++n) {
        const auto i = static_cast<std::size_t>((n * pixels + s) * channels);
        CHECK(std::isnan(found[i]));
        CHECK(found[i + 1] == z[i + 1]);
      }
    }
  };
  check(std::integral_constant<PixelOrder, PixelOrder::forwards>{});
  check(std::integral_constant<PixelOrder, PixelOrder::backwards>{});
}

TEST_CASE("pixel autoregressive: all steps back together are less work than the pass forward") {
  Trial<PixelOrder::backwards> trial;
  const std::vector<double> x = trial.bench.uniform(images * shape.size(), -1, 1);
  OperationCount there, back;
  const std::vector<double> z = trial.forward(x, &there);
  trial.inverse(z, {}, images, &back);
  CHECK(back.defined > 0);
  CHECK(back.defined < there.defined);  // whose last pixel has nothing behind it
}

TEST_CASE("pixel autoregressive: what an iteration gives for an image is not a matter of the others") {
  Trial<PixelOrder::forwards> trial;
  std::vector<double> z = trial.bench.uniform(images * shape.size(), -1, 1);
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.size()); ++i)
    z[i] *= 1e-3;  // done before the others
  const JacobiIteration rough{.tolerance = 1e-3};
  const std::vector<double> all = trial.inverse(z, rough), exact = trial.inverse(z);
  CHECK(apart(all, exact) > 0);
  CHECK(apart(all, exact) < 1e-2);
  const std::vector<double> first(z.begin(), z.begin() + shape.size());
  const std::vector<double> alone = trial.inverse(first, rough, 1);
  CHECK(alone == std::vector<double>(all.begin(), all.begin() + shape.size()));
  // As many rounds as are said.
  CHECK(apart(trial.inverse(z, JacobiIteration{.most_rounds = 1}), exact) > 1e-3);
  CHECK(apart(trial.inverse(z, JacobiIteration{.most_rounds = 100}), exact) < 1e-9);
}

TEST_CASE("pixel autoregressive: what overflows at a pixel leaves those before it to the iteration") {
  Trial<PixelOrder::forwards> trial;
  std::vector<double> z = trial.bench.uniform(images * shape.size(), -1, 1);
  const std::vector<double> want = trial.inverse(z);
  for (Index n = 0; n < images; ++n)
    z[static_cast<std::size_t>((n * pixels + 7) * channels)] = std::numeric_limits<double>::infinity();
  for (const auto& jacobi : {std::optional<JacobiIteration>(), std::optional(JacobiIteration{})}) {
    const std::vector<double> found = trial.inverse(z, jacobi);
    for (Index n = 0; n < images; ++n) {
      for (Index i = 0; i < 7 * channels; ++i) {
        const auto at = static_cast<std::size_t>(n * shape.size() + i);
        CHECK(found[at] == doctest::Approx(want[at]).epsilon(1e-9));
      }
      CHECK(!std::isfinite(found[static_cast<std::size_t>(n * shape.size() + 8 * channels)]));
    }
  }
}

TEST_CASE("pixel autoregressive: samples that overflow are refused, in a sentence") {
  Flow<TarFlowDigits> flow({1, 8, 8}, Cpu(1));
  std::vector<float> parameters = flow.parameters().to_host();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] = 10 * parameters[i] + 0.5F * static_cast<float>(std::sin(static_cast<double>(i)));
  flow.set_parameters(parameters);
  for (const auto& jacobi : {std::optional<JacobiIteration>(), std::optional(JacobiIteration{})})
    CHECK_THROWS_AS(flow.sample(4, {.jacobi = jacobi}), NonFiniteError);
}

TEST_CASE("pixel autoregressive: options that cannot be are refused") {
  Flow<TarFlowDigits> flow({1, 8, 8}, Cpu(1));
  CHECK_THROWS_WITH_AS(flow.sample(1, {.jacobi = JacobiIteration{.tolerance = -1}}),
                       "The tolerance of an iteration must be finite and 0 or more, not -1.", ArgumentError);
  CHECK_THROWS_AS(flow.sample(1, {.jacobi = JacobiIteration{.most_rounds = -1}}), ArgumentError);
  CHECK_THROWS_WITH_AS(flow.sample(1, {.guidance = {.weight = 1, .temperature = 0}}),
                       "The temperature of a guidance must be finite and above 0, not 0.", ArgumentError);
  CHECK_THROWS_AS(flow.sample(1, {.guidance = {.weight = std::nan("")}}), ArgumentError);
  using Shifted =
      WithBase<Compose<PixelAutoregressive<PixelOrder::forwards, AutoregressiveSoftplus, Network>>,
               StandardNormal>;
  Flow<Shifted> other({2, 2, 2}, Cpu(1));
  CHECK(other.sample(2, {.guidance = {.weight = 1, .temperature = 2}}).count == 2);
  CHECK_THROWS_WITH_AS(
      other.sample(1, {.guidance = {.weight = 1, .scales = false}}),
      "Only affine transforms with all scales beside each other, such as StandardizingScales, can be "
      "guided by scales or shifts alone.",
      ArgumentError);
}

TEST_CASE(
    "pixel autoregressive: samples are the same by iteration, and guidance without a difference is none") {
  Flow<TarFlowDigits, double> flow({1, 8, 8}, Cpu(1));
  std::vector<double> parameters = flow.parameters().to_host();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] += 0.03 * std::sin(static_cast<double>(i));
  flow.set_parameters(parameters);
  const SampleOptions plain{.seed = 3};
  const auto want = flow.sample(5, plain).values;
  CHECK(flow.sample(5, {.seed = 3, .jacobi = JacobiIteration{}}).values == want);
  CHECK(flow.sample(5, {.seed = 3, .guidance = {.weight = 2}}).values == want);
  CHECK(flow.sample(5, {.seed = 3, .guidance = {.weight = 2, .temperature = 3}}).values != want);
}
