// Training steps of DenseFlow-74-10: forward, backward, Adamax.

#include <benchmark/benchmark.h>

#include "shared_cases.hpp"

namespace {

using bench::cases;

void train(benchmark::State& state, densenf::MemoryPolicy policy) {
  const densenf::Index batch = state.range(0);
  cases().select(policy);
  for (int i = 0; i < 2; ++i) cases().train(batch);  // the first step lays memory out, the second touches it
  cases().reset_peak();
  for (auto _ : state) cases().train(batch);
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["activation MB"] = static_cast<double>(cases().activation_bytes()) / 1e6;
}

BENCHMARK_CAPTURE(train, store, densenf::MemoryPolicy::store)
    ->Arg(4)
    ->Arg(8)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(train, recompute, densenf::MemoryPolicy::recompute)
    ->Arg(4)
    ->Arg(8)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(train, reverse, densenf::MemoryPolicy::reverse)
    ->Arg(4)
    ->Arg(8)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
