#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "densenf/densenf.hpp"

// The pieces of work that are timed: shared by the Google Benchmark programs and by timed_cases, which
// scripts/compare_pytorch and scripts/check_gpu run beside the PyTorch peer.
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

  /// Trains with another memory policy from now on. The moments stay, so that the next step does not meet
  /// fresh memory.
  void select(MemoryPolicy policy) {
    auto next =
        std::make_unique<Trainer<FlowType>>(flow_, TrainOptions{.schedule = {.lr = 1e-4}, .policy = policy});
    if (trainer_ != nullptr) {
      std::swap(next->moments(), trainer_->moments());
      next->set_steps(trainer_->steps());
    }
    trainer_ = std::move(next);
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

/// What the machine can do at the most: c = a * b of 2048 x 2048 floats by Eigen, in columns for each thread.
class MatrixProduct {
public:
  static constexpr Index size = 2048;

  explicit MatrixProduct(const Cpu& device) : device_(device) {
    a_.setRandom(size, size);
    b_.setRandom(size, size);
    c_.setZero(size, size);
  }

  void run() {
    const Index columns = (size + device_.threads() - 1) / device_.threads();
    device_.parallel_ranges(size, columns, [&](Index first, Index last) {
      c_.middleCols(first, last - first).noalias() = a_ * b_.middleCols(first, last - first);
    });
  }

private:
  Cpu device_;
  Eigen::MatrixXf a_, b_, c_;
};

}  // namespace bench
