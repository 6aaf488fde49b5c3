#include "densenf/train/checkpoint.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "../io/temporary_folder.hpp"
#include "densenf/data/loader.hpp"
#include "small_flow.hpp"

using namespace densenf;
using densenf_test::TemporaryFolder;
using SmallFlow = Flow<small::Model, float>;

namespace {

/// The quickest to compile.
using Tiny = Flow<Compose<Dequantize<4, UniformNoise>, Center, ActNorm>, float>;

/// A copy of a checkpoint, with the metadata and tensors that `change` wants otherwise.
template <class Change>
void copy_changed(const std::filesystem::path& from, const std::filesystem::path& to, const Change& change) {
  const SafetensorsFile file(from);
  SafetensorsWriter writer;
  for (auto [key, value] : file.metadata()) {
    if (key != detail::checksum_key) writer.set_metadata(key, value);
  }
  std::vector<std::vector<float>> kept;
  kept.reserve(file.names().size());
  for (const std::string& name : file.names()) {
    std::vector<Index> shape = file.info(name).shape;
    std::vector<float>& values = kept.emplace_back(file.read<float>(name));
    change(name, shape, values);
    writer.add(name, shape, values);
  }
  writer.write(to);
}

/// Steps on images of 1x2x2.
template <class TrainerType>
void take_steps(TrainerType& trainer, int count) {
  const std::vector<std::uint8_t> images{1, 5, 9, 13, 2, 3, 11, 15};
  for (int i = 0; i < count; ++i) trainer.step(BatchView<std::uint8_t>{images.data(), 2, {1, 2, 2}});
}

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
  DataLoader batches{images, {.batch_size = 8, .seed = 3}};
  SmallFlow flow;
  Trainer<SmallFlow> trainer;
};

}  // namespace

TEST_CASE("a checkpoint names the version of densenf that wrote it") {
  const TemporaryFolder folder;
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  save_checkpoint(trainer, folder / "checkpoint.safetensors");
  CHECK(read_metadata(folder / "checkpoint.safetensors").at("densenf.version") == library_version);
}

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
  CHECK(second.trainer.average_state().to_host() == whole.trainer.average_state().to_host());
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
  refuses({.average = WeightAverage{}, .seed = 5},
          "average of weights 'none', but this run has 'decay 0.999'");
  refuses({.optimizer = Adamax{.weight_decay = 0.1}, .seed = 5}, "weight decay 0', but this run has");
}

TEST_CASE("weights alone are not a checkpoint") {
  const TemporaryFolder folder;
  Run run({});
  save_weights(run.flow, folder.path() / "weights.safetensors");
  CHECK_THROWS_WITH_AS(load_checkpoint(run.trainer, folder.path() / "weights.safetensors"),
                       doctest::Contains("not a checkpoint"), FileError);
}

TEST_CASE("every tensor of a checkpoint has the model's shape, or the error names it and nothing changes") {
  const TemporaryFolder folder;
  const auto good = folder / "good.safetensors", bad = folder / "bad.safetensors";
  const TrainOptions options{.average = WeightAverage{0.5}};
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, options);
  take_steps(trainer, 3);
  save_checkpoint(trainer, good);

  const std::string name = flow.table().parameters.front().name;
  const std::string shape = detail::extents_text(flow.table().parameters.front().shape);
  for (const std::string& tensor : {"average/" + name, "model/" + name,
                                    "model/" + flow.table().state.front().name, std::string("moments")}) {
    for (const bool longer : {false, true}) {
      CAPTURE(tensor);
      CAPTURE(longer);
      const std::vector<Index> wrong{longer ? 1000 : 0};
      copy_changed(good, bad, [&](const std::string& n, std::vector<Index>& s, std::vector<float>& v) {
        if (n != tensor) return;
        s = wrong;
        v.assign(longer ? 1000 : 0, 1.0F);
      });
      Tiny other({1, 2, 2}, Cpu(1), 7);
      Trainer<Tiny> resumed(other, options);
      take_steps(resumed, 1);
      const auto parameters = other.parameters().to_host(), state = other.state().to_host(),
                 moments = resumed.moments().to_host(), average = resumed.average().to_host();
      const std::string text = densenf_test::message_of<FileError>([&] { load_checkpoint(resumed, bad); });
      CHECK(densenf_test::contains(text, tensor));
      CHECK(densenf_test::contains(text, detail::extents_text(wrong)));
      if (tensor.ends_with(name)) CHECK(densenf_test::contains(text, shape));
      CHECK(other.parameters().to_host() == parameters);
      CHECK(other.state().to_host() == state);
      CHECK(resumed.moments().to_host() == moments);
      CHECK(resumed.average().to_host() == average);
      CHECK(resumed.steps() == 1);
    }
  }
}

TEST_CASE("a checkpoint without the average that its run keeps is refused") {
  const TemporaryFolder folder;
  const auto good = folder / "good.safetensors", bad = folder / "bad.safetensors";
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {.average = WeightAverage{0.5}});
  take_steps(trainer, 1);
  save_checkpoint(trainer, good);
  const SafetensorsFile file(good);
  SafetensorsWriter writer;
  for (auto [key, value] : file.metadata()) {
    if (key != detail::checksum_key) writer.set_metadata(key, value);
  }
  for (const std::string& name : file.names()) {
    if (name.starts_with("average/")) continue;
    writer.add<float>(name, file.info(name).shape,
                      [&file, name](std::span<float> to) { file.read_into(name, to); });
  }
  writer.write(bad);
  CHECK_THROWS_WITH_AS(load_checkpoint(trainer, bad), doctest::Contains("missing: average/"), FileError);
}

