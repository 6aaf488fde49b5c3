#pragma once

#include <cstdint>

#include "densenf/metrics/moments.hpp"

namespace densenf_test {

/// Numbers in [0, 1) that any language makes alike: SplitMix64, the upper 53 bits.
class Uniform {
public:
  explicit Uniform(std::uint64_t seed) : state_(seed) {}

  double operator()() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-53;
  }

private:
  std::uint64_t state_;
};

/// Rows of correlated features: u_k + mix * u_(k-1) + shift, with uniform numbers u drawn row by row.
inline densenf::FeatureRows feature_rows(std::uint64_t seed, densenf::Index rows, densenf::Index features,
                                         double shift, double mix) {
  Uniform uniform(seed);
  densenf::FeatureRows f(rows, features);
  for (densenf::Index i = 0; i < rows; ++i) {
    double before = 0;
    for (densenf::Index k = 0; k < features; ++k) {
      const double u = uniform();
      f(i, k) = u + mix * before + shift;
      before = u;
    }
  }
  return f;
}

inline densenf::Moments moments_of(const densenf::FeatureRows& rows) {
  densenf::MomentsAccumulator sums(rows.cols());
  sums.add(rows);
  return sums.moments();
}

}  // namespace densenf_test
