#include "densenf/flow/condition.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <xtensor/xtensor.hpp>

#include "../error_of.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;
using test::error_of;

namespace {

using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<8>, 3>, SwitchHalves>;
using Table = Flow<Unit<2, Step>, double, Cpu, ChannelNormal, Given<3>>;

using Classes = nn::ClassEmbedding<4, 3>;
using Digits =
    Flow<Compose<Dequantize<3, UniformNoise>, Center, Squeeze, Unit<2, Step>, Transition, Unit<1, Step>>,
         double, Cpu, ChannelNormal, Classes>;

/// Moves all parameters away from their start, and says that starts from data were made.
template <class FlowType>
void scramble(FlowType& flow) {
  std::vector<double> values = flow.parameters().to_host();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.3 * std::sin(static_cast<double>(7 * i));
  flow.set_parameters(values);
  flow.set_state(std::vector<double>(static_cast<std::size_t>(flow.table().state_size), 1.0));
}

Batch<double> numbers(Index count, Index columns, double phase) {
  Batch<double> batch{{columns, 1, 1}, count, {}};
  for (Index i = 0; i < count * columns; ++i)
    batch.values.push_back(std::sin(static_cast<double>(i) + phase));
  return batch;
}

Batch<std::uint8_t> images(Index count) {
  Batch<std::uint8_t> batch{{1, 8, 8}, count, {}};
  for (Index i = 0; i < count * 64; ++i) batch.values.push_back(static_cast<std::uint8_t>(i * i % 7));
  return batch;
}

}  // namespace

TEST_CASE("condition: each image's density depends on its own condition, and one may be for all") {
  Table flow({4, 1, 1}, Cpu(1));
  scramble(flow);
  const Batch<double> x = numbers(5, 4, 0), c = numbers(5, 3, 1);
  const std::vector<double> all = flow.log_prob({x, c});
  for (Index i = 0; i < 5; ++i) {
    const double alone = flow.log_prob({x.images(i, 1), c.images(i, 1)}).front();
    CHECK(alone == doctest::Approx(all[static_cast<std::size_t>(i)]).epsilon(1e-14));
  }
  CHECK(flow.log_prob({x, c}, {.batch = 2}) == all);

  Batch<double> same{{3, 1, 1}, 5, {}};
  for (int i = 0; i < 5; ++i) same.values.insert(same.values.end(), c.values.begin(), c.values.begin() + 3);
  CHECK(flow.log_prob({x, c.images(0, 1)}, {.batch = 2}) == flow.log_prob({x, same}));
  CHECK(flow.log_prob({x, same})[1] != all[1]);
}

TEST_CASE("condition: the density given a condition integrates to one") {
  Flow<Unit<2, Compose<ActNorm, AffineCoupling<nn::Mlp<8>, 3>, SwitchHalves>>, double, Cpu, ChannelNormal,
       Given<3>>
      flow({2, 1, 1}, Cpu(2));
  scramble(flow);
  for (const double phase : {0.0, 2.0}) {
    constexpr int side = 200;
    constexpr double reach = 12;
    Batch<double> grid{{2, 1, 1}, side * side, {}};
    for (int i = 0; i < side; ++i) {
      for (int j = 0; j < side; ++j) {
        grid.values.push_back(reach * (2 * (i + 0.5) / side - 1));
        grid.values.push_back(reach * (2 * (j + 0.5) / side - 1));
      }
    }
    double total = 0;
    for (const double l : flow.log_prob({grid, numbers(1, 3, phase)}, {.batch = 4096})) total += std::exp(l);
    CHECK(total * 4 * reach * reach / (side * side) == doctest::Approx(1).epsilon(1e-3));
  }
}

TEST_CASE("condition: samples are drawn, and codes decoded, given the condition") {
  Table flow({4, 1, 1}, Cpu(1));
  scramble(flow);
  const Batch<double> c = numbers(6, 3, 1);
  const Batch<double> each = flow.sample(6, c, {.seed = 5});
  CHECK(flow.sample(6, c, {.seed = 5, .batch = 4}).values == each.values);
  CHECK(flow.sample(6, c.images(0, 1), {.seed = 5}).values != each.values);
  for (Index d = 0; d < 4; ++d) {
    const auto i = static_cast<std::size_t>(d);
    CHECK(flow.sample(1, c.images(0, 1), {.seed = 5}).values[i] ==
          doctest::Approx(each.values[i]).epsilon(1e-14));
  }
  const auto latents = flow.encode({each, c});
  const Batch<double> back = flow.decode(latents, c, 4);
  for (std::size_t i = 0; i < each.values.size(); ++i)
    CHECK(back.values[i] == doctest::Approx(each.values[i]).epsilon(1e-10));
}

