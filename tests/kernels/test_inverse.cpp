#include <doctest/doctest.h>

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "scratch.hpp"

using densenf::Cpu;
using densenf::Index;
using densenf::InvertibleMatrix;
using densenf::testing::OwnScratch;
namespace kernels = densenf::kernels;

namespace {

// As the matrices lie in memory; to a reader of rows they are transposed.
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

const Cpu cpu(1);

Matrix<double> random_matrix(Index c, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return Matrix<double>::NullaryExpr(c, c, [&](Index, Index) { return normal(generator); });
}

/// Singular values from 1 down to `smallest`.
Matrix<double> with_smallest(Index c, double smallest) {
  const Matrix<double> left = random_matrix(c, 1), right = random_matrix(c, 2);
  const Matrix<double> u = Eigen::HouseholderQR<Matrix<double>>(left).householderQ();
  const Matrix<double> v = Eigen::HouseholderQR<Matrix<double>>(right).householderQ();
  Eigen::VectorXd values(c);
  for (Index i = 0; i < c; ++i) {
    values[i] = std::pow(smallest, static_cast<double>(i) / static_cast<double>(std::max<Index>(1, c - 1)));
  }
  return u * values.asDiagonal() * v;
}

template <class T>
struct Result {
  double log_det;
  Matrix<T> inverse;
};

template <class T>
Result<T> inverted(const Matrix<T>& w) {
  const Index c = w.rows();
  Result<T> result{0, Matrix<T>::Constant(c, c, T(-7))};
  kernels::log_abs_det_and_inverse(cpu, w.data(), c, result.inverse.data(), &result.log_det,
                                   OwnScratch(cpu, kernels::log_abs_det_and_inverse_scratch_bytes(cpu, c)));
  return result;
}

/// Compares with a decomposition by Eigen, for the condition number that W has about.
template <class T>
void check(const Matrix<double>& exact, double condition) {
  const Matrix<T> w = exact.cast<T>();
  const Eigen::PartialPivLU<Matrix<double>> lu(w.template cast<double>());
  const Matrix<double> want = lu.inverse();
  const double log_det = lu.matrixLU().diagonal().array().abs().log().sum();
  const Result<T> got = inverted(w);
  const double rounding = 1e-14 * condition;
  CHECK(std::abs(got.log_det - log_det) <= rounding);
  const double error = (got.inverse.template cast<double>() - want).norm() / want.norm();
  CHECK(error <= rounding + std::numeric_limits<T>::epsilon());
}

constexpr Index sizes[] = {1, 2, 3, 7, 8, 9, 12, 16, 17, 31, 62, 124, 154, 308};

}  // namespace

TEST_CASE_TEMPLATE("inverse: determinants and inverses are those of a decomposition", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    check<T>(random_matrix(c, static_cast<unsigned>(c)), 1e4);
    check<T>(with_smallest(c, 0.5), 1e2);
  }
}

TEST_CASE("inverse: ill-conditioned matrices lose no more than they must") {
  for (const Index c : {3, 31, 154}) {
    CAPTURE(c);
    check<double>(with_smallest(c, 1e-8), 1e9);
  }
}

TEST_CASE_TEMPLATE("inverse: a matrix that only exchanges channels is inverted exactly", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    std::vector<Index> order(static_cast<std::size_t>(c));
    for (Index i = 0; i < c; ++i) order[static_cast<std::size_t>(i)] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937(3));
    Matrix<T> w = Matrix<T>::Zero(c, c);
    for (Index i = 0; i < c; ++i) w(i, order[static_cast<std::size_t>(i)]) = i % 2 == 0 ? T(1) : T(-1);
    const Result<T> got = inverted(w);
    CHECK(got.log_det == 0);
    CHECK(got.inverse == w.transpose());
  }
}

