#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "densenf/densenf.cuh"
#include "trainer_run.hpp"

using namespace densenf;
using trainer_run::Small;

namespace {

template <class T>
void check_same_training(const TrainOptions& options, int steps, Index evaluate_after = 1000) {
  const trainer_run::Trained want = trainer_run::trained_on_cpu<T>(options, steps, evaluate_after);
  const trainer_run::Trained got = trainer_run::trained<T>(Cuda(), options, steps, evaluate_after);
  const double tolerance = std::is_same_v<T, double> ? 1e-9 : 2e-3;
  CHECK(device_run::difference(got.losses, want.losses) <= tolerance);
  CHECK(device_run::difference(got.parameters, want.parameters) <= tolerance);
  CHECK(device_run::difference(got.state, want.state) <= tolerance);
  CHECK(device_run::difference(got.average, want.average) <= tolerance);
  CHECK(got.norm == doctest::Approx(want.norm).epsilon(std::is_same_v<T, double> ? 1e-7 : 0.05));
}

}  // namespace

TEST_CASE_TEMPLATE("cuda: bounds, samples and coding are the CPU's", T, double, float) {
  const double tolerance = std::is_same_v<T, double> ? 1e-11 : 1e-4;
  Small<T, Cuda> on_gpu(small::digits);
  small::scramble(on_gpu, 0.1);
  const auto images = small::images(7);
  const trainer_run::Evaluated want = trainer_run::evaluated_on_cpu<T>(images);
  CHECK(device_run::difference(on_gpu.elbo(images, {.batch = 3}), want.bounds) <= tolerance);
  const auto latents = on_gpu.encode(images);
  CHECK(device_run::difference(device_run::widened(latents.base.values), want.latents) <= tolerance);
  const auto back = on_gpu.decode(latents);
  for (std::size_t i = 0; i < back.values.size(); ++i)
    CHECK(std::abs(back.values[i] - images.values[i]) < 0.02);
  PhiloxNoise<T, Cuda> noise(1, Stream::sampling, 0);
  CHECK(device_run::difference(device_run::widened(on_gpu.sample_continuous(5, noise).values),
                               want.samples) <= 10 * tolerance);
  CHECK(on_gpu.elbo(small::images(0)).empty());
  CHECK(on_gpu.sample(0).count == 0);
}

TEST_CASE("cuda: evaluation and sampling come to the same when they are recorded, for other weights too") {
  Small<double, Cuda> flow(small::digits);
  small::scramble(flow, 0.1);
  const auto images = small::images(7);
  const auto first = flow.parameters().to_host();
  // All at once, before anything is recorded. Products of batches of another size may round otherwise.
  const auto whole = flow.elbo(images, {.seed = 3, .batch = 7});
  PhiloxNoise<double, Cuda> noise(4, Stream::sampling, 0);
  const auto at_once = flow.sample_continuous(9, noise).values;
  // Batches of one size are run, recorded and started again; the last one is smaller.
  const auto bounds = flow.elbo(images, {.seed = 3, .batch = 2}),
             draws = flow.iwbo(images, 3, {.seed = 3, .batch = 2});
  const auto samples = flow.sample(9, {.seed = 4, .batch = 2}).values;
  CHECK(device_run::difference(bounds, whole) <= 1e-11);
  for (std::size_t i = 0; i < samples.size(); ++i)
    CHECK(std::abs(std::clamp(at_once[i], 0.0, 7.0) - samples[i]) <= 1.0 + 1e-9);
  for (int round = 0; round < 3; ++round) {
    CHECK(flow.elbo(images, {.seed = 3, .batch = 2}) == bounds);
    CHECK(flow.iwbo(images, 3, {.seed = 3, .batch = 2}) == draws);
    CHECK(flow.sample(9, {.seed = 4, .batch = 2}).values == samples);
  }
  CHECK(flow.elbo(images.images(4, 1), {.seed = 3, .first_image = 4}).front() ==
        doctest::Approx(bounds[4]).epsilon(1e-11));
  small::scramble(flow, 0.2, 2);
  CHECK(flow.elbo(images, {.seed = 3, .batch = 2}) != bounds);
  CHECK(flow.sample(9, {.seed = 4, .batch = 2}).values != samples);
  flow.set_parameters(first);
  CHECK(flow.elbo(images, {.seed = 3, .batch = 2}) == bounds);
  CHECK(flow.sample(9, {.seed = 4, .batch = 2}).values == samples);
  CHECK(flow.sample(9, {.seed = 4, .temperature = 0.5, .batch = 2}).values != samples);

  // The first pass takes its memory in several blocks, which the second one finds as one.
  Small<double, Cuda> fresh(small::digits), drawing(small::digits);
  const auto many = small::images(48);
  const auto once = fresh.elbo(many, {.batch = 48});
  const auto drawn = drawing.sample(96, {.batch = 96}).values;
  for (int round = 0; round < 2; ++round) {
    CHECK(fresh.elbo(many, {.batch = 48}) == once);
    CHECK(drawing.sample(96, {.batch = 96}).values == drawn);
  }
}