TEST_CASE("condition: draws come with the log-probability that log_prob gives them") {
  Table flow({4, 1, 1}, Cpu(1));
  scramble(flow);
  const Batch<double> c = numbers(7, 3, 1);
  const auto drawn = flow.sample_with_log_prob(7, c, {.seed = 2, .batch = 3});
  CHECK(drawn.values.values == flow.sample(7, c, {.seed = 2}).values);
  CHECK(drawn.log_prob == flow.log_prob({drawn.values, c}));
  CHECK(error_of([&] { flow.sample_with_log_prob(7, c, {.temperature = 0.5}); }) ==
        "A draw's log-probability is that of the model, whose temperature is 1: draw with it, not 0.5.");

  Flow<Compose<ActNorm, Conv1x1>, double> plain({3, 1, 1}, Cpu(1));
  scramble(plain);
  const auto some = plain.sample_with_log_prob(5, {.seed = 1});
  CHECK(some.log_prob == plain.log_prob(some.values));
}

TEST_CASE("condition: an image is given a class, whose vector is learned with the rest") {
  Digits flow({1, 8, 8}, Cpu(1));
  scramble(flow);
  const auto x = images(4);
  const std::vector<int> labels = {0, 1, 2, 3};
  const auto bound = flow.elbo({x, labels});
  CHECK(flow.elbo({x, std::vector<std::uint8_t>{0, 1, 2, 3}}) == bound);
  CHECK(flow.elbo({x, std::vector{3, 1, 2, 3}})[0] != bound[0]);
  CHECK(flow.iwbo({x, labels}, 2).size() == 4);
  CHECK(flow.sample(3, std::vector{2}, {.seed = 1}).count == 3);

  // Training changes the vectors of the classes that it meets and no other.
  Trainer trainer(flow, {.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 0.1}});
  const ParamSpec* embedding = nullptr;
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name == "class_embedding.weight") embedding = &spec;
  }
  REQUIRE(embedding != nullptr);
  const auto before = flow.parameters().to_host(embedding->place.offset, embedding->place.size);
  trainer.step({x, std::vector{1, 1, 3, 1}});
  const auto after = flow.parameters().to_host(embedding->place.offset, embedding->place.size);
  for (std::size_t label = 0; label < 4; ++label) {
    const bool met = label == 1 || label == 3;
    for (std::size_t i = 0; i < 3; ++i) CHECK((before[3 * label + i] != after[3 * label + i]) == met);
  }
}

TEST_CASE("condition: what cannot be given is an error in one sentence") {
  Table flow({4, 1, 1}, Cpu(1));
  const Batch<double> x = numbers(3, 4, 0);
  CHECK(error_of([&] {
          flow.log_prob({x, numbers(2, 3, 0)});
        }) == "A condition is given with each image, or one for all: 3 images were given 2 conditions.");
  CHECK(error_of([&] {
          flow.log_prob({x, numbers(3, 2, 0)});
        }) == "The flow takes rows of 3 columns, not of 2.");
  Batch<double> broken = numbers(3, 3, 0);
  broken.values[4] = std::numeric_limits<double>::quiet_NaN();
  CHECK(error_of([&] {
          flow.log_prob({x, broken});
        }) == "Row 1 of the condition (counted from 0) holds nan in column 1: give finite numbers.");
  CHECK(error_of([&] { flow.sample(2, numbers(3, 3, 0)); }) ==
        "A condition is given with each image, or one for all: 2 images were given 3 conditions.");

  Digits digits({1, 8, 8}, Cpu(1));
  CHECK(error_of([&] {
          digits.elbo({images(2), std::vector{0, 4}});
        }) == "Image 1 of the batch (counted from 0) has the label 4: labels are 0 to 3.");
  CHECK(error_of([&] {
          digits.elbo({images(2), std::vector{-1, 0}});
        }) == "Image 0 of the batch (counted from 0) has the label -1: labels are 0 to 3.");
  CHECK(error_of([&] {
          digits.elbo({images(1), std::vector{0.5}});
        }) == "Image 0 of the batch (counted from 0) has the label 0.5: labels are 0 to 3.");
  // Nothing of a training step is done before the condition was looked at.
  Trainer trainer(flow, {});
  const auto parameters = flow.parameters().to_host();
  CHECK_THROWS_AS(trainer.step({x, broken}), ArgumentError);
  CHECK(flow.parameters().to_host() == parameters);
  CHECK(flow.needs_initialization());
}

