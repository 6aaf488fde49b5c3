#include "densenf/train/checkpoint.hpp"

#include <cmath>

#include "densenf/bijectors/actnorm.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "fuzz.hpp"
#include "header_length.hpp"

using namespace densenf;

namespace {

using Model = Flow<Compose<Dequantize<4, UniformNoise>, ActNorm>, float>;

/// What a checkpoint is read into, and all that may change by it.
struct Run {
  Run() : flow({1, 2, 2}, Cpu(1)), trainer(flow, {.average = WeightAverage{0.9}, .seed = 5}) {}

  Checkpoint<float> now() const {
    return {trainer.steps(),
            flow.parameters().to_host(),
            flow.state().to_host(),
            trainer.moments().to_host(),
            trainer.average().to_host(),
            trainer.average_state().to_host()};
  }

  Model flow;
  Trainer<Model> trainer;
};

bool same(const Checkpoint<float>& a, const Checkpoint<float>& b) {
  return a.steps == b.steps && fuzz::same_bits(a.parameters, b.parameters) &&
         fuzz::same_bits(a.state, b.state) && fuzz::same_bits(a.moments, b.moments) &&
         fuzz::same_bits(a.average, b.average) && fuzz::same_bits(a.average_state, b.average_state);
}

/// The checksum is made in pieces of a megabyte.
constexpr fuzz::Allowance with_checksum{.for_each_byte = 64, .for_any_file = std::size_t{5} << 18};

bool taken(fuzz::Bytes bytes) {
  const fuzz::File file(bytes);
  Run run;
  const Checkpoint<float> before = run.now();
  if (!fuzz::reading(
          file, [&] { load_checkpoint(run.trainer, file.path()); }, with_checksum)) {
    fuzz::require(same(run.now(), before), "a checkpoint that is refused has changed the run");
    return false;
  }
  const Checkpoint<float> loaded = run.now();
  for (const auto* numbers :
       {&loaded.parameters, &loaded.state, &loaded.moments, &loaded.average, &loaded.average_state}) {
    for (const float number : *numbers) fuzz::require(std::isfinite(number), "a number that is not finite");
  }
  const std::filesystem::path copy = fuzz::File::folder() / "copy.safetensors";
  save_checkpoint(run.trainer, copy);
  fuzz::require(same(read_checkpoint(run.trainer, copy), loaded), "another checkpoint when read again");

  const std::vector<std::uint8_t> images{1, 5, 9, 13, 2, 3, 11, 15};
  try {
    run.trainer.step(BatchView<std::uint8_t>{images.data(), 2, {1, 2, 2}});
  } catch (const Error&) {  // numbers with which nothing can be computed
    fuzz::require(same(run.now(), loaded), "a step that throws has changed the run");
    return true;
  }
  fuzz::require(run.trainer.steps() == loaded.steps + 1, "a step that is not counted");
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!taken({data, size})) taken(fuzz::with_header_length({data, size}));
  return 0;
}
