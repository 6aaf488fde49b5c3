#pragma once

#include <algorithm>
#include <vector>

#include "../program.hpp"
#include "densenf/densenf.hpp"
#include "subject.hpp"

namespace architectures {

using namespace densenf;

/// The work of a trainer and its flow on a batch. Refers to both.
template <class FlowType>
class FlowWork : public Work {
public:
  FlowWork(Trainer<FlowType>& trainer, Batch<std::uint8_t> images)
      : trainer_(trainer), images_(std::move(images)) {}

  void train() override { trainer_.step(images_); }
  void log_likelihood() override { flow().elbo(images_, {.batch = images_.count}); }
  void invert() override {
    if (latents_.log_prob.empty()) latents_ = encode();
    flow().decode(latents_, images_.count);
  }
  void sample() override {
    try {
      flow().sample(images_.count);
    } catch (const NonFiniteError&) {
      // A number beyond all others is found when all have been computed: it took as long.
    }
  }
  Index batch() const override { return images_.count; }
  std::size_t peak_bytes() const override { return trainer_.flow().peak_bytes(); }
  void reset_peak() override { flow().reset_peak(); }

  /// The largest distance in gray levels between an image and what comes back from its latents.
  double round_trip_error() {
    latents_ = encode();
    const auto back = flow().decode(latents_, images_.count);
    double largest = 0;
    for (std::size_t i = 0; i < back.values.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(back.values[i]) - images_.values[i]));
    return largest;
  }

private:
  FlowType& flow() { return trainer_.flow(); }
  auto encode() { return flow().encode(images_, {.batch = images_.count}); }

  Trainer<FlowType>& trainer_;
  Batch<std::uint8_t> images_;
  Latents<typename FlowType::Scalar> latents_;
};

/// The median of the seconds that f() takes, of three runs or more that fill half a second; of one run where
/// the first took more than five seconds.
template <class F>
double median_seconds(const F& f) {
  std::vector<double> runs{bench::seconds(f)};
  if (runs.front() > 5) return runs.front();
  runs.clear();  // the first one laid out memory
  for (double sum = 0; runs.size() < 3 || sum < 0.5; sum += runs.back()) runs.push_back(bench::seconds(f));
  std::ranges::sort(runs);
  return runs[runs.size() / 2];
}

}  // namespace architectures