TEST_CASE_TEMPLATE("cuda: twenty steps of training come to what they come to on the CPU", T, double, float) {
  check_same_training<T>({.schedule = {.lr = 1e-3, .warmup_steps = 5}, .seed = 9}, 20);
}

TEST_CASE("cuda: so they do with each optimizer, policy, clipping, averages, and a few images at once") {
  for (const char* name : {"adam", "adamw", "sgd"}) {
    check_same_training<double>({.optimizer = make_optimizer(name),
                                 .schedule = {.lr = 1e-3},
                                 .max_gradient_norm = 0.5,
                                 .average = WeightAverage{0.9}},
                                4);
  }
  check_same_training<double>({.schedule = {.lr = 1e-3}, .policy = MemoryPolicy::recompute}, 4);
  check_same_training<double>({.schedule = {.lr = 1e-3}, .policy = MemoryPolicy::reverse}, 4);
  check_same_training<double>({.schedule = {.lr = 1e-3}, .policy = MemoryPolicy::reverse, .slice = 4}, 4);
}

TEST_CASE("cuda: a recorded step is not used after memory was laid out anew") {
  check_same_training<double>({.schedule = {.lr = 1e-3}}, 7, 3);
}

TEST_CASE("cuda: a step that is not finite changes nothing and names the piece") {
  Small<float, Cuda> flow(small::digits);
  Trainer<Small<float, Cuda>> trainer(flow, {.schedule = {.lr = 1e-3}, .average = WeightAverage{0.9}});
  for (int s = 0; s < 3; ++s) trainer.step(small::images(4));
  const std::vector<float> good = flow.parameters().to_host();
  std::vector<float> bad = good;
  // An enormous scale in the first ActNorm.
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name.ends_with("log_scale")) {
      bad[static_cast<std::size_t>(spec.place.offset)] = -1e4F;
      break;
    }
  }
  flow.set_parameters(bad);
  const auto state = flow.state().to_host(), moments = trainer.moments().to_host(),
             average = trainer.average().to_host();
  CHECK_THROWS_WITH_AS(trainer.step(small::images(4)), doctest::Contains("Step 4 stopped"), NonFiniteError);
  CHECK(flow.parameters().to_host() == bad);
  CHECK(flow.state().to_host() == state);
  CHECK(trainer.moments().to_host() == moments);
  CHECK(trainer.average().to_host() == average);
  for (const float g : trainer.gradients().to_host()) CHECK(g == 0.0F);
  flow.set_parameters(good);
  CHECK(std::isfinite(trainer.step(small::images(4))));
  CHECK(trainer.steps() == 4);
}