TEST_CASE("before the first step a checkpoint need not hold an average") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  const TrainOptions options{.average = WeightAverage{0.5}};
  Tiny flow({1, 2, 2}, Cpu(1), 1), other({1, 2, 2}, Cpu(1), 2);
  Trainer<Tiny> trainer(flow, options), resumed(other, options);
  save_checkpoint(trainer, path);
  CHECK_NOTHROW(load_checkpoint(resumed, path));
  take_steps(trainer, 2);
  take_steps(resumed, 2);
  CHECK(resumed.average().to_host() == trainer.average().to_host());
  CHECK(resumed.average_state().to_host() == trainer.average_state().to_host());
}

TEST_CASE("what a run may change is not compared, and what it may not is") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {.schedule = {.lr = 1e-3}});
  save_checkpoint(trainer, path, {{"batch size", "8"}});

  Trainer<Tiny> other(flow, {.schedule = {.lr = 1e-5, .warmup_steps = 3}, .max_gradient_norm = 1});
  CHECK_NOTHROW(load_checkpoint(other, path, {{"batch size", "8"}}));
  CHECK_THROWS_WITH_AS(load_checkpoint(other, path, {{"batch size", "9"}}),
                       doctest::Contains("batch size '8', but this run has '9'"), FileError);
  using Double = Flow<Compose<Dequantize<4, UniformNoise>, Center, ActNorm>, double>;
  Double twice({1, 2, 2}, Cpu(1));
  Trainer<Double> precise(twice, {});
  CHECK_THROWS_WITH_AS(load_checkpoint(precise, path), doctest::Contains("precision 'float'"), FileError);
}

TEST_CASE("numbers of a checkpoint may be negative, unless they count something") {
  const TemporaryFolder folder;
  SafetensorsWriter writer;
  for (const auto& [key, value] : CheckpointSettings{
           {"mean", "-0.25"}, {"steps", "-3"}, {"infinite", "inf"}, {"none", "nan"}, {"words", "1 x"}})
    writer.set_metadata(key, value);
  writer.write(folder / "file");
  const SafetensorsFile file(folder / "file");
  CHECK(checkpoint_number<double>(file, "mean") == -0.25);
  CHECK_THROWS_AS(checkpoint_number<Index>(file, "steps"), FileError);
  for (const char* key : {"infinite", "none", "words", "absent"})
    CHECK_THROWS_AS(checkpoint_number<double>(file, key), FileError);
}

TEST_CASE("a checkpoint from which no step can be taken is refused, and nothing changes") {
  const TemporaryFolder folder;
  const auto good = folder / "good.safetensors", bad = folder / "bad.safetensors";
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  take_steps(trainer, 1);
  save_checkpoint(trainer, good);
  const auto parameters = flow.parameters().to_host(), moments = trainer.moments().to_host();
  const auto refused = [&](const char* sentence) {
    CHECK_THROWS_WITH_AS(load_checkpoint(trainer, bad), doctest::Contains(sentence), FileError);
    CHECK(flow.parameters().to_host() == parameters);
    CHECK(trainer.moments().to_host() == moments);
    CHECK(trainer.steps() == 1);
  };
  for (const char* of : {"moments", "model/base_dist.loc"}) {
    copy_changed(good, bad, [&](const std::string& name, const auto&, std::vector<float>& values) {
      if (name == of) values.back() = std::numeric_limits<float>::quiet_NaN();
    });
    refused("is nan, with which nothing can be computed");
  }
  // The next step's number would overflow.
  SafetensorsWriter writer;
  const SafetensorsFile file(good);
  for (const auto& [key, value] : file.metadata()) {
    if (key != detail::checksum_key)
      writer.set_metadata(key, key == "steps" ? std::to_string(std::numeric_limits<Index>::max()) : value);
  }
  for (const std::string& name : file.names()) {
    writer.add<float>(name, file.info(name).shape,
                      [&file, name](std::span<float> to) { file.read_into(name, to); });
  }
  writer.write(bad);
  refused("have no number 'steps'");
}

TEST_CASE("a bit of a checkpoint that has flipped is found, and nothing changes") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  take_steps(trainer, 1);
  save_checkpoint(trainer, path);
  take_steps(trainer, 1);
  const auto parameters = flow.parameters().to_host(), moments = trainer.moments().to_host();
  std::string bytes = densenf_test::get(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  densenf_test::put(path, bytes);
  CHECK_THROWS_WITH_AS(load_checkpoint(trainer, path), doctest::Contains("damaged"), FileError);
  CHECK(flow.parameters().to_host() == parameters);
  CHECK(trainer.moments().to_host() == moments);
  CHECK(trainer.steps() == 2);
}

TEST_CASE("a checkpoint carries what it is told of the model") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  Tiny flow({1, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  save_checkpoint(trainer, path, {{model_key, "tiny"}, {shape_key, "1x2x2"}});
  const Metadata metadata = read_metadata(path);
  CHECK(metadata.at(model_key) == "tiny");
  CHECK(metadata.at("steps") == "0");
  CHECK(metadata_shape(SafetensorsFile(path)) == Shape{1, 2, 2});
  CHECK_NOTHROW(load_checkpoint(trainer, path));
  CHECK_NOTHROW(load_checkpoint(trainer, path, {{model_key, "tiny"}}));
  CHECK_THROWS_WITH_AS(load_checkpoint(trainer, path, {{model_key, "other"}}),
                       doctest::Contains("was written with densenf.model 'tiny', but this run has 'other'"),
                       FileError);
  CHECK_THROWS_AS(save_checkpoint(trainer, path, {{"steps", "7"}}), ArgumentError);
  CHECK(read_metadata(path) == metadata);
}
