// A program that uses the library as others do. main.cpp and other.cpp both include all of it: they must
// link.

#include <densenf/densenf.hpp>

#include "other.hpp"

int main() {
  using namespace densenf;
  using Module = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<8>>, SwitchHalves>;
  Flow<Unit<2, Module>> flow({2, 1, 1}, Cpu(1));
  const Batch<float> points = other::points(flow.shape());
  Trainer<Flow<Unit<2, Module>>> trainer(flow, {});
  const double loss = trainer.step(points);
  const double mean = -flow.bits_per_dim(points);
  const auto back = flow.decode(flow.encode(points));
  fmt::print("loss {:.3f}, log p {:.3f} bits/dim\n", loss, mean);
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    if (std::abs(back.values[i] - points.values[i]) > 1e-4F) return 1;
  }
  return std::isfinite(loss) && std::isfinite(mean) ? 0 : 1;
}
