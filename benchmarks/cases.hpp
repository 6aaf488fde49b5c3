#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "densenf/densenf.hpp"
#include "machine.hpp"
#include "noise_images.hpp"

// The pieces of work that are timed: shared by the Google Benchmark programs and by timed_cases, which
// scripts/compare_pytorch and scripts/check_gpu run beside the PyTorch peer.
namespace bench {

using namespace densenf;

/// A model of 3x32x32 images in float, by default DenseFlow-74-10, ready to be trained, evaluated and
/// sampled.
template <class Device, class Model = DenseFlow_74_10>
class DenseFlowCases {
public:
  explicit DenseFlowCases(const Device& device) : flow_({3, 32, 32}, device) {
    // From data-dependent start to the steady state: every ActNorm is set, every buffer has its place.
    select(MemoryPolicy::store);
    train(2);
  }

  /// One training step: forward, backward, Adamax.
  void train(Index batch) { trainer_->step(images(batch)); }
  void elbo(Index batch) { flow_.elbo(images(batch), {.batch = batch}); }
  void sample(Index batch) { flow_.sample(batch); }

  /// Trains with another memory policy from now on.
  void select(MemoryPolicy policy) {
    auto next =
        std::make_unique<Trainer<FlowType>>(flow_, TrainOptions{.schedule = {.lr = 1e-4}, .policy = policy});
    const bool first = trainer_ == nullptr;
    if (!first) next->set_progress(trainer_->steps(), trainer_->moments().to_host());
    trainer_ = std::move(next);
    if (!first) train(1);  // so that the next step does not meet fresh memory
  }

  /// Bytes of activations at the peak since reset_peak: all but weights, gradients and moments.
  std::size_t activation_bytes() const { return flow_.peak_bytes(); }
  void reset_peak() { flow_.reset_peak(); }

private:
  using FlowType = Flow<Model, float, Device>;

  const Batch<std::uint8_t>& images(Index batch) {
    if (images_.count != batch) images_ = noise_images({3, 32, 32}, batch);
    return images_;
  }

  FlowType flow_;
  std::unique_ptr<Trainer<FlowType>> trainer_;
  Batch<std::uint8_t> images_;
};

}  // namespace bench