TEST_CASE_TEMPLATE("inverse: a singular matrix has a determinant of 0 and no inverse", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    for (const bool row : {true, false}) {
      Matrix<T> w = random_matrix(c, 4).cast<T>();
      if (row)
        w.row(c / 2).setZero();
      else
        w.col(c - 1).setZero();
      const Result<T> got = inverted(w);
      CHECK(got.log_det == -std::numeric_limits<double>::infinity());
      CHECK(got.inverse.array().isNaN().all());
    }
  }
}

TEST_CASE_TEMPLATE("inverse: what is not finite stays not finite", T, float, double) {
  for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    for (const Index c : {1, 5, 20}) {
      Matrix<T> w = random_matrix(c, 5).cast<T>();
      w(c / 2, c / 3) = bad;
      const Result<T> got = inverted(w);
      const bool finite = std::isfinite(got.log_det) && got.inverse.array().isFinite().all();
      CHECK(!finite);
    }
  }
}

namespace {

/// Squares of these sizes, one behind the other in every buffer, numbered from the last to the first.
struct Many {
  explicit Many(const std::vector<Index>& extents) {
    for (const Index c : extents) {
      matrices.push_back({{size, c * c}, c, static_cast<Index>(extents.size() - matrices.size()) - 1, size});
      size += c * c;
    }
    std::mt19937 generator(6);
    std::normal_distribution<float> normal;
    for (Index i = 0; i < size; ++i) parameters.push_back(normal(generator));
    seen.assign(parameters.size(), -7.0f);
    inverses.assign(parameters.size(), -7.0f);
    log_dets.assign(matrices.size(), -7.0);
  }

  void invert(const Cpu& device, bool all) {
    const auto count = static_cast<Index>(matrices.size());
    const InvertibleMatrix* const all_of_them = matrices.data();
    kernels::invert_matrices(
        device, all_of_them, count, all, static_cast<const float*>(parameters.data()), seen.data(),
        inverses.data(), log_dets.data(),
        OwnScratch(device, kernels::invert_matrices_scratch_bytes(device, all_of_them, count)));
  }

  /// Whether what is kept of a square is what its own inversion gives.
  bool right(const InvertibleMatrix& s) const {
    const Matrix<float> w = Eigen::Map<const Matrix<float>>(parameters.data() + s.weight.offset, s.c, s.c);
    const Result<float> want = inverted(w);
    return want.log_det == log_dets[static_cast<std::size_t>(s.number)] &&
           want.inverse == Eigen::Map<const Matrix<float>>(inverses.data() + s.kept, s.c, s.c);
  }

  std::vector<InvertibleMatrix> matrices;
  Index size = 0;
  std::vector<float> parameters, seen, inverses;
  std::vector<double> log_dets;
};

const std::vector<Index> extents = {40, 33, 33, 20, 17, 12, 12, 12, 9, 8, 7, 3, 2, 1, 1, 1, 1, 1, 1};

}  // namespace

TEST_CASE("inverse: many matrices at once are each as alone, for any number of threads") {
  for (const int threads : {1, 3}) {
    Many many(extents);
    many.invert(Cpu(threads), true);
    for (const InvertibleMatrix& s : many.matrices) CHECK(many.right(s));
  }
  Many none({});
  none.invert(cpu, true);
}

TEST_CASE("inverse: only matrices whose numbers have changed are inverted again") {
  Many many(extents);
  many.invert(cpu, true);
  std::fill(many.log_dets.begin(), many.log_dets.end(), -7.0);
  const InvertibleMatrix& changed = many.matrices[4];
  many.parameters[static_cast<std::size_t>(changed.weight.offset + changed.weight.size - 1)] += 0.5f;
  many.invert(cpu, false);
  for (const InvertibleMatrix& s : many.matrices) {
    const bool untouched = many.log_dets[static_cast<std::size_t>(s.number)] == -7.0;
    CHECK(untouched == (s.number != changed.number));
  }
  CHECK(many.right(changed));
}
