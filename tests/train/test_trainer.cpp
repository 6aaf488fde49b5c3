#include "densenf/train/trainer.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "small_flow.hpp"

using namespace densenf;
using small::Model;
using SmallFlow = Flow<Model, double>;

TEST_CASE("training lowers the loss") {
  SmallFlow flow({1, 8, 8}, Cpu(1));
  Trainer<SmallFlow> trainer(flow, {.schedule = {.lr = 5e-3}});
  const Images images = small::images();
  const double first = trainer.step(images);
  double last = 0;
  for (int i = 0; i < 60; ++i) last = trainer.step(images);
  CHECK(last < first - 0.3);
  CHECK(trainer.steps() == 61);
  CHECK(trainer.gradient_norm() > 0);
}

TEST_CASE("every optimizer and every memory policy takes a step") {
  const Images images = small::images();
  for (const char* name : {"adamax", "adam", "adamw", "sgd"}) {
    for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
      SmallFlow flow({1, 8, 8}, Cpu(1));
      const auto before = flow.parameters().to_host();
      Trainer<SmallFlow> trainer(flow, {.optimizer = make_optimizer(name), .policy = policy});
      CHECK(std::isfinite(trainer.step(images)));
      CHECK(flow.parameters().to_host() != before);
    }
  }
}

TEST_CASE("clipping limits how far plain gradient descent moves") {
  const Images images = small::images();
  const auto distance = [&](std::optional<double> limit) {
    SmallFlow flow({1, 8, 8}, Cpu(1));
    Trainer<SmallFlow> trainer(
        flow, {.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1.0}, .max_gradient_norm = limit});
    // The first step starts ActNorm, which moves parameters too.
    trainer.step(images);
    const auto before = flow.parameters().to_host();
    trainer.step(images);
    const auto after = flow.parameters().to_host();
    double squares = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
      squares += (after[i] - before[i]) * (after[i] - before[i]);
    return std::sqrt(squares);
  };
  CHECK(distance(1e-3) == doctest::Approx(1e-3).epsilon(1e-3));
  CHECK(distance({}) > 2e-3);
}

TEST_CASE("the average of weights follows them, and is used only inside with_average") {
  SmallFlow flow({1, 8, 8}, Cpu(1));
  Trainer<SmallFlow> trainer(flow, {.schedule = {.lr = 1e-2}, .average = WeightAverage{0.9}});
  const Images images = small::images();
  for (int i = 0; i < 20; ++i) trainer.step(images);
  const double own = flow.bits_per_dim(images);
  const double averaged = trainer.with_average([&] { return flow.bits_per_dim(images); });
  CHECK(averaged != own);
  CHECK(flow.bits_per_dim(images) == own);
}

TEST_CASE("a loss that is not finite changes nothing and names the piece") {
  SmallFlow flow({1, 8, 8}, Cpu(1));
  Trainer<SmallFlow> trainer(flow, {});
  const Images images = small::images();
  trainer.step(images);
  // Poison one weight in the middle of the model.
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name == "transforms.3.blocks.1.transforms.0.transforms.1.weight") {
      flow.weights().set_parameters_at(spec.place.offset,
                                       std::vector{std::numeric_limits<double>::quiet_NaN()});
    }
  }
  const auto parameters = flow.parameters().to_host(), state = flow.state().to_host();
  CHECK_THROWS_WITH_AS(trainer.step(images),
                       doctest::Contains("'transforms.3.blocks.1.transforms.0.transforms.1'"),
                       NonFiniteError);
  CHECK(trainer.steps() == 1);
  CHECK(std::memcmp(parameters.data(), flow.parameters().data(), parameters.size() * sizeof(double)) == 0);
  CHECK(state == flow.state().to_host());
}
