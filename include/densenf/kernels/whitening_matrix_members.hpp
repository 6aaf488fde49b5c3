#pragma once

#include <Eigen/Eigenvalues>

#include "densenf/kernels/whitening_matrix.hpp"

// In densenf::compiled, because a program that whitens would compile an eigenvalue solver.
namespace densenf::detail {

DENSENF_INLINE void whiten(double* pixels, Index channels, Index count, double floor, double* mean,
                           double* matrix) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<Rows> rows(pixels, channels, count);
  Eigen::Map<Eigen::VectorXd> means(mean, channels);
  means = rows.rowwise().mean();
  rows.colwise() -= means;
  const Eigen::MatrixXd covariance = rows * rows.transpose() / static_cast<double>(count);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  Eigen::Map<Eigen::MatrixXd>(matrix, channels, channels) =
      solver.eigenvectors() * (solver.eigenvalues().array() + floor).rsqrt().matrix().asDiagonal() *
      solver.eigenvectors().transpose();
}

}  // namespace densenf::detail
