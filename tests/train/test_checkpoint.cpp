#include "densenf/train/checkpoint.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "densenf/data/loader.hpp"
#include "small_flow.hpp"

using namespace densenf;
using densenf_test::TemporaryFolder;
using SmallFlow = Flow<small::Model, float>;

namespace {

struct Run {
  explicit Run(TrainOptions options, std::uint64_t weights = 0)
      : flow({1, 8, 8}, Cpu(1), weights), trainer(flow, options) {}
  void steps(int count) {
    std::vector<std::uint8_t> batch(static_cast<std::size_t>(batches.batch_values()));
    for (int i = 0; i < count; ++i) {
      batches.fill(trainer.steps(), batch);
      trainer.step(BatchView<std::uint8_t>{batch.data(), 8, {1, 8, 8}});
    }
  }
  Images images = small::images();
  Batches batches{images, {.batch_size = 8, .seed = 3}};
  SmallFlow flow;
  Trainer<SmallFlow> trainer;
};

}  // namespace

TEST_CASE("a run that is resumed has the same weights to the bit as one that never stopped") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint.safetensors";
  const TrainOptions options{
      .schedule = {.lr = 1e-3, .warmup_steps = 4}, .average = WeightAverage{0.9}, .seed = 5};
  Run whole(options);
  whole.steps(6);

  Run first(options);
  first.steps(3);
  save_checkpoint(first.trainer, path);
  Run second(options, /*weights=*/99);
  load_checkpoint(second.trainer, path);
  CHECK(second.trainer.steps() == 3);
  second.steps(3);

  CHECK(second.flow.parameters().to_host() == whole.flow.parameters().to_host());
  CHECK(second.flow.state().to_host() == whole.flow.state().to_host());
  CHECK(second.trainer.moments().to_host() == whole.trainer.moments().to_host());
  CHECK(second.trainer.average().to_host() == whole.trainer.average().to_host());
}

TEST_CASE("a checkpoint of other settings is refused in one sentence, and nothing changes") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint.safetensors";
  Run run({.seed = 5});
  run.steps(1);
  save_checkpoint(run.trainer, path);

  const auto refuses = [&](const TrainOptions& options, const char* text) {
    Run other(options, 7);
    const auto before = other.flow.parameters().to_host();
    CHECK_THROWS_WITH_AS(load_checkpoint(other.trainer, path), doctest::Contains(text), FileError);
    CHECK(other.flow.parameters().to_host() == before);
    CHECK(other.trainer.steps() == 0);
  };
  refuses({.optimizer = Sgd{}, .seed = 5}, "optimizer 'adamax', but this run has 'sgd'");
  refuses({.seed = 6}, "seed '5', but this run has '6'");
  refuses({.average = WeightAverage{}, .seed = 5}, "without an average of the weights");
}

TEST_CASE("weights alone are not a checkpoint") {
  const TemporaryFolder folder;
  Run run({});
  save_weights(run.flow, folder.path() / "weights.safetensors");
  CHECK_THROWS_WITH_AS(load_checkpoint(run.trainer, folder.path() / "weights.safetensors"),
                       doctest::Contains("not a checkpoint"), FileError);
}
