#include <densenf/densenf.hpp>

using namespace densenf;
using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<32>, 1>, SwitchHalves>;  // sees 1 number more
using Density = Flow<Unit<4, Step>, float, Cpu, ChannelNormal, Given<1>>;

/// Rows (y1, y2) that depend on a number c: around the point (c, c^2), within 0.1.
void draw(Index rows, std::uint64_t seed, Batch<float>& y, Batch<float>& c) {
  y = {{2, 1, 1}, rows, std::vector<float>(static_cast<std::size_t>(2 * rows))};
  c = {{1, 1, 1}, rows, std::vector<float>(static_cast<std::size_t>(rows))};
  kernels::fill_uniform(Cpu(1), {seed, 1}, 0, make_tensor(c.values.data(), rows, c.shape));
  kernels::fill_normal(Cpu(1), {seed, 2}, 0, make_tensor(y.values.data(), rows, y.shape));
  for (std::size_t i = 0; i < c.values.size(); ++i) {
    y.values[2 * i] = c.values[i] + 0.1F * y.values[2 * i];
    y.values[2 * i + 1] = c.values[i] * c.values[i] + 0.1F * y.values[2 * i + 1];
  }
}

int main() {
  Batch<float> y, c, y_held_out, c_held_out;
  draw(2000, 1, y, c);
  draw(500, 2, y_held_out, c_held_out);
  Density flow({2, 1, 1});
  Trainer trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 5e-3}});
  for (int step = 0; step < 300; ++step) trainer.step({y, c});
  double mean = 0;
  for (const double log_p : flow.log_prob({y_held_out, c_held_out})) mean += log_p / 500;
  fmt::print("log p(y | c) of a held-out row: {:.0f} on average\n", mean);  // no density has more than 1.8
  const Batch<float> one{{1, 1, 1}, 1, {0.5F}};
  const auto drawn = flow.sample_with_log_prob(1000, one, {.seed = 1});
  double y1 = 0;
  for (std::size_t i = 0; i < 1000; ++i) y1 += static_cast<double>(drawn.values.values[2 * i]) / 1000;
  fmt::print("given c = 0.5, y1 is {:.1f} on average, and every draw has its log p\n", y1);
}
