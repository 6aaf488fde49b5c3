#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "densenf/train/ema.hpp"

using densenf::ArgumentError;
using densenf::Cpu;
using densenf::ShapeError;
using densenf::WeightAverage;

TEST_CASE("a weight average follows the definition") {
  const WeightAverage average{.decay = 0.75};
  std::vector<double> a{1, -2, 0};
  const std::vector<double> w{3, 2, 0}, v{-1, 0, 8};
  average.update(Cpu(1), std::span(a), std::span(w));
  CHECK(a == std::vector<double>{1.5, -1, 0});
  average.update(Cpu(1), std::span(a), std::span(v));
  CHECK(a == std::vector<double>{0.875, -0.75, 2});
  CHECK(w == std::vector<double>{3, 2, 0});
}

TEST_CASE("an average without memory is the weights, and equal weights leave it alone") {
  std::vector<float> a{1, 2};
  const std::vector<float> w{3.3f, -4.7f};
  WeightAverage{.decay = 0}.update(Cpu(1), std::span(a), std::span(w));
  CHECK(a[0] == doctest::Approx(3.3f));
  CHECK(a[1] == doctest::Approx(-4.7f));
  const std::vector<float> before = a;
  WeightAverage{.decay = 0.999}.update(Cpu(1), std::span(a), std::span<const float>(before));
  CHECK(a == before);
}

TEST_CASE("a weight average is the same to the bit for every number of threads") {
  const auto run = [](int threads) {
    std::vector<float> a(100'003), w(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = std::sin(static_cast<float>(i));
      w[i] = std::cos(static_cast<float>(i));
    }
    WeightAverage{.decay = 0.9}.update(Cpu(threads), std::span(a), std::span<const float>(w));
    for (std::size_t i = 0; i < a.size(); ++i) {
      const float exact = 0.9f * std::sin(static_cast<float>(i)) + 0.1f * w[i];
      REQUIRE(std::abs(a[i] - exact) < 1e-6f);
    }
    return a;
  };
  const auto one = run(1);
  CHECK(run(2) == one);
  CHECK(run(3) == one);
}

TEST_CASE("sizes that differ and decays out of range are refused") {
  std::vector<float> a(3);
  const std::vector<float> w(4);
  CHECK_THROWS_WITH_AS(WeightAverage{}.update(Cpu(1), std::span(a), std::span(w)),
                       "An average of 3 weights cannot follow 4 weights.", ShapeError);
  for (double decay : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(WeightAverage{.decay = decay}.update(Cpu(1), std::span(a), std::span(w).first(3)),
                    ArgumentError);
  }
}
