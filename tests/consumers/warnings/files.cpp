// Images and all that is done with files: a run of training, checkpoints, weights, pictures, curves.

#include "every_header.hpp"

namespace {

using namespace densenf;

#ifdef DENSENF_CONSUMER_DENSEFLOW
using Module = GlowModule<IntraUnit<4, 1, 2>>;
using Model = Compose<Dequantize<4, VariationalNoise<1, 4, 4, 1, 2, 2>>, Center, Squeeze,
                      CrossUnit<1, 2, Unit<1, Module>>, Transition, CrossUnit<1, 2, Unit<1, Module>>>;
#else
using Model = Compose<Dequantize<4, UniformNoise>, Center, Squeeze, ActNorm, Conv1x1, FactorOut<>>;
#endif

Images some_images(Index count) {
  Images images{{1, 8, 8}, count, 16, {}};
  for (Index i = 0; i < count * images.shape.size(); ++i) {
    images.values.push_back(static_cast<std::uint8_t>((i * i + 3 * i) % 13));
  }
  return images;
}

void train(const std::filesystem::path& folder) {
  Flow<Model> flow({1, 8, 8}, Cpu(1));
  Trainer<Flow<Model>> trainer(flow, {.optimizer = make_optimizer("adamax"), .average = WeightAverage{0.9}});
  const Images training = some_images(8), held_out = some_images(4);
  DataLoader batches(training, {.batch_size = 4, .augmentation = {true, 0.1}});
  app::RunOptions options;
  options.folder = folder / "run";
  options.steps = 2;
  options.evaluate_every = 1;
  options.held_out_images = options.samples = 4;
  options.importance_draws = options.importance_images = 2;
  options.picture_levels = 16;
  const app::RunResult result = app::TrainingRun<Flow<Model>>(trainer, batches, held_out, options).run();
  save_checkpoint(trainer, folder / "checkpoint.safetensors");
  load_checkpoint(trainer, folder / "checkpoint.safetensors");
  save_weights(flow, folder / "weights.safetensors");
  load_weights(flow, folder / "weights.safetensors");

  const BatchView<std::uint8_t> view{held_out.values.data(), held_out.count, held_out.shape};
  const std::vector<double> bound = flow.iwbo(view, 2);
  const Batch<float> back = flow.decode(flow.encode(view));
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    if (std::lround(back.values[i]) != held_out.values[i]) throw Error("The images did not come back.");
  }
  const std::vector<app::Series> curves{{"bits/dim", {0, 1, 2}, {3, 2, 1.5}}};
  save_png(folder / "curve.png", app::line_plot(curves, {.title = "A curve"}));
  save_png(folder / "images.png", flow.sample(4, {.seed = 1}).values, {1, 8, 8}, 16);
  fmt::print("loss {:.3f}, log p {:.3f} bits/dim\n", result.elbo, -std::abs(bound.at(0)));
}

}  // namespace

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("densenf_consumer_{}", getpid());
  std::filesystem::create_directory(folder);
  int status = 0;
  try {
    train(folder);
  } catch (const Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    status = 1;
  }
  std::filesystem::remove_all(folder);
  return status;
}
