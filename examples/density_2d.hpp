#pragma once

#include <cmath>
#include <string>

#include "densenf/app/plot.hpp"
#include "densenf/app/progress.hpp"
#include "densenf/densenf.hpp"
#include "densenf/io/png.hpp"

// Learns the density of points in the plane and draws it: the smallest use of densenf.
//
// A point is an image of two channels and one pixel. The flow is a type: eight modules that shift and scale,
// rotate, move one coordinate depending on the other, and let the two change places.
namespace example {

using namespace densenf;

using Module = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<64>>, SwitchHalves>;
using Model = Unit<8, Module>;

/// The points of batch number `step`.
Batch<float> two_moons(Index count, std::uint64_t step);

/// Trains on a device, and leaves the picture in a folder.
template <class Device>
void learn_density(const Device& device, const std::string& folder) {
  using FlowType = Flow<Model, float, Device>;
  FlowType flow({2, 1, 1}, device);
  Trainer<FlowType> trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 1e-3, .warmup_steps = 50}});

  constexpr Index steps = 2000, batch = 256;
  app::Progress progress(0, steps);
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
           app::heat_map(density, side, side, {-2, 2}, {-2, 2}, {.title = "Learned density of two moons"}));

  const Batch<float> held_out = two_moons(10000, steps);
  double mean = 0;
  for (double l : flow.log_prob(held_out, {.batch = 4096})) mean += l / 10000;
  fmt::print(
      "mean log p of held-out points {:.3f}; the density on the picture sums to {:.4f}; see "
      "{}/density_2d.png\n",
      mean, mass, folder);
}

/// learn_density on a GPU: in density_2d.cu, because that takes nvcc.
void learn_density_on_gpu(const std::string& folder);

}  // namespace example
