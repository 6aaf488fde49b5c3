// ctest-labels: bijectors gradients
#include "../device_run.hpp"
#include "densenf/densenf.cuh"
#include "list.hpp"

using namespace densenf;

namespace {

/// The bijector's forward and backward pass; in evaluation also inverse(forward(x)).
template <class B, class T, class Device>
device_run::Outcome run(const Device& device, const bijector_list::Case& test, Phase phase,
                        MemoryPolicy policy) {
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

}  // namespace

// The bijectors are checked by themselves, on the CPU and on a card (test_bijectors.cpp), in double; here all
// of a card's values, gradients and state with the CPU's, in float too.
TEST_CASE_TEMPLATE("bijectors: every bijector does on the card what it does on the CPU", T, double, float) {
  const Cuda cuda;
  const Cpu cpu(1);
  const double tolerance = std::is_same_v<T, double> ? 1e-11 : 2e-4;
  bijector_list::for_each_bijector([&]<class B>(bijector_list::Of<B>, const bijector_list::Case& test) {
    for (const Phase phase : {Phase::evaluation, Phase::training}) {
      const auto want = run<B, double>(cpu, test, phase, MemoryPolicy::store);
      for (const MemoryPolicy policy :
           {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
        const auto got = run<B, T>(cuda, test, phase, policy);
        device_run::check_same(
            fmt::format("{} at {}, {}, memory policy {}", test.name, to_string(test.shape),
                        phase == Phase::training ? "training" : "evaluation", static_cast<int>(policy)),
            got, want, tolerance);
      }
    }
  });
}
