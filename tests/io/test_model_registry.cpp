#include "densenf/io/model_registry.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "../error_of.hpp"
#include "densenf/densenf.hpp"
#include "densenf/flow/describe.hpp"
#include "temporary_folder.hpp"

using namespace densenf;
using densenf_test::TemporaryFolder;
using test::error_of;

namespace {

using Exact = Flow<Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<4>>>, double>;
using Given2 = Flow<AffineCoupling<nn::Mlp<4>, 2>, float, Cpu, StandardNormal, Given<2>>;
using Noisy = Flow<Compose<Dequantize<3, UniformNoise>, Center, Squeeze, Conv1x1>>;

ModelRegistry<> registry() {
  ModelRegistry<> models;
  models.add<Exact>("exact");
  models.add<Given2>("given");
  models.add<Noisy>("noisy");
  return models;
}

const Batch<float> points{{3, 1, 1}, 2, {1, 2, 3, 4, 5, 6}};
const Batch<std::uint8_t> gray{{1, 2, 2}, 2, {0, 1, 2, 3, 4, 5, 6, 7}};
const Batch<double> condition{{2, 1, 1}, 1, {0.5, -1}};

}  // namespace

TEST_CASE("a flow that was saved with its model's name is opened by it and gives the same bits") {
  const TemporaryFolder folder;
  const auto path = folder / "exact.safetensors";
  Exact flow({3, 1, 1}, Cpu(1), 7);
  save_flow(flow, "exact", path);
  const Metadata said = read_metadata(path);
  CHECK(said.at(model_key) == "exact");
  CHECK(said.at(shape_key) == "3x1x1");
  CHECK(said.count(condition_key) == 0);

  AnyFlow opened = registry().load(path, Cpu(1));
  CHECK(opened.name() == "exact");
  CHECK(opened.shape() == Shape{3, 1, 1});
  CHECK(opened.exact());
  CHECK(opened.levels() == 0);
  CHECK_FALSE(opened.condition());
  CHECK(opened.table().parameter_count() == flow.table().parameter_count());
  CHECK(opened.describe() == describe(flow));
  CHECK(opened.log_prob(points) == flow.log_prob(points));
  CHECK(opened.bits_per_dim(points) == flow.bits_per_dim(points));
  CHECK(opened.sample(3, {.seed = 2}).values == flow.sample(3, {.seed = 2}).values);

  // Two threads, one copy of the weights.
  AnyFlow another = opened.session();
  std::vector<double> theirs;
  std::jthread([&] { theirs = another.log_prob(points); }).join();
  CHECK(theirs == flow.log_prob(points));
}

TEST_CASE("a model of any kind is computed with as its type allows") {
  AnyFlow given = registry().make("given", {3, 1, 1}, Cpu(1));
  REQUIRE(given.condition());
  CHECK(*given.condition() == Shape{2, 1, 1});
  Given2 twin({3, 1, 1}, Cpu(1));
  CHECK(given.log_prob({points, condition}) == twin.log_prob({points, condition}));
  const auto samples = twin.sample(2, condition, {.seed = 1}).values;
  CHECK(given.sample(2, condition, {.seed = 1}).values ==
        std::vector<double>(samples.begin(), samples.end()));

  AnyFlow noisy = registry().make("noisy", {1, 2, 2}, Cpu(1));
  CHECK_FALSE(noisy.exact());
  CHECK(noisy.levels() == 8);
  Noisy bound({1, 2, 2}, Cpu(1));
  CHECK(noisy.elbo(gray) == bound.elbo(gray));
  CHECK(noisy.iwbo(gray, 3) == bound.iwbo(gray, 3));
  const auto drawn = bound.sample(4).values;
  CHECK(noisy.sample(4).values == std::vector<double>(drawn.begin(), drawn.end()));
}

