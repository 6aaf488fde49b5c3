#pragma once

#include <cstdint>
#include <vector>

#include "../device_run.hpp"
#include "../flow/small_flows.hpp"

// A training of the small DenseFlow on some device, and what comes out of the flow on the CPU, which is
// computed in a file of its own: nvcc would compile it twice as long as the GPU's part.
namespace trainer_run {

using namespace densenf;

template <class T, class Device>
using Small = Flow<small::Bounded, T, Device>;

struct Trained {
  std::vector<double> losses, parameters, state, average;
  double norm = 0;
};

/// Trains on batches that differ from step to step.
template <class T, class Device>
Trained trained(const Device& device, const TrainOptions& options, int steps, Index evaluate_after) {
  Small<T, Device> flow(small::digits, device, 4);
  Trainer<Small<T, Device>> trainer(flow, options);
  Trained t;
  for (int s = 0; s < steps; ++s) {
    const auto images = small::images(6, static_cast<std::uint32_t>(s));
    t.losses.push_back(trainer.step(images));
    // More images than before take more memory: a recorded step is of no use after that.
    if (s == evaluate_after) t.losses.push_back(flow.bits_per_dim(small::images(40)));
  }
  t.parameters = device_run::widened(flow.parameters().to_host());
  t.state = device_run::widened(flow.state().to_host());
  t.average = device_run::widened(trainer.average().to_host());
  t.norm = trainer.gradient_norm();
  return t;
}

/// trained on the CPU in type T, which is float or double.
template <class T>
Trained trained_on_cpu(const TrainOptions& options, int steps, Index evaluate_after);

struct Evaluated {
  std::vector<double> bounds, latents, samples;
};

/// What the small flow, scrambled by 0.1, comes to on the CPU: the images' bounds and latent variables, and 5
/// samples. T: float or double.
template <class T>
Evaluated evaluated_on_cpu(const Batch<std::uint8_t>& images);

}  // namespace trainer_run
