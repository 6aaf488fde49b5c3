#include "densenf/flow/denoise.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "densenf/densenf.hpp"
#include "densenf/models/tarflow.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{1, 4, 4};
using Model = tarflow::Model<tarflow::Noisy<8>, 2, 2, nn::CausalTransformer<4, 2, 1>, 3>;
using Classes = Flow<Model, double, Cpu, BaseOf<Model>, TarFlowClasses<3>>;

template <class FlowType>
void scramble(FlowType& flow) {
  auto values = flow.parameters().to_host();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.2 * std::sin(static_cast<double>(7 * i));
  flow.set_parameters(values);
}

Batch<double> gray(Index count) {
  Batch<double> x{shape, count, {}};
  for (Index i = 0; i < count * shape.size(); ++i)
    x.values.push_back(127.5 + 100 * std::sin(static_cast<double>(i * i)));
  return x;
}

}  // namespace

TEST_CASE("denoise: the score is the slope of log_prob, whatever the batch") {
  Classes flow(shape, Cpu(1));
  scramble(flow);
  const std::vector<int> labels = {0, 2, -1};
  const Batch<double> x = gray(3), score = flow.score({x, labels}, {.batch = 2});
  REQUIRE(score.count == 3);
  CHECK(flow.score({x, labels}).values == score.values);
  constexpr double step = 1e-3;
  for (Index i = 0; i < shape.size(); ++i) {
    Batch<double> low = x, high = x;
    for (Index n = 0; n < 3; ++n) {
      low.values[static_cast<std::size_t>(n * shape.size() + i)] -= step;
      high.values[static_cast<std::size_t>(n * shape.size() + i)] += step;
    }
    const std::vector<double> below = flow.log_prob({low, labels}), above = flow.log_prob({high, labels});
    for (Index n = 0; n < 3; ++n) {
      const double want =
          (above[static_cast<std::size_t>(n)] - below[static_cast<std::size_t>(n)]) / (2 * step);
      CHECK(score.values[static_cast<std::size_t>(n * shape.size() + i)] ==
            doctest::Approx(want).epsilon(1e-5));
    }
  }
}

TEST_CASE("denoise: a normal density is denoised by what Bayes' rule says") {
  // N(127.5, 127.5^2) in gray levels.
  Flow<WithBase<Compose<tarflow::Noisy<8>>, StandardNormal>, double> flow(shape, Cpu(1));
  const Batch<double> noisy = gray(2);
  constexpr double deviation = 0.3 * 127.5;
  const Batch<double> clean = denoise(flow, noisy, deviation);
  // The image before has the variance 127.5^2 less that of the noise.
  for (std::size_t i = 0; i < noisy.values.size(); ++i)
    CHECK(clean.values[i] == doctest::Approx(127.5 + (noisy.values[i] - 127.5) * (1 - 0.09)).epsilon(1e-12));
}

TEST_CASE("denoise: samples of classes, to gray levels") {
  Classes flow(shape, Cpu(1));
  scramble(flow);
  const std::vector<int> labels = {2, 1};
  const Batch<double> drawn = flow.sample(2, labels);
  const Batch<double> clean = denoise(flow, drawn, labels, 0.05 * 127.5);
  const Batch<double> score = flow.score({drawn, labels});
  for (std::size_t i = 0; i < drawn.values.size(); ++i)
    CHECK(clean.values[i] == doctest::Approx(drawn.values[i] + 6.375 * 6.375 * score.values[i]));
  CHECK(denoise(flow, drawn, std::vector<int>{2, 0}, 6.375).values != clean.values);
  CHECK(nearest_levels(Batch<double>{{4, 1, 1}, 1, {-3, 0.5, 30.4, 40}}, 5).values ==
        std::vector<std::uint8_t>{0, 1, 30, 31});
}

TEST_CASE("denoise: noise has the deviation that is said, is a function of seed and step, and finite") {
  const Batch<std::uint8_t> x{{1, 50, 50}, 2, std::vector<std::uint8_t>(5000, 100)};
  const Batch<float> noisy = add_normal_noise(x, 8, 1, 2);
  double sum = 0, squares = 0;
  for (const float v : noisy.values) {
    sum += v - 100;
    squares += (v - 100) * (v - 100);
  }
  // Of 5000 numbers: five deviations of the mean and of the variance.
  CHECK(std::abs(sum / 5000) < 5 * 8 / std::sqrt(5000.0));
  CHECK(std::abs(squares / 5000 - 64) < 5 * 64 * std::sqrt(2 / 5000.0));
  CHECK(add_normal_noise(x, 8, 1, 2).values == noisy.values);
  CHECK(add_normal_noise(x, 8, 1, 3).values != noisy.values);
  CHECK(add_normal_noise(x, 8, 2, 2).values != noisy.values);
  CHECK(std::vector<float>(noisy.values.begin(), noisy.values.begin() + 2500) !=
        std::vector<float>(noisy.values.begin() + 2500, noisy.values.end()));
  CHECK_THROWS_WITH_AS(add_normal_noise(x, -1),
                       "The deviation of noise must be finite and 0 or more, not -1.", ArgumentError);
}

TEST_CASE("denoise: a score that is no number is refused") {
  Classes flow(shape, Cpu(1));
  std::vector<double> values = flow.parameters().to_host();
  values[0] = std::numeric_limits<double>::infinity();
  flow.set_parameters(values);
  CHECK_THROWS_AS(flow.score({gray(1), std::vector<int>{1}}), NonFiniteError);
}
