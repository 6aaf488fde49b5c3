#include "densenf/flow/session.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <thread>
#include <vector>

#include "small_flows.hpp"

using namespace densenf;

namespace {
using Bounded = Flow<small::Bounded, float>;
using BoundedWeights = Bounded::WeightsType;
}  // namespace

TEST_CASE("session: two threads that compute with the same weights get the bits of one") {
  Bounded flow(small::digits, Cpu(1));
  small::scramble(flow, 0.2);
  const auto images = small::images(9);
  struct Results {
    std::vector<double> bounds;
    std::vector<std::uint8_t> samples;
    std::vector<float> codes;
    bool operator==(const Results&) const = default;
  };
  const auto compute = [&](auto& session, std::uint64_t seed) {
    Results r;
    for (int round = 0; round < 3; ++round) {
      r.bounds = session.elbo(images, {.seed = seed, .batch = 4});
      r.samples = session.sample(5, {.seed = seed}).values;
      r.codes = session.encode(images, {.seed = seed}).base.values;
    }
    return r;
  };
  const Results first = compute(flow, 1), second = compute(flow, 2);
  CHECK(first != second);

  const std::shared_ptr<const BoundedWeights> weights = flow.shared_weights();
  Results results[2];
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        Session session(weights, Cpu(static_cast<int>(i) + 1));
        results[i] = compute(session, i + 1);
      });
    }
  }
  CHECK(results[0] == first);
  CHECK(results[1] == second);
}

TEST_CASE("session: sessions outlive the flow that they were made from, and see its changes before that") {
  std::vector<double> want, changed;
  const auto images = small::images(3);
  auto session = [&] {
    Bounded flow(small::digits, Cpu(1));
    Session made = flow.session(Cpu(1));
    want = flow.elbo(images);
    CHECK(made.elbo(images) == want);
    small::scramble(flow, 0.2);
    changed = flow.elbo(images);
    CHECK(changed != want);
    return made;
  }();
  CHECK(session.elbo(images) == changed);
}

TEST_CASE("weights: copies have numbers of their own, and every change is a new version") {
  BoundedWeights weights(small::digits, Cpu(1), 3);
  const BoundedWeights copy = weights;
  const auto numbers = copy.parameters().to_host();
  CHECK(weights.parameters().to_host() == numbers);
  std::uint64_t version = weights.version();
  const auto is_new = [&] {
    const std::uint64_t before = std::exchange(version, weights.version());
    return version != before;
  };
  CHECK_FALSE(is_new());
  weights.initialize(4);
  CHECK(is_new());
  CHECK(copy.parameters().to_host() == numbers);
  weights.set_parameters(numbers);
  CHECK(is_new());
  weights.set_parameters_at(5, std::vector{2.0F});
  CHECK(is_new());
  CHECK(weights.parameters().to_host(5, 1).front() == 2);
  weights.set_state(copy.state().to_host());
  CHECK(is_new());
  weights.set_state_at(0, std::vector{1.0F});
  CHECK(is_new());
  weights.change([](auto& parameters, auto&) { parameters.fill_zero(); });
  CHECK(is_new());
  weights = copy;
  CHECK(is_new());
  CHECK(weights.parameters().to_host() == numbers);
  CHECK(weights.parameters().data() != copy.parameters().data());
  const auto size = static_cast<std::size_t>(weights.table().parameters_size);
  CHECK_THROWS_AS(weights.set_parameters(std::vector<float>(size - 1)), ShapeError);
  CHECK_THROWS_WITH_AS(weights = BoundedWeights(Shape{1, 16, 16}, Cpu(1)),
                       "Weights for images of 1x8x8 cannot become those for images of 1x16x16: make others.",
                       ShapeError);
  CHECK(weights.parameters().to_host() == numbers);
}

TEST_CASE("session: weights that change between passes are inverted anew, also where a matrix is the same") {
  Bounded flow(small::digits, Cpu(1));
  small::scramble(flow, 0.2);
  const auto images = small::images(3);
  const auto numbers = flow.parameters().to_host();
  const auto want = flow.elbo(images);
  const auto samples = flow.sample(2).values;
  small::scramble(flow, 0.3, 2);
  flow.elbo(images);
  flow.set_parameters(numbers);
  CHECK(flow.elbo(images) == want);
  CHECK(flow.sample(2).values == samples);
}

TEST_CASE("weights: a vector of flows can be filled, and flows made of given weights agree") {
  std::vector<Bounded> flows;
  for (std::uint64_t seed = 0; seed < 4; ++seed) flows.emplace_back(small::digits, Cpu(1), seed);
  const auto images = small::images(2);
  Bounded same(flows[2].weights());
  CHECK(same.elbo(images) == flows[2].elbo(images));
  CHECK(same.elbo(images) != flows[1].elbo(images));
}
