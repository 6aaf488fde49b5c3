// ctest-labels: threads
#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "densenf/train/optimizer.hpp"
#include "small_flows.hpp"

using namespace densenf;

namespace {

struct Trained {
  std::vector<float> parameters, state;
  std::vector<double> losses, elbo;
  std::vector<std::uint8_t> samples;
};

Trained train(int threads) {
  Flow<small::Bounded> flow({1, 8, 8}, Cpu(threads), 1);
  std::vector<float> moments(static_cast<std::size_t>(Adamax::moments * flow.parameters().size()));
  Trained t;
  for (int step = 0; step < 50; ++step) {
    PhiloxNoise<float, Cpu> noise(1, Stream::training, static_cast<std::uint64_t>(step));
    t.losses.push_back(flow.loss_and_gradient(small::images(7, static_cast<std::uint32_t>(step)), noise));
    flow.weights().change([&](auto& parameters, auto&) {
      optimizer_step(Adamax{}, flow.device(), parameters.span(), flow.gradients().span(),
                     std::span<float>(moments), 1e-2, 1.0, step + 1);
    });
  }
  t.parameters = flow.parameters().to_host();
  t.state = flow.state().to_host();
  t.elbo = flow.elbo(small::images(9));
  t.samples = flow.sample(5, {.seed = 1}).values;
  return t;
}

}  // namespace

TEST_CASE("threads: fifty steps of training end in the same bits with one, two and three threads") {
  const Trained one = train(1);
  CHECK(one.losses.back() < one.losses.front());
  for (const int threads : {2, 3}) {
    const Trained more = train(threads);
    CHECK(more.losses == one.losses);
    CHECK(more.parameters == one.parameters);
    CHECK(more.state == one.state);
    CHECK(more.elbo == one.elbo);
    CHECK(more.samples == one.samples);
  }
}
