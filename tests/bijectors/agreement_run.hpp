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
    std::vector<Batch<T>> left;
    LatentRecorder<T, Device> recorder(device, left);
    Pass<T, Device> encoding = ctx.pass();
    encoding.latents = &recorder;
    const Context<T, Device, true> forward(encoding, ctx.workspace());
    const auto z = [&] {
      if constexpr (B::takes_context)
        return piece.apply(forward, x[0], log_prob, x[1]);
      else
        return piece.apply(forward, x[0], log_prob);
    }();
    if (phase == Phase::training) return z;
    LatentReplayer<T, Device> replayer(device, left);
    Pass<T, Device> decoding = ctx.pass();
    decoding.kept = &replayer;
    const Context<T, Device, false> inverse(decoding, ctx.workspace());
    const auto again = [&] {
      if constexpr (B::takes_context)
        return piece.invert(inverse, z, x[1]);
      else
        return piece.invert(inverse, z);
    }();
    back = device_run::numbers_of(device, again.value);
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
