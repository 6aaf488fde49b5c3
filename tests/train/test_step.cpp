#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "densenf/bijectors/elementwise.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/denseflow.hpp"
#include "densenf/train/trainer.hpp"

// A training step is all or nothing: whatever makes it throw, nothing has moved.

using namespace densenf;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

using U8 = Dequantize<8, UniformNoise>;
using Module = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<16>>, SwitchHalves>;
using Tiny = Compose<U8, Center, Squeeze, Unit<1, Module>>;

/// One with BatchNorm, so that there are running statistics.
using WithStatistics = Compose<ActNorm, AffineCoupling<IntraUnit<4, 1, 2>>>;

template <class T>
Batch<T> batch_of(const Shape& shape, Index count, double scale = 1) {
  Batch<T> batch{shape, count, {}};
  for (Index i = 0; i < count * shape.size(); ++i)
    batch.values.push_back(
        static_cast<T>(scale * std::floor(128 + 100 * std::sin(static_cast<double>(i * i)))));
  return batch;
}

template <class FlowType>
bool gradients_are_zero(const Trainer<FlowType>& trainer) {
  for (const auto g : trainer.gradients().to_host()) {
    if (g != 0) return false;
  }
  return true;
}

/// All that a step may change.
template <class FlowType>
struct Everything {
  Everything(Trainer<FlowType>& trainer)
      : parameters(trainer.flow().parameters().to_host()),
        state(trainer.flow().state().to_host()),
        moments(trainer.moments().to_host()),
        average(trainer.average().to_host()),
        average_state(trainer.average_state().to_host()),
        gradients(trainer.flow().gradients().to_host()),
        own_gradients_are_zero(gradients_are_zero(trainer)),
        steps(trainer.steps()) {}

  bool operator==(const Everything& o) const {
    const auto same = [](const auto& a, const auto& b) {
      return a.size() == b.size() &&
             (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0);
    };
    return same(parameters, o.parameters) && same(state, o.state) && same(moments, o.moments) &&
           same(average, o.average) && same(average_state, o.average_state) && same(gradients, o.gradients) &&
           own_gradients_are_zero && o.own_gradients_are_zero && steps == o.steps;
  }

  std::vector<typename FlowType::Scalar> parameters, state, moments, average, average_state, gradients;
  bool own_gradients_are_zero;
  Index steps;
};

const TrainOptions with_everything{.max_gradient_norm = 1.0, .average = WeightAverage{0.9}};

}  // namespace

TEST_CASE("step: a first batch with a number that is none changes nothing") {
  Flow<ActNorm, double> flow({1, 1, 1}, Cpu(1));
  Trainer<Flow<ActNorm, double>> trainer(flow, with_everything);
  const Everything before(trainer);
  CHECK_THROWS_WITH_AS(trainer.step(Batch<double>{{1, 1, 1}, 2, {not_a_number, 1}}),
                       doctest::Contains("Row 0 of the batch"), ArgumentError);
  CHECK(before == Everything(trainer));
  CHECK(flow.log_prob(Batch<double>{{1, 1, 1}, 1, {0}}).front() == doctest::Approx(-0.9189385).epsilon(1e-7));
  CHECK(std::isfinite(trainer.step(Batch<double>{{1, 1, 1}, 2, {3, 1}})));
}

TEST_CASE(
    "step: a start from data that is not finite, or of which a later piece is refused, changes nothing") {
  // The variance of these overflows.
  Flow<ActNorm> flow({1, 1, 1}, Cpu(1));
  Trainer<Flow<ActNorm>> trainer(flow, with_everything);
  const Everything before(trainer);
  CHECK_THROWS_WITH_AS(trainer.step(Batch<float>{{1, 1, 1}, 2, {3e38F, -3e38F}}),
                       doctest::Contains("'log_scale' a start that is not finite"), NonFiniteError);
  CHECK(before == Everything(trainer));
  CHECK(flow.needs_initialization());

  // Four pixels for the first ActNorm, one for the second.
  using Two = Compose<ActNorm, Squeeze, ActNorm>;
  Flow<Two, double> two({1, 2, 2}, Cpu(1));
  Trainer<Flow<Two, double>> second(two, with_everything);
  const Everything both(second);
  CHECK_THROWS_AS(second.step(Batch<double>{{1, 2, 2}, 1, {1, 2, 3, 4}}), ShapeError);
  CHECK(both == Everything(second));
  CHECK(two.needs_initialization());
  CHECK(std::isfinite(second.step(Batch<double>{{1, 2, 2}, 2, {1, 2, 3, 4, 5, 7, 6, 9}})));
  CHECK_FALSE(two.needs_initialization());
}

