// Learns the density of points in the plane and draws it: the smallest use of densenf.
//
// A point is an image of two channels and one pixel. The flow is a type: eight modules that shift and scale,
// rotate, move one coordinate depending on the other, and let the two change places.

#include <cmath>
#include <numbers>

#include "densenf/densenf.hpp"
#include "densenf/io/plot.hpp"
#include "densenf/io/png.hpp"

using namespace densenf;

using Module = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<64>>, SwitchHalves>;
using Model = Unit<8, Module>;

// Two interleaved half circles, blurred. Batch number `step` is a function of its number alone.
Batch<float> two_moons(Index count, std::uint64_t step) {
  Batch<float> points{{2, 1, 1}, count, std::vector<float>(static_cast<std::size_t>(2 * count))};
  CountedNoise<float, Cpu> noise(/*seed=*/1, Stream::data, step);
  std::vector<float> random(static_cast<std::size_t>(3 * count));
  noise.normal(Cpu(1), make_tensor(random.data(), count, {3, 1, 1}));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const double angle =
        std::numbers::pi * 0.5 * std::erfc(-random[3 * i] / std::numbers::sqrt2);  // uniform in (0, pi)
    const bool upper = i % 2 == 0;
    points.values[2 * i] =
        static_cast<float>(upper ? std::cos(angle) - 0.5 : 0.5 - std::cos(angle)) + 0.08F * random[3 * i + 1];
    points.values[2 * i + 1] = static_cast<float>(upper ? std::sin(angle) - 0.25 : 0.25 - std::sin(angle)) +
                               0.08F * random[3 * i + 2];
  }
  return points;
}

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : ".";
  Flow<Model> flow({2, 1, 1});
  Trainer<Flow<Model>> trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 1e-3, .warmup_steps = 50}});

  constexpr Index steps = 2000, batch = 256;
  Progress progress(0, steps);
  for (Index step = 0; step < steps; ++step) {
    progress.update(trainer.step(two_moons(batch, static_cast<std::uint64_t>(step))), batch);
  }

  // The exact density on a grid.
  constexpr Index side = 200;
  Batch<float> grid{{2, 1, 1}, side * side, {}};
  for (Index row = 0; row < side; ++row) {
    for (Index column = 0; column < side; ++column) {
      grid.values.push_back(-2 + 4 * (static_cast<float>(column) + 0.5F) / side);
      grid.values.push_back(-2 + 4 * (static_cast<float>(row) + 0.5F) / side);
    }
  }
  std::vector<double> density = flow.log_prob(grid, {.batch = 4096});
  double mass = 0;
  for (double& d : density) mass += (d = std::exp(d)) * (4.0 / side) * (4.0 / side);
  save_png(folder + "/density_2d.png",
           heat_map(density, side, side, {-2, 2}, {-2, 2}, {.title = "Learnt density of two moons"}));

  const Batch<float> held_out = two_moons(10000, steps);
  double mean = 0;
  for (double l : flow.log_prob(held_out, {.batch = 4096})) mean += l / 10000;
  fmt::print(
      "mean log p of held-out points {:.3f}; the density on the picture sums to {:.4f}; see "
      "{}/density_2d.png\n",
      mean, mass, folder);
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
