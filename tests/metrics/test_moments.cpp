#include "densenf/metrics/moments.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "../error_of.hpp"
#include "feature_rows.hpp"

using namespace densenf;
using namespace densenf_test;
using test::error_of;

namespace {

/// The covariance by its definition, in two passes.
Eigen::MatrixXd covariance(const FeatureRows& rows) {
  const FeatureRows centered = rows.rowwise() - rows.colwise().mean();
  return centered.transpose() * centered / static_cast<double>(rows.rows() - 1);
}

double apart(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("moments of rows that come in pieces of any length") {
  const FeatureRows rows = feature_rows(3, 200, 7, -0.5, 0.5);
  MomentsAccumulator sums(7);
  for (Index begin = 0, length = 1; begin < rows.rows(); begin += length, length = 2 * length + 1) {
    sums.add(rows.middleRows(begin, std::min(length, rows.rows() - begin)));
    sums.add(rows.middleRows(begin, 0));
  }
  const Moments m = sums.moments();
  CHECK(sums.count() == 200);
  // Sums of 200 numbers below 4: each addition rounds by at most 2^-53 of up to 800.
  CHECK(apart(m.mean, rows.colwise().mean().transpose()) < 200 * 800 * 0x1p-53);
  CHECK(apart(m.covariance, covariance(rows)) < 200 * 800 * 0x1p-53);
  CHECK(m.covariance == m.covariance.transpose());
  // By hand: 1, 2, 6 have the mean 3 and squares of deviations 4 + 1 + 9.
  CHECK(moments_of(FeatureRows{{1}, {2}, {6}}).mean(0) == 3);
  CHECK(moments_of(FeatureRows{{1}, {2}, {6}}).covariance(0, 0) == doctest::Approx(7));
}

TEST_CASE("a large mean costs no digits of the covariance") {
  const double far = 0x1p27;
  const FeatureRows rows = feature_rows(4, 100, 3, far, 0);
  const FeatureRows near = rows.array() - far;  // exact
  MomentsAccumulator sums(3);
  for (Index i = 0; i < 100; i += 10) sums.add(rows.middleRows(i, 10));
  // The mean is off by some units in the last place, 2^-25; the square of that is what the sums are off by
  // for each row. Squares themselves, 2^54, would be rounded to multiples of 4.
  CHECK(apart(sums.moments().covariance, covariance(near)) < 1e-8);
}

TEST_CASE("what is no row of features is refused, and changes nothing") {
  MomentsAccumulator sums(2);
  CHECK(error_of([&] { sums.moments(); }) == "A covariance needs two images or more, but there are 0.");
  sums.add(FeatureRows{{1, 2}});
  CHECK(error_of([&] { sums.moments(); }) == "A covariance needs two images or more, but there is 1.");
  sums.add(FeatureRows{{3, 5}});
  const Moments before = sums.moments();
  CHECK_THROWS_AS(sums.add(FeatureRows{{1, 2, 3}}), ShapeError);
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK(error_of([&] {
            sums.add(FeatureRows{{0, 0}, {0, bad}});
          }) == "Feature 1 of row 1 (counted from 0) is not a finite number.");
  }
  CHECK(error_of([&] {
          sums.add(FeatureRows{{1e200, 0}, {-1e200, 0}});
        }).find("too large") != std::string::npos);
  CHECK(sums.count() == 2);
  CHECK(sums.moments().mean == before.mean);
  CHECK(sums.moments().covariance == before.covariance);
  CHECK_THROWS_AS(MomentsAccumulator(0), ArgumentError);
}
