#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "densenf/flow/flow.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/denseflow.hpp"
#include "densenf/nn/networks.hpp"

// What users hand to a flow: numbers that are none, fractions where gray levels are meant, nothing at all,
// more than fits into memory at once.

using namespace densenf;

namespace {

using U8 = Dequantize<8, UniformNoise>;
using Tiny = Compose<U8, Center, Squeeze,
                     Unit<1, Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<16>>, SwitchHalves>>>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Batch<std::uint8_t> images(Index count, const Shape& shape = {3, 4, 4}) {
  Batch<std::uint8_t> batch{shape, count, {}};
  for (Index i = 0; i < count * shape.size(); ++i)
    batch.values.push_back(static_cast<std::uint8_t>((i * i + 7 * i) % 256));
  return batch;
}

template <class FlowType>
void set(FlowType& flow, const std::string& name, double value) {
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name == name) {
      const std::vector<typename FlowType::Scalar> values(static_cast<std::size_t>(spec.place.size),
                                                          static_cast<typename FlowType::Scalar>(value));
      flow.weights().set_parameters_at(spec.place.offset, values);
      return;
    }
  }
  FAIL("no parameter ", name);
}

}  // namespace

TEST_CASE("inputs: what is no number is refused, and its image named") {
  Flow<ActNorm, double> flow({1, 1, 1}, Cpu(1));
  for (const double bad : {not_a_number, infinity, -infinity}) {
    const Batch<double> points{{1, 1, 1}, 3, {0, 1, bad}};
    CHECK_THROWS_WITH_AS(flow.log_prob(points), doctest::Contains("Row 2 of the batch"), ArgumentError);
    CHECK_THROWS_AS(flow.encode(points), ArgumentError);
    PhiloxNoise<double, Cpu> noise(0, Stream::training, 0);
    CHECK_THROWS_AS(flow.loss_and_gradient(points, noise), ArgumentError);
    CHECK_THROWS_AS(flow.initialize(points), ArgumentError);
  }
  Flow<Tiny> bytes({3, 4, 4}, Cpu(1));
  Batch<float> floats{{3, 4, 4}, 2, std::vector<float>(96, 3.0F)};
  floats.values[50] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(bytes.elbo(floats),
                       doctest::Contains("Image 1 of the batch (counted from 0) holds nan"), ArgumentError);
}

TEST_CASE("inputs: fractions are no gray levels, and the sentence says what to multiply by") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  Batch<float> floats{{3, 4, 4}, 2, std::vector<float>(96, 3.0F)};
  const Batch<std::uint8_t> same{{3, 4, 4}, 2, std::vector<std::uint8_t>(96, 3)};
  CHECK(flow.elbo(floats) == flow.elbo(same));
  for (const float bad : {0.5F, 254.7F}) {
    floats.values[60] = bad;
    CHECK_THROWS_WITH_AS(flow.elbo(floats),
                         doctest::Contains("multiply images that were scaled to [0, 1] by 255"),
                         ArgumentError);
    CHECK_THROWS_WITH_AS(flow.bits_per_dim(floats), doctest::Contains("image 1 of the batch"), ArgumentError);
  }
  floats.values[60] = -1;
  CHECK_THROWS_AS(flow.elbo(floats), ArgumentError);
}

TEST_CASE("inputs: the mean over no images does not exist, and nothing is learned from none") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  CHECK(flow.elbo(images(0)).empty());
  CHECK_THROWS_AS(flow.bits_per_dim(images(0)), ArgumentError);
  CHECK_THROWS_AS(static_cast<void>(flow.bits_per_dim_of({})), ArgumentError);
  PhiloxNoise<float, Cpu> noise(0, Stream::training, 0);
  CHECK_THROWS_AS(flow.loss_and_gradient(images(0), noise), ArgumentError);
  CHECK_THROWS_AS(flow.initialize(images(0)), ArgumentError);
}

TEST_CASE("inputs: an image alone has the bound that it has among others, if it says which one it is") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  const Batch<std::uint8_t> all = images(64);
  const std::vector<double> bounds = flow.elbo(all, {.seed = 3}), tighter = flow.iwbo(all, 3, {.seed = 3});
  for (const Index i : {0, 40, 63}) {
    const Batch<std::uint8_t> one = all.images(i, 1);
    const auto place = static_cast<std::size_t>(i);
    CHECK(flow.elbo(one, {.seed = 3, .first_image = i}).front() == bounds[place]);
    CHECK(flow.iwbo(one, 3, {.seed = 3, .first_image = i}).front() == tighter[place]);
  }
  CHECK(flow.elbo(all.images(40, 1), {.seed = 3}).front() != bounds[40]);
  CHECK_THROWS_AS(flow.elbo(all, {.first_image = -1}), ArgumentError);
}

