#include <doctest/doctest.h>

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "scratch.hpp"

using densenf::Cpu;
using densenf::Index;
using densenf::testing::OwnScratch;
namespace kernels = densenf::kernels;

namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

const Cpu cpu(1);

template <class T>
struct Factors {
  explicit Factors(Index size) : c(size), lower(c, c), upper(c, c), log_s(c) {
    std::mt19937 generator(static_cast<unsigned>(c));
    std::normal_distribution<double> normal;
    const auto draw = [&](auto& m) {
      for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<T>(0.1 * normal(generator));
    };
    draw(lower);
    draw(upper);
    draw(log_s);
    // What the other triangles hold must not count.
    for (Index j = 0; j < c; ++j) {
      for (Index i = 0; i <= j; ++i) lower(i, j) = std::numeric_limits<T>::quiet_NaN();
      for (Index i = j; i < c; ++i) upper(i, j) = std::numeric_limits<T>::quiet_NaN();
    }
  }

  // In double, number by number.
  Matrix<double> l() const {
    Matrix<double> m = Matrix<double>::Identity(c, c);
    for (Index j = 0; j < c; ++j) {
      for (Index i = j + 1; i < c; ++i) m(i, j) = static_cast<double>(lower(i, j));
    }
    return m;
  }
  Matrix<double> u() const {
    Matrix<double> m = Matrix<double>::Zero(c, c);
    for (Index j = 0; j < c; ++j) {
      for (Index i = 0; i < j; ++i) m(i, j) = static_cast<double>(upper(i, j));
      m(j, j) = std::exp(static_cast<double>(log_s[j]));
    }
    return m;
  }

  Index c;
  Matrix<T> lower, upper;
  Eigen::Matrix<T, Eigen::Dynamic, 1> log_s;
};

constexpr Index sizes[] = {1, 2, 3, 12, 33, 62, 154};

template <class T>
constexpr double tolerance = 300 * static_cast<double>(std::numeric_limits<T>::epsilon());

}  // namespace

TEST_CASE_TEMPLATE("linalg: a matrix is composed of its triangular factors", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    const Factors<T> f(c);
    Matrix<T> w(c, c);
    kernels::lu_compose<T>(cpu, f.lower.data(), f.upper.data(), f.log_s.data(), nullptr, c, w.data(),
                           OwnScratch(cpu, kernels::lu_compose_scratch_bytes<T>(cpu, c)));
    const Matrix<double> want = f.l() * f.u();
    CHECK((w.template cast<double>() - want).norm() <= tolerance<T> * want.norm());
  }
}

TEST_CASE_TEMPLATE("linalg: the adjoint of the composition is added to the factors that count", T, float,
                   double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    const Factors<T> f(c);
    const Matrix<T> dw = Matrix<T>::NullaryExpr(
        c, c, [](Index i, Index j) { return static_cast<T>(std::sin(static_cast<double>(3 * i + 7 * j))); });
    Matrix<T> dlower = Matrix<T>::Ones(c, c), dupper = 2 * dlower;
    Eigen::Matrix<T, Eigen::Dynamic, 1> dlog_s = 3 * dlower.col(0);
    kernels::lu_backward<T>(cpu, f.lower.data(), f.upper.data(), f.log_s.data(), nullptr, dw.data(), c,
                            dlower.data(), dupper.data(), dlog_s.data(),
                            OwnScratch(cpu, kernels::lu_backward_scratch_bytes<T>(cpu, c)));
    const Matrix<double> dl = dw.template cast<double>() * f.u().transpose();
    const Matrix<double> du = f.l().transpose() * dw.template cast<double>();
    const double allowed = tolerance<T> * (1 + dl.norm() + du.norm());
    for (Index j = 0; j < c; ++j) {
      for (Index i = 0; i < c; ++i) {
        const double lower = static_cast<double>(dlower(i, j)), upper = static_cast<double>(dupper(i, j));
        CHECK(std::abs(lower - (i > j ? 1 + dl(i, j) : 1)) <= allowed);
        CHECK(std::abs(upper - (i < j ? 2 + du(i, j) : 2)) <= allowed);
      }
      CHECK(std::abs(static_cast<double>(dlog_s[j]) - (3 + du(j, j) * f.u()(j, j))) <= allowed);
    }
  }
}

TEST_CASE_TEMPLATE("linalg: the adjoint of a log-determinant is the inverse's transpose", T, float, double) {
  const Index c = 5;
  Matrix<T> inverse = Matrix<T>::NullaryExpr(c, c, [](Index i, Index j) { return T(i + 10 * j); });
  Matrix<T> dw = Matrix<T>::Ones(c, c);
  const double dlog_prob[] = {1.5, -1};
  kernels::log_abs_det_backward(cpu, static_cast<const T*>(inverse.data()), c, 4.0, dlog_prob, 2, dw.data());
  for (Index j = 0; j < c; ++j) {
    for (Index i = 0; i < c; ++i) CHECK(dw(i, j) == 1 + 2 * inverse(j, i));
  }
}

TEST_CASE("linalg: terms are added to each number") {
  std::vector<double> values = {1, 2, 3};
  const double term = 0.5;
  kernels::add_to_each(cpu, 4.0, &term, 2, values.data());
  CHECK(values == std::vector<double>{3, 4, 3});
  kernels::add_to_each(cpu, 1.0, 2, values.data());
  CHECK(values == std::vector<double>{4, 5, 3});
}

TEST_CASE_TEMPLATE("linalg: the sum of a vector is added to each number, and so is its adjoint", T, float,
                   double) {
  std::vector<double> values = {1, 2, 3};
  const std::vector<T> log_s = {T(0.5), T(-2), T(0.25)};
  kernels::add_sum_to_each(cpu, 4.0, log_s.data(), 3, 2, values.data());
  CHECK(values == std::vector<double>{-4, -3, 3});
  std::vector<T> dlog_s = {1, 2, 3};
  const double dvalues[] = {1, -0.25, 0.5};
  kernels::add_sum_to_each_backward(cpu, 4.0, dvalues, 3, 3, dlog_s.data());
  CHECK(dlog_s == std::vector<T>{6, 7, 8});
}
