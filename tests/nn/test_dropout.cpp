#include "densenf/nn/dropout.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "densenf/check/test_bench.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;

TEST_CASE("dropout: about its share of the numbers becomes 0 in training, and all others grow by as much") {
  TestBench bench(1, Cpu(1));
  const auto dropout = bench.declare([](Builder& b) {
    nn::Dropout<std::ratio<1, 4>> made;
    made.declare(b);
    return made;
  });
  const Index n = 40;
  const Shape s{5, 8, 10};
  const std::vector<double> ones(static_cast<std::size_t>(n * s.size()), 1.0);
  const auto run = [&](Phase phase) {
    const auto ctx = bench.begin(phase);
    return values_of(ctx.device(),
                     as_const(dropout.forward(ctx, Var<double>{bench.batch(ones.data(), n, s)}).value));
  };
  double kept = 0;
  const std::vector<double> y = run(Phase::training);
  for (const double v : y) {
    CHECK((v == 0 || v == 1 / 0.75));
    kept += v != 0 ? 1 : 0;
  }
  // Of 16,000 numbers 12,000 are kept, give or take five times the binomial law's deviation of 55.
  CHECK(std::abs(kept - 12000) < 5 * 55);
  CHECK(run(Phase::training) == y);  // with the same noise
  CHECK(run(Phase::evaluation) == ones);
}

TEST_CASE("dropout: without a rate nothing is drawn") {
  ParameterTable table;
  Builder builder(table);
  nn::Dropout<std::ratio<0>>().declare(builder);
  CHECK(table.repeated_draws == 0);
  nn::Dropout<std::ratio<1, 2>>().declare(builder);
  CHECK(table.repeated_draws == 1);
}
