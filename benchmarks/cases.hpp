#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "densenf/densenf.hpp"

// The pieces of work that are timed: shared by the Google Benchmark programs and by timed_cases, which
// scripts/compare_pytorch runs beside the PyTorch peer.
namespace bench {

using namespace densenf;

/// Images of noise; the time does not depend on what they show.
inline Batch<std::uint8_t> noise_images(const Shape& shape, Index count) {
  Batch<std::uint8_t> images{shape, count,
                             std::vector<std::uint8_t>(static_cast<std::size_t>(count * shape.size()))};
  std::uint32_t state = 1;
  for (std::uint8_t& v : images.values)
    v = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return images;
}

/// DenseFlow-74-10 in float, ready to be trained, evaluated and sampled.
class DenseFlowCases {
public:
  explicit DenseFlowCases(int threads) : flow_({3, 32, 32}, Cpu(threads)) {
    // From data-dependent start to the steady state: every ActNorm is set, every buffer has its place.
    select(MemoryPolicy::store);
    train(2);
  }

  /// One training step: forward, backward, Adamax.
  void train(Index batch) { trainer_->step(images(batch)); }
  void elbo(Index batch) { flow_.elbo(images(batch), {.batch = batch}); }
  void sample(Index batch) { flow_.sample(batch); }

  void select(MemoryPolicy policy) {
    trainer_.reset();
    trainer_ = std::make_unique<Trainer<Flow<DenseFlow_74_10>>>(
        flow_, TrainOptions{.schedule = {.lr = 1e-4}, .policy = policy});
  }

  /// Bytes of activations at the peak: all but weights, gradients and moments.
  std::size_t activation_bytes() const { return flow_.peak_bytes(); }
  void reset_peak() { flow_.reset_peak(); }

private:
  const Batch<std::uint8_t>& images(Index batch) {
    if (images_.count != batch) images_ = noise_images({3, 32, 32}, batch);
    return images_;
  }

  Flow<DenseFlow_74_10> flow_;
  std::unique_ptr<Trainer<Flow<DenseFlow_74_10>>> trainer_;
  Batch<std::uint8_t> images_;
};

}  // namespace bench
