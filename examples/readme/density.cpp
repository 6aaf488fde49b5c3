#include <densenf/densenf.hpp>

using namespace densenf;
using Model = Unit<4, Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<32>>, SwitchHalves>>;

int main() {
  Batch<float> points{{2, 1, 1}, 500, {}};  // along a parabola; a point (x, y) is an image of one pixel
  for (int i = 0; i < 500; ++i) {
    const float x = -2 + 0.008F * static_cast<float>(i), off = std::sin(7 * static_cast<float>(i));
    points.values.insert(points.values.end(), {x, x * x - 1 + off / 2});
  }
  Flow<Model> flow({2, 1, 1});
  Trainer<Flow<Model>> trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 2e-3}});
  for (int step = 0; step <= 50; ++step) {
    const double loss = trainer.step(points);  // of the exact density, in bits per number
    if (step % 25 == 0) fmt::print("step {}: {:.1f} bits/dim\n", step, loss);
  }
  double mean = 0;
  for (const double log_p : flow.log_prob(points)) mean += log_p / 500;
  fmt::print("log p of a point: {:.0f} on average\n", mean);
  const Batch<float> fresh = flow.sample(3, {.seed = 1});
  fmt::print("{} new points of {} numbers\n", fresh.count, fresh.shape.size());
}
