#include <densenf/densenf.hpp>
#include <densenf/io/weights.hpp>
#include <densenf/train/checkpoint.hpp>

using namespace densenf;
using Model = Unit<2, Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<16>>, SwitchHalves>>;

int main() {
  const Batch<float> points{{2, 1, 1}, 4, {0, 1, 2, 3, -1, 1, 1, -2}};
  Flow<Model> flow({2, 1, 1});
  Trainer<Flow<Model>> trainer(flow, {.schedule = {.lr = 1e-2}});
  for (int step = 0; step < 50; ++step) trainer.step(points);

  save_weights(flow, "weights.safetensors");  // what a model is used with: parameters and statistics
  Flow<Model> loaded({2, 1, 1});
  load_weights(loaded, "weights.safetensors");
  fmt::print("the same densities: {}\n", loaded.log_prob(points) == flow.log_prob(points));

  save_checkpoint(trainer, "checkpoint.safetensors");  // what training goes on with: moments and steps, too
  Trainer<Flow<Model>> resumed(loaded, {.schedule = {.lr = 1e-2}});
  load_checkpoint(resumed, "checkpoint.safetensors");
  const double loss = trainer.step(points);
  fmt::print("the same next step, number {}: {}\n", resumed.steps() + 1, resumed.step(points) == loss);

  Flow<Compose<ActNorm>> other({2, 1, 1});
  try {
    load_weights(other, "weights.safetensors");
  } catch (const Error& e) {  // of every call: one sentence, and nothing is changed
    const std::string text = e.what();
    fmt::print("{} ...\n", text.substr(0, text.find('\n')));
  }
}