TEST_CASE("step: a first step that starts well and then overflows takes its start back") {
  // The density of what comes out of the start overflows in float, as the scale of the base is tiny.
  Flow<ActNorm> flow({1, 1, 1}, Cpu(1));
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name == "base_dist.log_scale")
      flow.weights().set_parameters_at(spec.place.offset, std::vector{-60.0F});
  }
  Trainer<Flow<ActNorm>> trainer(flow, with_everything);
  const Everything before(trainer);
  CHECK_THROWS_AS(trainer.step(Batch<float>{{1, 1, 1}, 2, {1, 3}}), NonFiniteError);
  CHECK(before == Everything(trainer));
  CHECK(flow.needs_initialization());
  CHECK(gradients_are_zero(trainer));
}

TEST_CASE("step: a batch that BatchNorm refuses in the middle changes nothing") {
  using FlowType = Flow<WithStatistics>;
  FlowType flow({4, 2, 2}, Cpu(1));
  Trainer<FlowType> trainer(flow, with_everything);
  for (int i = 0; i < 2; ++i) trainer.step(batch_of<float>({4, 2, 2}, 6, 0.01));
  const Everything before(trainer);
  CHECK_THROWS_AS(trainer.step(batch_of<float>({4, 2, 3}, 6)), ShapeError);
  CHECK_THROWS_AS(trainer.step(Batch<float>{{4, 2, 2}, 0, {}}), ArgumentError);
  // Numbers whose squares overflow: neither loss nor gradient is finite.
  CHECK_THROWS_AS(trainer.step(batch_of<float>({4, 2, 2}, 6, 1e36)), NonFiniteError);
  CHECK(before == Everything(trainer));
  CHECK(gradients_are_zero(trainer));
  // The same bits as a training that never failed.
  FlowType other({4, 2, 2}, Cpu(1));
  Trainer<FlowType> straight(other, with_everything);
  for (int i = 0; i < 3; ++i) straight.step(batch_of<float>({4, 2, 2}, 6, 0.01));
  trainer.step(batch_of<float>({4, 2, 2}, 6, 0.01));
  CHECK(Everything(straight) == Everything(trainer));
}

TEST_CASE("differentiate: draws that run out and losses that are not finite leave the state as it was") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  const auto images = batch_of<std::uint8_t>({3, 4, 4}, 4);
  flow.initialize(images);
  const auto state = flow.state().to_host(), parameters = flow.parameters().to_host();
  PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
  flow.loss_and_gradient(images, noise);
  const auto gradients = flow.gradients().to_host();
  ReplayedNoise<float, Cpu> none({});
  CHECK_THROWS_AS(flow.loss_and_gradient(images, none), ArgumentError);
  CHECK(flow.gradients().to_host() == gradients);
  CHECK(flow.state().to_host() == state);
  CHECK(flow.parameters().to_host() == parameters);

  Flow<WithStatistics> statistics({4, 2, 2}, Cpu(1));
  const auto before = statistics.state().to_host();
  const float loss =
      static_cast<float>(statistics.loss_and_gradient(batch_of<float>({4, 2, 2}, 6, 1e36), noise));
  CHECK_FALSE(std::isfinite(loss));
  CHECK(statistics.state().to_host() == before);
}