TEST_CASE(
    "inputs: samples, codes and decoded images come in pieces with the same numbers in no more memory") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  const auto whole = flow.sample(200, {.seed = 5, .batch = 200});
  for (const Index batch : {1, 7, 64})
    CHECK(flow.sample(200, {.seed = 5, .batch = batch}).values == whole.values);
  const auto latents = flow.encode(images(150), {.seed = 2, .batch = 150}),
             pieces = flow.encode(images(150), {.seed = 2});
  CHECK(pieces.base.values == latents.base.values);
  CHECK(pieces.base.count == 150);
  CHECK(pieces.log_prob == latents.log_prob);
  REQUIRE(pieces.factored.size() == latents.factored.size());
  REQUIRE(pieces.noise.size() == latents.noise.size());
  CHECK(pieces.factored[0].values == latents.factored[0].values);
  CHECK(pieces.noise[0].values == latents.noise[0].values);
  CHECK(flow.decode(latents, 7).values == flow.decode(latents, 150).values);
  CHECK(flow.encode(images(0)).base.count == 0);
  CHECK(flow.decode(flow.encode(images(0))).count == 0);
  CHECK(flow.sample(0).count == 0);

  const auto peak = [&](const auto& pass) {
    flow.reset_peak();
    pass();
    return flow.peak_bytes();
  };
  flow.sample(64);
  flow.encode(images(64));
  CHECK(peak([&] { flow.sample(640); }) == peak([&] { flow.sample(64); }));
  CHECK(peak([&] { flow.encode(images(640)); }) == peak([&] { flow.encode(images(64)); }));
  CHECK(peak([&] { flow.decode(latents); }) <= peak([&] { flow.decode(latents, 150); }));

  for (const Index batch : {0, -1}) {
    CHECK_THROWS_AS(flow.sample(2, {.batch = batch}), ArgumentError);
    CHECK_THROWS_AS(flow.encode(images(2), {.batch = batch}), ArgumentError);
    CHECK_THROWS_AS(flow.decode(latents, batch), ArgumentError);
  }
  auto short_of_some = latents;
  short_of_some.factored[0].count = 3;
  CHECK_THROWS_WITH_AS(flow.decode(short_of_some), doctest::Contains("Part 0 of the latents"), ShapeError);
  auto one_more = latents;
  one_more.factored[0].append(one_more.factored[0].images(0, 1));
  CHECK_THROWS_WITH_AS(
      flow.decode(one_more),
      doctest::Contains("Part 0 of the latents should be 150 images, as the base is, but is 151"),
      ShapeError);

  // Numbers that can be counted no more.
  CHECK_THROWS_AS(flow.sample(Index{1} << 60), ShapeError);
  CHECK_THROWS_AS(flow.elbo(images(1), {.first_image = Index{1} << 62}), ShapeError);
  CHECK_THROWS_AS(Flow<ActNorm>(Shape{Index{1} << 62, 1, 1}), ShapeError);
  CHECK_THROWS_AS(Flow<Conv1x1>(Shape{Index{1} << 40, 1, 1}), ShapeError);
}

TEST_CASE("inputs: no image is made of what is not a number") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  CHECK_THROWS_AS(flow.sample(1, {.temperature = infinity}), ArgumentError);
  CHECK_THROWS_AS(flow.sample(1, {.temperature = not_a_number}), ArgumentError);
  set(flow, "base_dist.loc", not_a_number);
  CHECK_THROWS_AS(flow.sample(1), NonFiniteError);
  PhiloxNoise<float, Cpu> noise(0, Stream::sampling, 0);
  CHECK_THROWS_AS(flow.sample_continuous(1, noise), NonFiniteError);

  Flow<Tiny> singular({3, 4, 4}, Cpu(1));
  set(singular, "transforms.3.transforms.0.transforms.1.weight", 0);
  CHECK_THROWS_AS(singular.sample(1), NonFiniteError);

  // A half that leaves the flow as infinity is one, too.
  using Halving = Compose<ActNorm, FactorOut<>>;
  Flow<Halving> halving({2, 1, 1}, Cpu(1));
  for (const ParamSpec& spec : halving.table().parameters) {
    if (spec.name == "transforms.0.log_scale")
      halving.weights().set_parameters_at(spec.place.offset + 1, std::vector{-200.0F});
  }
  CHECK_THROWS_AS(halving.encode(Batch<float>{{2, 1, 1}, 1, {1, 1}}), NonFiniteError);

  Flow<ActNorm> exact({1, 1, 1}, Cpu(1));
  set(exact, "log_scale", 200);
  CHECK_THROWS_AS(exact.sample(3), NonFiniteError);
  CHECK_THROWS_AS(exact.decode(exact.encode(Batch<float>{{1, 1, 1}, 1, {1e30F}})), NonFiniteError);
}

TEST_CASE("inputs: flows move, and live in containers") {
  static_assert(std::is_nothrow_move_constructible_v<Flow<Tiny>> &&
                std::is_nothrow_move_assignable_v<Flow<Tiny>>);
  std::vector<Flow<Tiny>> flows;
  for (std::uint64_t seed = 0; seed < 3; ++seed) flows.emplace_back(Shape{3, 4, 4}, Cpu(1), seed);
  Flow<Tiny> second({3, 4, 4}, Cpu(1), 1);
  const std::vector<double> want = second.elbo(images(5));
  CHECK(flows[1].elbo(images(5)) == want);
  Flow<Tiny> taken = std::move(flows[1]);
  CHECK(taken.elbo(images(5)) == want);
  flows[1] = std::move(taken);
  CHECK(flows[1].elbo(images(5)) == want);
  CHECK(flows[0].elbo(images(5)) != want);

  // One that is given weights goes on with them, and with its own copy of them.
  second.weights() = flows[0].weights();
  Flow<Tiny> given = std::move(second);
  CHECK(given.elbo(images(5)) == flows[0].elbo(images(5)));
  flows[0].initialize(7);
  CHECK(given.elbo(images(5)) != flows[0].elbo(images(5)));
}
