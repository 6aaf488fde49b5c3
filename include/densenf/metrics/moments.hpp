#pragma once

#include <Eigen/Core>
#include <cmath>
#include <string>

#include "densenf/core/shape.hpp"

namespace densenf {

/// Mean and covariance of what a network sees in a set of images: d numbers per image.
struct Moments {
  Eigen::VectorXd mean;        ///< d
  Eigen::MatrixXd covariance;  ///< d x d; n images are divided by n - 1, as numpy.cov does
};

/// Features of images, one image per row.
using FeatureRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Moments of features that come some rows at a time and are not kept. Deviations are taken from the mean of
/// the rows they come with, and corrected when two means become one (Chan, Golub and LeVeque): sums of
/// squares, of which the square of the mean is subtracted at the end, would lose all digits where the mean is
/// large beside the deviations.
class MomentsAccumulator {
public:
  /// Throws ArgumentError unless there is a feature.
  explicit MomentsAccumulator(Index features) {
    if (features < 1) throw ArgumentError("Moments are of one feature or more, not of {}.", features);
    mean_.setZero(features);
    deviations_.setZero(features, features);
  }

  Index features() const { return mean_.size(); }
  Index count() const { return count_; }  ///< of rows so far

  /// Throws ShapeError for rows of another length, ArgumentError, naming row and column, for one that is not
  /// finite, and for features whose squares are too large for a double.
  void add(const Eigen::Ref<const FeatureRows>& rows) {
    if (rows.cols() != features())
      throw ShapeError("Rows of {} features were expected, but they have {}.", features(), rows.cols());
    if (rows.rows() == 0) return;
    for (Index i = 0; i < rows.rows(); ++i) {
      for (Index k = 0; k < rows.cols(); ++k) {
        if (!std::isfinite(rows(i, k)))
          throw ArgumentError("Feature {} of row {} (counted from 0) is not a finite number.", k, i);
      }
    }
    const auto before = static_cast<double>(count_), added = static_cast<double>(rows.rows());
    const Eigen::VectorXd mean = rows.colwise().mean();
    const FeatureRows centered = rows.rowwise() - mean.transpose();
    const Eigen::VectorXd step = mean - mean_;
    Eigen::MatrixXd deviations = deviations_;
    deviations.selfadjointView<Eigen::Lower>()
        .rankUpdate(centered.transpose())
        .rankUpdate(step, before * added / (before + added));
    if (!deviations.allFinite())
      throw ArgumentError("The squares of these features are too large to be added: scale the features.");
    deviations_.swap(deviations);
    mean_ += step * (added / (before + added));
    count_ += rows.rows();
  }

  /// Throws ArgumentError when there are fewer than two rows, of which there is no covariance.
  Moments moments() const {
    if (count_ < 2)
      throw ArgumentError("A covariance needs two images or more, but there {} {}.",
                          count_ == 1 ? "is" : "are", count_);
    Moments m{mean_, deviations_.selfadjointView<Eigen::Lower>()};
    m.covariance /= static_cast<double>(count_ - 1);
    return m;
  }

private:
  Index count_ = 0;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd deviations_;  ///< sum of (row - mean)^T (row - mean); its lower triangle is kept
};

/// Throws ShapeError when mean and covariance do not fit, ArgumentError for a number that is not finite or a
/// covariance that is not symmetric, as far as numbers rounded to single precision can be. `name` is what
/// sentences call them.
inline void require_moments(const Moments& m, const std::string& name) {
  const Index d = m.mean.size();
  if (d < 1 || m.covariance.rows() != d || m.covariance.cols() != d) {
    throw ShapeError(
        "{}: a mean of d features, one or more, and a covariance of d x d were expected, but they are {} "
        "and {} x {}.",
        name, d, m.covariance.rows(), m.covariance.cols());
  }
  if (!m.mean.allFinite() || !m.covariance.allFinite())
    throw ArgumentError("{}: mean or covariance has a number that is not finite.", name);
  const double most = m.covariance.cwiseAbs().maxCoeff();
  const double apart = (m.covariance - m.covariance.transpose()).cwiseAbs().maxCoeff();
  if (!(apart <= most * 0x1p-22))
    throw ArgumentError("{}: the covariance is not symmetric; two opposite entries differ by {}.", name,
                        apart);
}

}  // namespace densenf