TEST_CASE("cuda: a first step that fails takes back the starts from data, and an average that began") {
  Small<float, Cuda> flow(small::digits);
  Trainer<Small<float, Cuda>> trainer(flow, {.schedule = {.lr = 1e-3}, .average = WeightAverage{0.9}});
  const std::vector<float> good = flow.parameters().to_host();
  std::vector<float> bad = good;
  for (const ParamSpec& spec : flow.table().parameters) {
    if (spec.name == "base_dist.log_scale") bad[static_cast<std::size_t>(spec.place.offset)] = -60.0F;
  }
  flow.set_parameters(bad);
  const auto state = std::as_const(flow).state().to_host(), moments = trainer.moments().to_host();
  CHECK_THROWS_WITH_AS(trainer.step(small::images(4)), doctest::Contains("Step 1 stopped"), NonFiniteError);
  CHECK(flow.parameters().to_host() == bad);
  CHECK(std::as_const(flow).state().to_host() == state);
  CHECK(trainer.moments().to_host() == moments);
  CHECK(trainer.average().size() == 0);
  CHECK(flow.needs_initialization());
  for (const float g : trainer.gradients().to_host()) CHECK(g == 0.0F);
  // From then on as if nothing had been.
  flow.set_parameters(good);
  Small<float, Cuda> other(small::digits);
  Trainer<Small<float, Cuda>> straight(other, {.schedule = {.lr = 1e-3}, .average = WeightAverage{0.9}});
  for (std::uint32_t s = 0; s < 4; ++s)
    CHECK(trainer.step(small::images(4, s)) == straight.step(small::images(4, s)));
  CHECK(flow.parameters().to_host() == other.parameters().to_host());
  CHECK(trainer.average().to_host() == straight.average().to_host());
  CHECK(trainer.average_state().to_host() == straight.average_state().to_host());
}

TEST_CASE("cuda: options out of range and numbers that are none are refused as on the CPU") {
  Small<float, Cuda> flow(small::digits);
  using Training = Trainer<Small<float, Cuda>>;
  CHECK_THROWS_AS(Training(flow, {.optimizer = Adam{.beta1 = 1.0}}), ArgumentError);
  CHECK_THROWS_AS(Training(flow, {.max_gradient_norm = -1.0}), ArgumentError);
  Training trainer(flow, {});
  const auto parameters = flow.parameters().to_host();
  Batch<float> images{small::digits, 2, std::vector<float>(128, 1.0F)};
  images.values[70] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(trainer.step(images), doctest::Contains("Image 1 of the batch"), ArgumentError);
  CHECK_THROWS_AS(trainer.step(small::images(0)), ArgumentError);
  CHECK(flow.parameters().to_host() == parameters);
  CHECK(trainer.steps() == 0);
}

#ifdef DENSENF_CUDA_ON_HOST
TEST_CASE("cuda: from the second step on no memory is taken on the GPU") {
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::reverse}) {
    Small<float, Cuda> flow(small::digits);
    Trainer<Small<float, Cuda>> trainer(flow, {.schedule = {.lr = 1e-3}, .policy = policy});
    trainer.step(small::images(4));
    const std::size_t before = cuda_on_host::allocations;
    for (std::uint32_t s = 0; s < 4; ++s) trainer.step(small::images(4, s));
    CHECK(cuda_on_host::allocations == before);
  }
}

TEST_CASE("cuda: a batch that does not fit is an error after which a smaller one is trained on") {
  Small<float, Cuda> flow(small::digits);
  Trainer<Small<float, Cuda>> trainer(flow, {.schedule = {.lr = 1e-3}});
  trainer.step(small::images(2));
  const auto state = flow.state().to_host();
  const std::size_t all = cuda_on_host::memory;
  // Wherever in the step it is.
  for (const std::size_t megabytes : {1, 4, 7}) {
    cuda_on_host::memory = cuda_on_host::memory_used + (megabytes << 20);
    CHECK_THROWS_WITH_AS(trainer.step(small::images(200)), doctest::Contains("MB of activations"),
                         OutOfMemoryError);
    CHECK(flow.state().to_host() == state);
    for (const float g : trainer.gradients().to_host()) CHECK(g == 0.0F);
  }
  CHECK(std::isfinite(trainer.step(small::images(2))));
  cuda_on_host::memory = all;
}
#endif
