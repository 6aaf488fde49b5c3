// Trains, evaluates and codes with a flow that is quick to compile, and uses files: weights and pictures.

#include <densenf/densenf.hpp>
#include <densenf/io/image_file.hpp>
#include <densenf/io/png.hpp>
#include <densenf/io/weights.hpp>

int main() {
  using namespace densenf;
  using FlowType = Flow<ActNorm, double>;
  FlowType flow({2, 1, 1}, Cpu(1));
  const Batch<double> points{{2, 1, 1}, 4, {0.5, -1, 0.25, 2, -0.125, 0.75, 1, 0}};
  Trainer<FlowType> trainer(flow, {});
  const double loss = trainer.step(points);
  const double mean = -flow.bits_per_dim(points);
  const auto back = flow.decode(flow.encode(points));
  save_weights(flow, "weights.safetensors");
  load_weights(flow, "weights.safetensors");
  save_png("gray.png", std::vector<std::uint8_t>(6, 128), {1, 2, 3}, 256);
  const Picture gray = read_image("gray.png");
  if (gray.at(gray.width / 2, gray.height / 2) != Color{128, 128, 128}) return 1;
  fmt::print("loss {:.3f}, log p {:.3f} bits/dim\n", loss, mean);
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    if (std::abs(back.values[i] - points.values[i]) > 1e-12) return 1;
  }
  return std::isfinite(loss) && -flow.bits_per_dim(points) == mean ? 0 : 1;
}