TEST_CASE("trainer: every option out of range is refused when the trainer is made") {
  Flow<ActNorm> flow({1, 1, 1}, Cpu(1));
  const auto refuses = [&](const TrainOptions& options, const char* words) {
    CHECK_THROWS_WITH_AS(Trainer<Flow<ActNorm>>(flow, options), doctest::Contains(words), ArgumentError);
  };
  refuses({.optimizer = Adam{.beta1 = 1.0}}, "beta1 must lie in [0, 1)");
  refuses({.optimizer = Adamax{.beta2 = -0.1}}, "beta2 must lie in [0, 1)");
  refuses({.optimizer = AdamW{.epsilon = 0}}, "Epsilon must be positive");
  refuses({.optimizer = AdamW{.weight_decay = not_a_number}}, "weight decay must be 0 or more");
  refuses({.optimizer = Sgd{.momentum = 1}}, "momentum must lie in [0, 1)");
  refuses({.optimizer = Sgd{.momentum = 0, .nesterov = true}}, "Nesterov's step needs a momentum");
  refuses({.schedule = {.lr = -1}}, "learning rate must be positive");
  refuses({.schedule = {.warmup_steps = -1}}, "Warm-up must take 0 steps or more");
  refuses({.schedule = {.gamma = 2}}, "factor per epoch must lie in (0, 1]");
  for (const double norm : {-1.0, 0.0, not_a_number})
    refuses({.max_gradient_norm = norm}, "largest gradient norm");
  for (const double decay : {-0.1, 1.0, not_a_number})
    refuses({.average = WeightAverage{decay}}, "decay of a weight average");
  refuses({.slice = -1}, "0 (all) or more");
}

TEST_CASE("step: what lies in the flow's own gradients takes no part") {
  const auto images = batch_of<std::uint8_t>({3, 4, 4}, 4);
  const auto trained = [&](bool dirty) {
    Flow<Tiny> flow({3, 4, 4}, Cpu(1));
    Trainer<Flow<Tiny>> trainer(flow, {.optimizer = Adam{}});
    for (int i = 0; i < 3; ++i) {
      if (dirty) {
        PhiloxNoise<float, Cpu> noise(9, Stream::training, 0);
        flow.loss_and_gradient(images, noise);
      }
      trainer.step(images);
      CHECK(gradients_are_zero(trainer));
    }
    return flow.parameters().to_host();
  };
  CHECK(trained(true) == trained(false));
}

TEST_CASE("step: no images are nothing to learn from, and AdamW does not shrink for them") {
  Flow<Tiny> flow({3, 4, 4}, Cpu(1));
  Trainer<Flow<Tiny>> trainer(flow, {.optimizer = AdamW{.weight_decay = 0.5}, .average = WeightAverage{0.9}});
  const Everything fresh(trainer);
  CHECK_THROWS_AS(trainer.step(batch_of<std::uint8_t>({3, 4, 4}, 0)), ArgumentError);
  CHECK(fresh == Everything(trainer));
  trainer.step(batch_of<std::uint8_t>({3, 4, 4}, 4));
  const Everything before(trainer);
  CHECK_THROWS_AS(trainer.step(batch_of<std::uint8_t>({3, 4, 4}, 0)), ArgumentError);
  CHECK(before == Everything(trainer));
}

TEST_CASE("average: it begins after the start from data and after weights that were loaded") {
  // At rate 0 the weights stay what the start from data made them: mean 100, standard deviation 14.14 + 1e-6.
  Flow<ActNorm, double> flow({1, 1, 1}, Cpu(1));
  Trainer<Flow<ActNorm, double>> trainer(
      flow, {.schedule = {.lr = 1e-3, .warmup_steps = 10}, .average = WeightAverage{0.999}});
  const Batch<double> point{{1, 1, 1}, 1, {100}};
  CHECK(trainer.average().size() == 0);
  trainer.step(Batch<double>{{1, 1, 1}, 2, {90, 110}});
  CHECK(flow.log_prob(point).front() == doctest::Approx(-3.5680973).epsilon(1e-7));
  CHECK(trainer.with_average([&] { return flow.log_prob(point).front(); }) ==
        doctest::Approx(-3.5680973).epsilon(1e-7));

  Flow<ActNorm, double> loaded({1, 1, 1}, Cpu(1));
  Trainer<Flow<ActNorm, double>> late(
      loaded, {.schedule = {.lr = 1e-3, .warmup_steps = 10}, .average = WeightAverage{0.999}});
  loaded.set_parameters(flow.parameters().to_host());
  loaded.set_state(flow.state().to_host());
  CHECK(late.with_average([&] { return loaded.log_prob(point).front(); }) == flow.log_prob(point).front());
  late.step(Batch<double>{{1, 1, 1}, 2, {90, 110}});
  CHECK(late.with_average([&] { return loaded.log_prob(point).front(); }) ==
        doctest::Approx(-3.5680973).epsilon(1e-7));

  // A start in the middle of a training: the average has it, too.
  flow.initialize(3);
  trainer.step(Batch<double>{{1, 1, 1}, 2, {900, 1100}});
  const double far = trainer.with_average([&] {
    return flow.log_prob(Batch<double>{{1, 1, 1}, 1, {1000}}).front();
  });
  CHECK(far > -7);  // log N(1000; 1000, 141) = -5.87
}

