// Evaluation and sampling with DenseFlow-74-10.

#include <benchmark/benchmark.h>

#include "shared_cases.hpp"

namespace {

using bench::cases;

void elbo(benchmark::State& state) {
  cases().elbo(state.range(0));
  for (auto _ : state) cases().elbo(state.range(0));
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}

void sample(benchmark::State& state) {
  cases().sample(state.range(0));
  for (auto _ : state) cases().sample(state.range(0));
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(elbo)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(sample)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
