#include "densenf/flow/start.hpp"
#include "densenf/kernels/cpu/all.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <array>
#include <cmath>

using namespace densenf;

static Eigen::MatrixXd orthogonal(const NoiseKey& key, Index c) {
  return Eigen::Map<const Eigen::MatrixXd>(detail::random_orthogonal(Cpu(1), key, c).data(), c, c);
}

TEST_CASE("random_orthogonal gives orthonormal columns, of either determinant, different ones for each key") {
  double trace = 0;
  int reflections = 0;
  for (std::uint64_t tensor = 0; tensor < 40; ++tensor) {
    const Index c = tensor < 4 ? std::array<Index, 4>{1, 2, 62, 154}[tensor] : 3;
    const Eigen::MatrixXd q = orthogonal({7, 3, tensor, 0}, c);
    CHECK((q.transpose() * q - Eigen::MatrixXd::Identity(c, c)).cwiseAbs().maxCoeff() < 1e-14);
    if (c != 3) continue;
    trace += q.trace();
    reflections += q.determinant() < 0;
  }
  // The trace of a uniformly distributed rotation or reflection has mean 0 and variance 1.
  CHECK(std::abs(trace / 36) < 0.5);
  CHECK(reflections > 8);
  CHECK(reflections < 28);
}

TEST_CASE("random_orthogonal is Q of the normal matrix whose R has a positive diagonal") {
  const NoiseKey key{1, 3, 5, 0};
  const Index c = 9;
  Eigen::MatrixXd normal(c, c);
  kernels::fill_normal(Cpu(1), key, 0, make_tensor(normal.data(), 1, Shape{c, c, 1}));
  const Eigen::MatrixXd r = orthogonal(key, c).transpose() * normal;
  CHECK(r.triangularView<Eigen::StrictlyLower>().toDenseMatrix().cwiseAbs().maxCoeff() < 1e-13);
  CHECK(r.diagonal().minCoeff() > 0);
}
