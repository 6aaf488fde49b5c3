#pragma once

#include <vector>

#include "../device_run.hpp"
#include "list.hpp"

namespace bijector_list {

/// The bijector's forward and backward pass; in evaluation also inverse(forward(x)).
template <class B, class T, class Device>
device_run::Outcome run(const Device& device, const Case& test, Phase phase, MemoryPolicy policy) {
  std::vector<Shape> inputs{test.shape};
  if (B::takes_context) inputs.push_back({test.options.context, test.shape.h, test.shape.w});
  const double low = B::levels > 0 ? 0 : test.options.low;
  const double high = B::levels > 0 ? B::levels - 1 : test.options.high;
  const auto declare = [&](Builder& b) {
    B piece;
    piece.build(b, test.shape);
    return piece;
  };
  std::vector<double> back;
  const auto passes = [&](const auto& ctx, const B& piece, const auto& x, LogProb log_prob) {
    auto& work = ctx.workspace();
    std::vector<Batch<T>> left;
    LatentRecorder<T, Device> recorder(device, left);
    work.latents = &recorder;
    const auto z = [&] {
      if constexpr (B::takes_context)
        return piece.apply(ctx, x[0], log_prob, x[1]);
      else
        return piece.apply(ctx, x[0], log_prob);
    }();
    work.latents = nullptr;  // modules that run once more on the way back keep nothing
    if (phase == Phase::training) return z;
    LatentReplayer<T, Device> replayer(device, left);
    work.kept = &replayer;
    const auto again = [&] {
      if constexpr (B::takes_context)
        return piece.invert(ctx.evaluating(), z, x[1]);
      else
        return piece.invert(ctx.evaluating(), z);
    }();
    back = device_run::numbers_of(device, again.value);
    work.kept = nullptr;
    return z;
  };
  auto outcome =
      device_run::run<T>(device, inputs, test.options.n, low, high, phase, policy, declare, passes);
  outcome.output.insert(outcome.output.end(), back.begin(), back.end());
  return outcome;
}

/// What every bijector of the list comes to on the CPU in double precision, in the order of the list.
std::vector<device_run::Outcome> outcomes_on_cpu(Phase phase);

}  // namespace bijector_list
