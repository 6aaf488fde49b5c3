#include "densenf/metrics/frechet.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "../error_of.hpp"
#include "feature_rows.hpp"

using namespace densenf;
using namespace densenf_test;
using test::error_of;

namespace {

Moments diagonal(std::initializer_list<double> mean, std::initializer_list<double> variances) {
  Moments m;
  m.mean = Eigen::Map<const Eigen::VectorXd>(mean.begin(), std::ssize(mean));
  m.covariance = Eigen::Map<const Eigen::VectorXd>(variances.begin(), std::ssize(variances)).asDiagonal();
  return m;
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("normal distributions with independent features have a distance of the simplest form") {
  const Moments a = diagonal({1, -2, 0}, {4, 1, 0}), b = diagonal({2, 2, 0}, {9, 0, 0.25});
  // |m1 - m2|^2 + sum of (s1 - s2)^2, of whole numbers and halves.
  CHECK(frechet_distance(a, b) == doctest::Approx(1 + 16 + 1 + 1 + 0.25).epsilon(1e-14));
  CHECK(frechet_distance(b, a) == doctest::Approx(19.25).epsilon(1e-14));
  CHECK(frechet_distance(a, a) == 0);
  CHECK(frechet_distance(diagonal({0}, {0}), diagonal({3}, {0})) == 9);
}

TEST_CASE("distances as the usual program has them") {
  // By calculate_frechet_distance of pytorch-fid 0.3.0 with SciPy 1.17.1 and NumPy 2.4.6, of the same rows
  // with numpy.cov. The eigenvalues, from 7e-5 to 0.07, are off by some 64 * 2^-53 * 0.07, so a root by
  // 3e-14, and 64 roots by 2e-12.
  const auto distance = [](Index d) {
    return frechet_distance(moments_of(feature_rows(1, 500, d, 0, 0.5)),
                            moments_of(feature_rows(2, 500, d, 0.25, 0.75)));
  };
  CHECK(std::abs(distance(8) - 1.1821075659738534) < 1e-11);
  CHECK(std::abs(distance(64) - 9.72522504305578) < 1e-11);
}

TEST_CASE("fewer images than features") {
  // By the same formula in 40 digits (mpmath), from the covariances of numpy.cov; pytorch-fid gives 13.173398
  // and 17.185919. Each of 64 roots may be off by sqrt(64 * 2^-52 * |C1| |C2|), as frechet_distance says, and
  // the product of the norms is below 1.
  const double bound = 64 * std::sqrt(64 * 0x1p-52);
  const auto a = [](Index rows) { return moments_of(feature_rows(1, rows, 64, 0, 0.5)); };
  const auto b = [](Index rows) { return moments_of(feature_rows(2, rows, 64, 0.25, 0.75)); };
  CHECK(std::abs(frechet_distance(a(40), b(500)) - 13.1733980731435714) < bound);
  CHECK(std::abs(frechet_distance(b(500), a(40)) - 13.1733980731435714) < bound);
  CHECK(std::abs(frechet_distance(a(20), b(30)) - 17.1859192575491235) < bound);
  // Singular in the same directions, roots of rounding errors are not added up: 64 squares of 1 and sums
  // below 64.
  Moments shifted = a(20);
  shifted.mean.array() += 1;
  CHECK(std::abs(frechet_distance(a(20), shifted) - 64) < 1e-11);
  CHECK(frechet_distance(a(20), a(20)) >= 0);
  CHECK(frechet_distance(a(20), a(20)) < 1e-11);
}

TEST_CASE("rounding to single precision makes no covariance a wrong one") {
  Moments single = moments_of(feature_rows(1, 20, 64, 0, 0.5));
  const Moments exact = single;
  single.covariance = single.covariance.cast<float>().cast<double>();
  CHECK(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(single.covariance).eigenvalues().minCoeff() < -1e-10);
  // A root of what rounding adds, 2^-24 of a norm of about 1, in each of the directions beside the 19.
  CHECK(frechet_distance(single, exact) < 64 * 0x1p-12);
  CHECK(frechet_distance(exact, single) < 64 * 0x1p-12);
}

TEST_CASE("what is no covariance is refused, on either side") {
  const Moments fine = diagonal({0, 0}, {1, 1}), nothing = diagonal({0, 0}, {0, 0});
  const auto refusals = [&](const Moments& wrong, std::string_view sentence) {
    for (const Moments& other : {fine, nothing}) {
      const std::string first = error_of([&] { frechet_distance(wrong, other); });
      const std::string second = error_of([&] { frechet_distance(other, wrong); });
      CHECK_MESSAGE(says(first, sentence), first);
      CHECK_MESSAGE(says(second, sentence), second);
    }
  };
  CHECK(frechet_distance(diagonal({0, 0}, {1, -1e-9}), fine) == doctest::Approx(1));
  refusals(diagonal({0, 0}, {1, -1e-5}), "has the eigenvalue -1e-05 beside the largest, 1");
  refusals(diagonal({0, 0}, {-1, -2}), "no covariance has negative ones");
  refusals(diagonal({0, 0, 0}, {1, 1, 1}), "not of the same network");
  Moments wrong = fine;
  wrong.covariance(0, 1) = 1e-3;
  refusals(wrong, "is not symmetric; two opposite entries differ by 0.001");
  wrong.covariance(0, 1) = wrong.covariance(1, 0) = std::numeric_limits<double>::quiet_NaN();
  refusals(wrong, "not finite");
  wrong = fine;
  wrong.mean(1) = std::numeric_limits<double>::infinity();
  refusals(wrong, "not finite");
  wrong = fine;
  wrong.mean.resize(3);
  refusals(wrong, "they are 3 and 2 x 2");
  refusals(Moments(), "they are 0 and 0 x 0");
  CHECK_THROWS_AS(frechet_distance(diagonal({1e200}, {1}), diagonal({0}, {1})), ArgumentError);
  CHECK_THROWS_AS(frechet_distance(diagonal({0}, {1e200}), diagonal({0}, {1e200})), ArgumentError);
}
