#include <densenf/densenf.hpp>
#include <densenf/io/model_registry.hpp>

using namespace densenf;
using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::ResidualDense<16, 2, 8>, 8>, SwitchHalves>;
using Digits = Flow<Compose<Dequantize<4, UniformNoise>, Center, Squeeze, Unit<4, Step>>, float, Cpu,
                    ChannelNormal, nn::ClassEmbedding<2, 8>>;

int main() {
  Batch<std::uint8_t> images{{1, 8, 8}, 40, {}};  // of two classes: dark ones and bright ones
  std::vector<int> labels;
  for (int n = 0; n < 40; ++n) {
    labels.push_back(n % 2);
    for (int i = 0; i < 64; ++i)
      images.values.push_back(static_cast<std::uint8_t>(10 * labels.back() + (7 * i + n) % 5));
  }
  Digits flow({1, 8, 8});
  Trainer trainer(flow, {.optimizer = Adamax{}, .schedule = {.lr = 5e-3}});
  for (int step = 0; step < 80; ++step) trainer.step({images, labels});
  save_flow(flow, "digits", "digits.safetensors");  // weights, and of which model they are

  ModelRegistry<> models;  // what this program can open
  models.add<Digits>("digits");
  AnyFlow any = models.load("digits.safetensors");  // name and shape are the file's
  for (const int label : {0, 1}) {
    double mean = 0;
    for (const double gray : any.sample(16, std::vector{label}, {.seed = 1}).values) mean += gray / (16 * 64);
    fmt::print("class {}: images are {}\n", label, mean > 7 ? "bright" : "dark");
  }
}
