#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "densenf/densenf.hpp"
#include "densenf/kernels/cpu/simd.hpp"

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

/// What the machine's multipliers can do at the most: multiply-adds in registers, on all threads.
class RegisterProducts {
public:
  explicit RegisterProducts(const Cpu& device) : device_(device) {}

  /// Operations of run(): multiplications and additions.
  static constexpr Index operations = Index{1} << 34;

  void run() {
    namespace simd = kernels::simd;
    constexpr Index chains = 12;  // as many as hide a product's delay, and as few as there are registers
    constexpr Index pieces = 64;
    constexpr Index rounds = operations / (2 * pieces * chains * simd::lanes<float>);
    device_.parallel_for(pieces, [&](Index piece) {
      simd::Packet<float> sums[chains];
      for (Index i = 0; i < chains; ++i) sums[i] = simd::broadcast(static_cast<float>(i));
      const auto factor = simd::broadcast(0.5f), term = simd::broadcast(static_cast<float>(piece));
      for (Index r = 0; r < rounds; ++r) {
        for (Index i = 0; i < chains; ++i) sums[i] = simd::multiply_add<float>(sums[i], factor, term);
      }
      for (Index i = 1; i < chains; ++i) sums[0] = simd::add<float>(sums[0], sums[i]);
      float results[simd::lanes<float>];
      simd::store(results, sums[0]);
      results_[piece] = results[0];  // somebody might read it
    });
  }

private:
  Cpu device_;
  volatile float results_[64] = {};
};

}  // namespace bench
