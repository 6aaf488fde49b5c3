#pragma once

#include <Eigen/Core>

#include "densenf/core/cpu.hpp"
#include "densenf/kernels/cpu/simd.hpp"

// What the machine can do at the most, to compare with.
namespace bench {

using namespace densenf;

/// c = a * b of 2048 x 2048 floats by Eigen, in columns for each thread.
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

/// Multiply-adds in registers, on all threads.
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
