#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "densenf/check/test_bench.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/flowpp.hpp"

using namespace densenf;

namespace {

using Network = nn::GatedNetwork<8, 2, 2>;
using Step = flowpp::Step<Network, LogisticMixture<4>>;
using Started = WithBase<Compose<Unit<2, Step>>, StandardNormal>;

/// Images whose channels are far from mean 0 and deviation 1.
Batch<double> images(const Shape& shape, Index count) {
  Batch<double> x{shape, count, {}};
  for (Index i = 0; i < count * shape.size(); ++i)
    x.values.push_back(5 + 3 * std::sin(0.7 * static_cast<double>(i * i % 101)));
  return x;
}

}  // namespace

TEST_CASE("gated: a flow that has started from data is near a normal one, and starts once") {
  Flow<Started, double> flow({4, 3, 2});
  const Batch<double> x = images(flow.shape(), 16);
  CHECK(flow.initialize(x));
  // What comes out of a step that has just started is about the normed input: the couplings do little.
  const std::vector<double> z = flow.encode(x).base.values;
  double mean = 0, square = 0;
  for (const double v : z) {
    mean += v / static_cast<double>(z.size());
    square += v * v / static_cast<double>(z.size());
  }
  CHECK(std::abs(mean) < 0.3);
  CHECK(std::abs(std::sqrt(square) - 1) < 0.3);
  CHECK_FALSE(flow.initialize(x));
}

TEST_CASE("gated: what cannot be started or divided is one sentence") {
  Flow<Started, double> flow({4, 3, 2});
  CHECK_THROWS_WITH_AS(flow.initialize(images(flow.shape(), 1)),
                       "PositionNorm starts from the statistics of at least two images, not 1.", ShapeError);
  Shape odd{2, 2, 2};
  ++odd.c;  // a literal shape would be an error of the compiler
  CHECK_THROWS_AS((Flow<Started, double>(odd)), ShapeError);
  TestBench bench(1, Cpu(1));
  const auto ctx = bench.begin(Phase::evaluation);
  const auto x = ctx.output(1, {6, 2, 2});
  CHECK_THROWS_WITH_AS(ops::softmax_attention(ctx, x, x, x, 4),
                       "Attention divides 6 and 6 channels among its heads, which are not 4.", ShapeError);
  CHECK_THROWS_AS(ops::softmax_attention(ctx, x, ctx.output(1, {6, 1, 2}), x, 2), ShapeError);
  CHECK_THROWS_WITH_AS(
      ops::mixture_into(ctx, kernels::MixtureMap{65}, kernels::Everywhere{}, x, x, ctx.unused_log_prob(1), x),
      "A mixture has 1 to 64 components, not 65.", ArgumentError);
  CHECK_THROWS_AS(
      ops::mixture_into(ctx, kernels::MixtureMap{2}, kernels::Everywhere{}, x, x, ctx.unused_log_prob(1), x),
      ShapeError);
  CHECK_THROWS_AS(ops::fold_columns(ctx, ctx.output(1, {1, 2, 3})), ShapeError);
}
