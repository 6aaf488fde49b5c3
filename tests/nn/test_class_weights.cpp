#include "densenf/nn/class_weights.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "densenf/check/test_bench.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/tarflow.hpp"

using namespace densenf;

namespace {

template <class Condition>
std::vector<double> weights_of(const std::vector<double>& labels, Phase phase) {
  TestBench bench(1);
  const auto ctx = bench.begin(phase);
  const auto n = static_cast<Index>(labels.size());
  const Condition condition;
  const auto weights = condition.embed(ctx, Var<double>{bench.batch(labels.data(), n, {1, 1, 1})});
  CHECK(weights.shape() == Shape{Condition::channels, 1, 1});
  return values_of(ctx.device(), as_const(weights.value));
}

}  // namespace

TEST_CASE("class weights: 1 for the label, and the same for all classes where it is not known") {
  const std::vector<double> want = {0, 0, 1, 0, 0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0};
  CHECK(weights_of<nn::ClassWeights<4>>({2, -1, 0}, Phase::evaluation) == want);
  CHECK(weights_of<nn::ClassWeights<4>>({2, -1, 0}, Phase::training) == want);
  CHECK(weights_of<nn::ClassWeights<4, std::ratio<1, 2>>>({2, -1, 0}, Phase::evaluation) == want);
  const std::vector<double> unknown(12, 0.25);
  CHECK(weights_of<nn::ClassWeights<4, std::ratio<1>>>({2, -1, 0}, Phase::training) == unknown);
}

TEST_CASE("class weights: in training a label is dropped as often as is said") {
  const std::vector<double> labels(4000, 3);
  const std::vector<double> weights =
      weights_of<nn::ClassWeights<5, std::ratio<1, 10>>>(labels, Phase::training);
  int dropped = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double own = weights[5 * i + 3];
    CHECK((own == 1 || own == 0.2));
    CHECK(weights[5 * i] == (own == 1 ? 0 : 0.2));
    dropped += own != 1;
  }
  // A count of 4000 draws with probability 0.1 has a deviation of 19.
  CHECK(dropped > 400 - 5 * 19);
  CHECK(dropped < 400 + 5 * 19);
}

TEST_CASE("class weights: labels that are neither a class nor -1 are refused") {
  using Model = tarflow::Model<tarflow::Dequantized<5>, 2, 2, nn::CausalTransformer<4, 2, 1>, 3>;
  Flow<Model, float, Cpu, BaseOf<Model>, TarFlowClasses<3>> flow({1, 4, 4}, Cpu(1));
  const Batch<std::uint8_t> x{{1, 4, 4}, 2, std::vector<std::uint8_t>(32, 7)};
  const std::vector<int> known = {2, -1}, beyond = {0, 3};
  const std::vector<float> fraction = {0.5F, 1};
  CHECK(flow.elbo({x, known}).size() == 2);
  CHECK(flow.elbo({x, std::vector<int>{1}}).size() == 2);
  CHECK_THROWS_WITH_AS(
      flow.elbo({x, beyond}),
      "Image 1 of the batch (counted from 0) has the label 3: labels are 0 to 2, or -1 where the "
      "class is not known.",
      ArgumentError);
  CHECK_THROWS_AS(flow.elbo({x, fraction}), ArgumentError);
  CHECK_THROWS_AS(flow.elbo({x, std::vector<int>{-2}}), ArgumentError);
}
