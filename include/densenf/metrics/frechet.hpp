#pragma once

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "densenf/metrics/moments.hpp"

namespace densenf {

namespace detail {

/// Eigenvalues of a covariance, none negative, and eigenvectors where `options` asks for them.
///
/// Rounding makes eigenvalues that are 0 slightly negative. Rounding of the entries to single precision, in
/// which such covariances may have been written, moves an eigenvalue by at most 2^-24 of the Frobenius norm,
/// and what double precision and the solver add is far less; so down to twice that an eigenvalue is taken
/// for 0, and one below belongs to no covariance: ArgumentError. What is positive and within the solver's own
/// error, d times the rounding unit of the largest, is 0, too: singular covariances, as those of fewer images
/// than features, have many of these, of which the roots would be added up.
inline std::pair<Eigen::VectorXd, Eigen::MatrixXd> covariance_eigenvalues(const Eigen::MatrixXd& covariance,
                                                                          int options,
                                                                          const std::string& name) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance, options);
  if (solver.info() != Eigen::Success)
    throw ConvergenceError("{}: the eigenvalues of the covariance were not found.", name);
  Eigen::VectorXd values = solver.eigenvalues();
  const double least = values.minCoeff(), most = values.maxCoeff();
  if (least < -0x1p-23 * covariance.norm()) {
    throw ArgumentError(
        "{}: the covariance has the eigenvalue {} beside the largest, {}, but no covariance has negative "
        "ones: "
        "make the statistics again.",
        name, least, most);
  }
  const double error = static_cast<double>(values.size()) * std::numeric_limits<double>::epsilon() * most;
  values = (values.array() > error).select(values, 0);
  if (options == Eigen::EigenvaluesOnly) return {std::move(values), Eigen::MatrixXd()};
  return {std::move(values), solver.eigenvectors()};
}

}  // namespace detail

/// The Frechet distance (squared 2-Wasserstein distance) between two normal distributions with these moments:
/// |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), in the square of the features' unit; never negative. Of the
/// features that the Inception network of 2015 gives of two sets of images it is the sets' FID.
///
/// The trace of the root is the sum of the roots of the eigenvalues of C1^(1/2) C2 C1^(1/2), which are those
/// of C1 C2 but of a symmetric matrix; nothing is added to singular covariances. A root has half the digits
/// of what it is taken of: where covariances are singular in different directions, each of d features adds an
/// error of up to sqrt(d * 2^-52 * |C1| |C2|).
///
/// Throws ShapeError when the moments are of different numbers of features, and as require_moments does;
/// ArgumentError for a covariance with an eigenvalue that is negative by more than rounding, and moments too
/// large for their squares; ConvergenceError when eigenvalues are not found.
inline double frechet_distance(const Moments& first, const Moments& second) {
  const std::string one = "First set", other = "Second set";
  require_moments(first, one);
  require_moments(second, other);
  if (first.mean.size() != second.mean.size()) {
    throw ShapeError("The first set has {} features and the second {}: they are not of the same network.",
                     first.mean.size(), second.mean.size());
  }
  const auto [values, vectors] =
      detail::covariance_eigenvalues(first.covariance, Eigen::ComputeEigenvectors, one);
  static_cast<void>(detail::covariance_eigenvalues(second.covariance, Eigen::EigenvaluesOnly, other));

  // C1 = U V U^T. Eigenvalues come in rising order: in the directions of the zeros the product is 0.
  const Index rank = (values.array() > 0).count();
  double trace_of_root = 0;
  if (rank > 0) {
    const Eigen::MatrixXd root =
        vectors.rightCols(rank) * values.tail(rank).cwiseSqrt().asDiagonal();  // C1^(1/2) U
    const Eigen::MatrixXd product = root.transpose() * second.covariance * root;
    if (!product.allFinite()) throw ArgumentError("The covariances are too large for their product.");
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(product, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success)
      throw ConvergenceError("The eigenvalues of the product of both covariances were not found.");
    trace_of_root = solver.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
  }
  const double distance = (first.mean - second.mean).squaredNorm() + first.covariance.trace() +
                          second.covariance.trace() - 2 * trace_of_root;
  if (!std::isfinite(distance)) throw ArgumentError("The moments are too large for their squares.");
  return std::max(0.0, distance);  // of the same set twice, rounding may leave less than 0
}

}  // namespace densenf