TEST_CASE("average: the running statistics are averaged with the weights") {
  using FlowType = Flow<WithStatistics, double>;
  FlowType flow({4, 2, 2}, Cpu(1));
  Trainer<FlowType> trainer(flow, {.schedule = {.lr = 1e-2}, .average = WeightAverage{0.5}});
  std::vector<double> parameters, state;
  for (int step = 0; step < 4; ++step) {
    if (step > 0) {
      parameters = trainer.average().to_host();
      state = trainer.average_state().to_host();
    }
    trainer.step(batch_of<double>({4, 2, 2}, 6, 0.01 + 0.01 * step));
    if (step == 0) continue;
    const std::vector<double> now = flow.state().to_host(), weights = flow.parameters().to_host();
    for (std::size_t i = 0; i < state.size(); ++i)
      CHECK(trainer.average_state().to_host()[i] == doctest::Approx((state[i] + now[i]) / 2).epsilon(1e-12));
    for (std::size_t i = 0; i < weights.size(); ++i)
      CHECK(trainer.average().to_host()[i] ==
            doctest::Approx((parameters[i] + weights[i]) / 2).epsilon(1e-12));
  }
  // with_average computes with both, and what it leaves is the flow's own.
  const auto images = batch_of<double>({4, 2, 2}, 3, 0.01);
  FlowType averaged({4, 2, 2}, Cpu(1));
  averaged.set_parameters(trainer.average().to_host());
  averaged.set_state(trainer.average_state().to_host());
  const std::vector<double> own = flow.log_prob(images);
  CHECK(trainer.with_average([&] { return flow.log_prob(images); }) == averaged.log_prob(images));
  CHECK(flow.log_prob(images) == own);
  CHECK(averaged.log_prob(images) != own);
}

TEST_CASE("step: an image outside of the density's support is named") {
  Flow<Compose<Logit, ActNorm>, double> flow({1, 1, 1}, Cpu(1));
  Trainer<Flow<Compose<Logit, ActNorm>, double>> trainer(flow, with_everything);
  const Everything before(trainer);
  CHECK_THROWS_WITH_AS(trainer.step(Batch<double>{{1, 1, 1}, 3, {0.5, 0.25, 1.5}}),
                       doctest::Contains("The density of image 2 of the batch is 0 from 'transforms.0' on"),
                       NonFiniteError);
  CHECK(before == Everything(trainer));
}

TEST_CASE("step: a gradient norm that is too small to be a setting is refused before anything changes") {
  Flow<ActNorm> flow({1, 1, 1}, Cpu(1));
  const auto before = flow.parameters().to_host();
  const TrainOptions options{.max_gradient_norm = std::numeric_limits<double>::denorm_min()};
  CHECK_THROWS_AS((Trainer<Flow<ActNorm>>(flow, options)), ArgumentError);
  CHECK(flow.parameters().to_host() == before);
  CHECK(flow.needs_initialization());

  // The smallest that is one: the gradient's factor is 0 in float, and the parameters stay where they are.
  Trainer<Flow<ActNorm>> trainer(
      flow, {.optimizer = Sgd{.momentum = 0}, .max_gradient_norm = std::numeric_limits<double>::min()});
  const Batch<float> two{{1, 1, 1}, 2, {1, 3}};
  flow.initialize(two);
  const auto started = flow.parameters().to_host();
  CHECK(std::isfinite(trainer.step(two)));
  CHECK(flow.parameters().to_host() == started);
}

TEST_CASE("step: the start from data has as few images in work as every step") {
  using FlowType = Flow<WithStatistics>;
  const auto peak = [](Index count, Index at_once) {
    FlowType flow({4, 8, 8}, Cpu(1));
    const auto images = batch_of<float>({4, 8, 8}, count, 0.01);
    flow.reset_peak();
    flow.initialize(images, 0, at_once);
    return flow.peak_bytes();
  };
  // What grows with the batch beside the networks' insides is a few activations, here of 4 to 8 channels.
  CHECK(peak(64, 2) < peak(64, 0));
}