TEST_CASE("condition: the base alone may look at it") {
  Flow<ActNorm, double, Cpu, ConditionalNormal<nn::Mlp<4>, 3>, Given<3>> flow({2, 1, 1}, Cpu(1));
  scramble(flow);
  const Batch<double> c = numbers(2, 3, 1);
  const auto drawn = flow.sample_with_log_prob(5, c.images(0, 1), {.seed = 2});
  CHECK(drawn.log_prob == flow.log_prob({drawn.values, c.images(0, 1)}));
  CHECK(drawn.log_prob != flow.log_prob({drawn.values, c.images(1, 1)}));
  CHECK(drawn.values.values != flow.sample(5, c.images(1, 1), {.seed = 2}).values);
}

TEST_CASE("condition: the noise inside of a flow may look at it, and nothing else") {
  using Noise = Sampler<StandardNormal, Compose<AffineCoupling<nn::Mlp<8>, 5>, Sigmoid>, nn::WithContext<3>>;
  Flow<Compose<Dequantize<3, Noise>, Center, ActNorm>, double, Cpu, ChannelNormal, Classes> flow({2, 4, 4},
                                                                                                 Cpu(1));
  scramble(flow);
  Batch<std::uint8_t> x{{2, 4, 4}, 4, images(2).values};
  const std::vector<int> labels = {0, 1, 2, 3};
  const auto bound = flow.elbo({x, labels});
  CHECK(flow.elbo({x, labels}, {.batch = 1}) == bound);
  const auto other = flow.elbo({x, std::vector{0, 1, 3, 3}});
  for (std::size_t i = 0; i < 4; ++i) CHECK((other[i] == bound[i]) == (i != 2));
  const auto latents = flow.encode({x, labels});
  CHECK(latents.log_prob == bound);
  const Batch<double> back = flow.decode(latents, labels);
  for (std::size_t i = 0; i < back.values.size(); ++i)
    CHECK(back.values[i] == doctest::Approx(static_cast<double>(x.values[i])).epsilon(1e-12));
  // A sample is made of the base alone.
  CHECK(flow.sample(3, std::vector{2}, {.seed = 1}).values ==
        flow.sample(3, std::vector{1}, {.seed = 1}).values);
}

TEST_CASE("condition: it may come as an array, and labels of every type reach to their last class") {
  Table flow({4, 1, 1}, Cpu(1));
  scramble(flow);
  const Batch<double> x = numbers(2, 4, 0), c = numbers(2, 3, 1);
  xt::xtensor<double, 4> images({2, 4, 1, 1}), given({2, 3, 1, 1});
  std::copy(x.values.begin(), x.values.end(), images.begin());
  std::copy(c.values.begin(), c.values.end(), given.begin());
  CHECK(flow.log_prob({images, given}) == flow.log_prob({x, c}));
  AnyFlow any("table", flow.shared_weights());
  CHECK(any.log_prob({images, given}) == flow.log_prob({x, c}));

  using Many = nn::ClassEmbedding<256, 2>;
  const std::vector<std::uint8_t> all = {0, 7, 255};
  CHECK_NOTHROW(Many::check(BatchView<std::uint8_t>{all.data(), 3, {1, 1, 1}}));
  const std::vector<int> beyond = {256};
  CHECK_THROWS_AS(Many::check(BatchView<int>{beyond.data(), 1, {1, 1, 1}}), ArgumentError);
}

namespace {
/// A condition without parameters of its own: what is given, doubled.
struct Doubled {
  static constexpr Index channels = 3;
  static constexpr Shape shape{3, 1, 1};
  template <class U>
  static void check(const BatchView<U>&) {}
  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx& ctx, const V& given) const {
    return ops::scale_shift(ctx, given, 2, 0);
  }
};
}  // namespace

TEST_CASE("condition: one of one's own needs no more than what it does") {
  Flow<Unit<2, Step>, double, Cpu, ChannelNormal, Doubled> flow({4, 1, 1}, Cpu(1));
  Table plain({4, 1, 1}, Cpu(1));
  scramble(flow);
  scramble(plain);
  const Batch<double> x = numbers(2, 4, 0), c = numbers(2, 3, 1);
  Batch<double> twice = c;
  for (double& v : twice.values) v *= 2;
  CHECK(flow.log_prob({x, c}) == plain.log_prob({x, twice}));
}
