// A program whose main part is compiled by the host's compiler and whose part for the GPU by nvcc.

#include <densenf/densenf.hpp>

#include "gpu.hpp"

int main() {
  using namespace densenf;
  Flow<gpu::Model> flow({2, 1, 1}, Cpu(1));
  const Batch<float> points{{2, 1, 1}, 3, {0.5F, -1, 0.25F, 2, -0.125F, 0}};
  const auto on_gpu = gpu::first_loss(points);
  Trainer<Flow<gpu::Model>> trainer(flow, {});
  const double loss = trainer.step(points);
  fmt::print("loss {:.3f}, log p {:.3f} bits/dim\n", loss, -flow.bits_per_dim(points));
  return !on_gpu || std::abs(*on_gpu - loss) < 1e-4 ? 0 : 1;
}