TEST_CASE("images are encoded and come back, whatever the model") {
  AnyFlow exact = registry().make("exact", {3, 1, 1}, Cpu(1));
  Exact twin({3, 1, 1}, Cpu(1));
  const Latents<double> z = exact.encode(points);
  CHECK(z.base.values == twin.encode(points).base.values);
  CHECK(z.log_prob == twin.log_prob(points));
  const Batch<double> back = exact.decode(z);
  for (std::size_t i = 0; i < points.values.size(); ++i)
    CHECK(back.values[i] == doctest::Approx(points.values[i]));

  AnyFlow given = registry().make("given", {3, 1, 1}, Cpu(1));
  const Batch<double> again = given.decode(given.encode({points, condition}), condition);
  for (std::size_t i = 0; i < points.values.size(); ++i)
    CHECK(again.values[i] == doctest::Approx(points.values[i]));

  // A float's latents are doubles on the way and the same floats again.
  AnyFlow noisy = registry().make("noisy", {1, 2, 2}, Cpu(1));
  Noisy floats({1, 2, 2}, Cpu(1));
  const auto direct = floats.decode(floats.encode(gray)).values;
  CHECK(noisy.decode(noisy.encode(gray)).values == std::vector<double>(direct.begin(), direct.end()));

  CHECK(error_of([&] { given.decode(z); }) ==
        "The density of the model 'given' is conditional: call decode(latents, condition).");
  CHECK(error_of([&] { exact.decode(z, condition); }) ==
        "The density of the model 'exact' is not conditional.");
  CHECK_THROWS_AS(noisy.decode(z), Error);  // of another model
}

TEST_CASE("what a model does not do is an error in one sentence") {
  AnyFlow exact = registry().make("exact", {3, 1, 1}, Cpu(1)),
          given = registry().make("given", {3, 1, 1}, Cpu(1)),
          noisy = registry().make("noisy", {1, 2, 2}, Cpu(1));
  CHECK(error_of([&] { exact.elbo(points); }) ==
        "The likelihood of the model 'exact' is exact: use log_prob.");
  CHECK(error_of([&] { exact.iwbo(points, 2); }) ==
        "The likelihood of the model 'exact' is exact: use log_prob.");
  CHECK(error_of([&] { noisy.log_prob(gray); }) ==
        "The model 'noisy' draws noise, so its likelihood is only bounded: use elbo or iwbo.");
  CHECK(error_of([&] { given.log_prob(points); }) ==
        "The density of the model 'given' is conditional: give it {images, condition}.");
  CHECK(error_of([&] {
          exact.log_prob({points, condition});
        }) == "The density of the model 'exact' is not conditional: give it images alone.");
  CHECK(error_of([&] { given.sample(2); }) ==
        "The density of the model 'given' is conditional: call sample(count, condition).");
  CHECK(error_of([&] { exact.sample(2, condition); }) ==
        "The density of the model 'exact' is not conditional.");
  CHECK(error_of([&] {
          exact.log_prob(Batch<std::uint8_t>{{3, 1, 1}, 1, {1, 2, 3}});
        }) ==
        "This model has a density over real numbers, and integers have none: give floating-point numbers.");
  CHECK_THROWS_AS(exact.log_prob(gray), ShapeError);
}

TEST_CASE("files and names that no model fits are errors that say what there is") {
  const TemporaryFolder folder;
  ModelRegistry<> models = registry();
  CHECK(models.names() == std::vector<std::string>{"exact", "given", "noisy"});
  CHECK(error_of([&] { models.add<Exact>("exact"); }) == "There is a model 'exact' already.");
  CHECK(error_of([&] {
          models.make("other", {3, 1, 1});
        }) == "There is no model 'other' in this program; it has exact, given, noisy.");
  CHECK(error_of([&] {
          ModelRegistry<>().make("other", {3, 1, 1});
        }) == "There is no model 'other' in this program; it has none.");
  CHECK_THROWS_AS(models.make("noisy", {1, 3, 3}), ShapeError);

  Exact flow({3, 1, 1}, Cpu(1));
  const auto nameless = folder / "nameless.safetensors", other = folder / "other.safetensors",
             wrong = folder / "wrong.safetensors";
  save_weights(flow, nameless);
  save_flow(flow, "other", other);
  save_flow(flow, "noisy", wrong);
  CHECK(error_of([&] { models.load(nameless); }).find("does not say of which model") != std::string::npos);
  CHECK(error_of([&] { models.load(other); }) ==
        fmt::format("File '{}' cannot be opened: There is no model 'other' in this program; it has exact, "
                    "given, noisy.",
                    other.string()));
  CHECK_THROWS_AS(models.load(wrong), Error);  // of another model than it says
  CHECK_THROWS_AS(models.load(folder / "missing.safetensors"), FileError);
}

TEST_CASE("a shape that only a file claims takes no memory") {
  const TemporaryFolder folder;
  const auto path = folder / "large.safetensors";
  Exact flow({3, 1, 1}, Cpu(1));
  Metadata metadata = model_metadata(flow, "exact");
  metadata[shape_key] = "1048576x1x1";  // whose matrix would have 2^40 numbers
  save_weights(flow, path, metadata);
  CHECK_THROWS_WITH_AS(registry().load(path), doctest::Contains("wrong shape: transforms.1.weight is [3, 3]"),
                       FileError);
}
