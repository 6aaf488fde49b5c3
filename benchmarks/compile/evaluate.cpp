// What scripts/check_compile compiles: a program that evaluates and samples DenseFlow-74-10 and does not
// train.

#include "densenf/densenf.hpp"

using namespace densenf;

int main() {
  Flow<DenseFlow_74_10> flow({3, 32, 32});
  const Batch<std::uint8_t> images{{3, 32, 32}, 4, std::vector<std::uint8_t>(4 * 3072)};
  return flow.bits_per_dim(images) > 0 && flow.sample(1).count == 1 ? 0 : 1;
}
