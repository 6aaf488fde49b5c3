// All architectures of the list: training step, log-likelihood, inverse and sampling of a batch, with images
// a second, parameters, peak memory beside weights, and what it took to compile them.
//
//     bench_architectures --benchmark_filter='train/.*/digits'
//
// Names are work/architecture/data set. DENSENF_MEASURED_PIECES names the file of compile times that
// scripts/compare_architectures leaves; without it they are left out.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "subject.hpp"

namespace {

using architectures::Subject;
using architectures::Work;

/// The model that is being timed; one at a time is in memory.
Work& work_of(const Subject& subject) {
  static const Subject* held = nullptr;
  static std::unique_ptr<Work> work;
  if (held != &subject) {
    work.reset();
    work = subject.work(0);
    held = &subject;
  }
  return *work;
}

/// Processor seconds of the newest compilation of a subject's file; 0 when that is not known. A line of the
/// file has seconds, kilobytes and the object file, between tabs.
double compile_seconds(const Subject& subject) {
  const char* path = std::getenv("DENSENF_MEASURED_PIECES");
  if (path == nullptr) return 0;
  const std::string object =
      "architecture_" + std::string(subject.name()) + "_" + std::string(subject.data()) + ".cpp.o";
  std::ifstream file(path);
  double found = 0, seconds = 0, kilobytes = 0;
  for (std::string made; file >> seconds >> kilobytes && std::getline(file, made);)
    if (made.ends_with("/" + object)) found = seconds;
  return found;
}

void time(benchmark::State& state, const Subject& subject, void (Work::*kind)()) {
  Work& work = work_of(subject);
  (work.*kind)();  // lays memory out
  work.reset_peak();
  for (auto _ : state) (work.*kind)();
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(work.batch()), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["parameters"] = static_cast<double>(subject.parameters());
  state.counters["peak MB"] = static_cast<double>(work.peak_bytes()) / 1e6;
  const double compiled = compile_seconds(subject);
  if (compiled > 0) state.counters["compiled s"] = compiled;
}

void add(const Subject& subject, const char* kind, void (Work::*work)()) {
  const std::string name =
      std::string(kind) + "/" + std::string(subject.name()) + "/" + std::string(subject.data());
  benchmark::RegisterBenchmark(name.c_str(),
                               [&subject, work](benchmark::State& state) { time(state, subject, work); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Subject* subject : architectures::subjects()) {
    add(*subject, "train", &Work::train);
    add(*subject, "log_likelihood", &Work::log_likelihood);
    add(*subject, "inverse", &Work::invert);
    add(*subject, "sample", &Work::sample);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
