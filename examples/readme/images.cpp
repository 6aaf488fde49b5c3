#include <densenf/densenf.hpp>

using namespace densenf;
using Module = GlowModule<IntraUnit<12, 2, 8>>;  // actnorm, 1x1 convolution, coupling, switch
using Model = Compose<Dequantize<8, VariationalNoise<1, 8, 8, 1, 8, 8>>, Center, Squeeze,
                      CrossUnit<2, 4, Unit<1, Module>>, Transition,  // half of the channels leave
                      CrossUnit<1, 4, Unit<1, Module>>>;

int main() {
  Batch<std::uint8_t> images{{3, 16, 16}, 8, {}};  // N, C, H, W: 8 slopes of color
  for (int i = 0; i < 8 * 3 * 16 * 16; ++i) {
    const int x = i % 16, y = i / 16 % 16, c = i / 256 % 3, n = i / 768;
    images.values.push_back(static_cast<std::uint8_t>(20 + x * (n + 1) + y * (2 * c + 1) + 3 * (i % 7)));
  }
  Flow<Model> flow({3, 16, 16});  // the compiler checks the shape: {3, 15, 15} does not compile
  Trainer<Flow<Model>> trainer(flow, {.optimizer = Adamax{}, .schedule = {.lr = 2e-3}});
  for (int step = 0; step <= 60; ++step) {
    const double loss = trainer.step(images);
    if (step % 30 == 0) fmt::print("step {}: {:.1f} bits/dim\n", step, loss);
  }
  fmt::print("bound: {:.0f} bits/dim\n", flow.bits_per_dim(images));  // see also elbo and iwbo
  const auto latents = flow.encode(images);                           // all that left the flow is kept
  const Batch<float> back = flow.decode(latents);                     // the images again, to rounding
  bool same = true;
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    same = same && std::lround(back.values[i]) == images.values[i];
  }
  fmt::print("decoded to the same bytes: {}\n", same);
  const Batch<std::uint8_t> fresh = flow.sample(4, {.seed = 1});
  fmt::print("{} new images of {}\n", fresh.count, to_string(fresh.shape));
}
