#include "densenf/train/run.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "small_flow.hpp"

using namespace densenf;
using densenf_test::TemporaryFolder;
using SmallFlow = Flow<small::Model, float>;

namespace {

RunOptions options(const std::filesystem::path& folder, Index steps, bool resume = false) {
  return {.folder = folder,
          .steps = steps,
          .evaluate_every = 2,
          .importance_draws = 4,
          .importance_images = 8,
          .samples = 4,
          .picture_levels = 16,
          .resume = resume};
}

/// One run in a process of its own, as far as densenf can tell.
RunResult run(const RunOptions& run_options, const Images& images, std::vector<float>* weights = nullptr) {
  SmallFlow flow({1, 8, 8}, Cpu(1));
  Trainer<SmallFlow> trainer(flow, {.seed = 1});
  Batches batches(images, {.batch_size = 8, .seed = 1});
  const RunResult result = TrainingRun<SmallFlow>(trainer, batches, images, run_options).run();
  if (weights != nullptr) *weights = flow.parameters().to_host();
  return result;
}

}  // namespace

TEST_CASE("a run leaves weights, pictures and its curve") {
  const TemporaryFolder folder;
  const Images images = small::images();
  const auto out = folder.path() / "run";
  std::vector<float> weights;
  const RunResult result = run(options(out, 5), images, &weights);
  CHECK(result.finished);
  CHECK(result.iwbo < result.elbo + 0.2);
  for (const char* name :
       {"weights.safetensors", "checkpoint.safetensors", "samples.png", "curve.png", "curve.csv"}) {
    CHECK_MESSAGE(std::filesystem::file_size(out / name) > 0, name);
  }
  const auto rows = read_curve(out / "curve.csv");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0][0] == 2);
  CHECK(rows[2][0] == 5);

  SmallFlow again({1, 8, 8}, Cpu(1), 9);
  load_weights(again, out / "weights.safetensors");
  CHECK(again.parameters().to_host() == weights);

  CHECK_THROWS_WITH_AS(run(options(out, 5), images), doctest::Contains("holds an earlier run"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(run(options(out, 3, true), images), doctest::Contains("beyond the 3 steps"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(run(options(folder.path() / "empty", 3, true), images),
                       doctest::Contains("nothing to resume"), FileError);
}

TEST_CASE("an interrupted run goes on as if it had never stopped") {
  const TemporaryFolder folder;
  const Images images = small::images();
  std::vector<float> whole, resumed;
  run(options(folder.path() / "whole", 7), images, &whole);

  RunOptions stopping = options(folder.path() / "parts", 7);
  stopping.stop = [](Index steps) { return steps == 3; };
  CHECK_FALSE(run(stopping, images).finished);
  const RunResult result = run(options(folder.path() / "parts", 7, true), images, &resumed);
  CHECK(result.finished);
  CHECK(resumed == whole);
  const auto a = read_curve(folder.path() / "whole" / "curve.csv"),
             b = read_curve(folder.path() / "parts" / "curve.csv");
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i][0] == b[i][0]);
    CHECK(a[i][2] == b[i][2]);  // training bits/dim
    CHECK(a[i][3] == b[i][3]);  // held-out bits/dim
  }
}
