#pragma once

#include <Eigen/LU>
#include <cmath>

#include "densenf/core/cpu.hpp"

// Small square matrices of the 1x1 flows, kept as [in][out]: to Eigen's column-major eyes, W itself.
namespace densenf::kernels {

template <class T>
auto square(const T* w, Index c) {
  return Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(w, c, c);
}
template <class T>
auto mutable_square(T* w, Index c) {
  return Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(w, c, c);
}

/// log |det W|, and W's inverse unless `inverse` is null. Decomposed in double for every T: the log
/// determinant is multiplied by the number of pixels, the inverse by a chain of inverses.
template <class T>
double log_abs_det_and_inverse(const Cpu&, const T* w, Index c, T* inverse) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::PartialPivLU<Matrix> lu(square(w, c).template cast<double>());
  if (inverse != nullptr) mutable_square(inverse, c) = lu.inverse().template cast<T>();
  return lu.matrixLU().diagonal().array().abs().log().sum();
}

/// dw += factor * inverse^T, the gradient of factor * log |det W|.
template <class T>
void log_abs_det_backward(const Cpu&, const T* inverse, Index c, T factor, T* dw) {
  mutable_square(dw, c) += factor * square(inverse, c).transpose();
}

/// w = L (U + diag(exp(log_s))); only the strict triangles of lower and upper count.
template <class T>
void lu_compose(const Cpu&, const T* lower, const T* upper, const T* log_s, Index c, T* w) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  Matrix u = square(upper, c).template triangularView<Eigen::StrictlyUpper>();
  for (Index i = 0; i < c; ++i) u(i, i) = std::exp(log_s[i]);
  Matrix l = square(lower, c).template triangularView<Eigen::StrictlyLower>();
  l.diagonal().setOnes();
  mutable_square(w, c).noalias() = l * u;
}

/// w = (L (U + diag(exp(log_s))))^-1
template <class T>
void lu_invert(const Cpu&, const T* lower, const T* upper, const T* log_s, Index c, T* w) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  Matrix u = square(upper, c).template triangularView<Eigen::StrictlyUpper>();
  for (Index i = 0; i < c; ++i) u(i, i) = std::exp(log_s[i]);
  Matrix inverse = Matrix::Identity(c, c);
  square(lower, c).template triangularView<Eigen::UnitLower>().solveInPlace(inverse);
  u.template triangularView<Eigen::Upper>().solveInPlace(inverse);
  mutable_square(w, c) = inverse;
}

/// dlower +=, dupper +=, dlog_s += adjoint of lu_compose, and of `log_det` times the sum of log_s.
template <class T>
void lu_backward(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* dw, double log_det,
                 Index c, T* dlower, T* dupper, T* dlog_s) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  Matrix u = square(upper, c).template triangularView<Eigen::StrictlyUpper>();
  for (Index i = 0; i < c; ++i) u(i, i) = std::exp(log_s[i]);
  Matrix l = square(lower, c).template triangularView<Eigen::StrictlyLower>();
  l.diagonal().setOnes();
  const Matrix dl = square(dw, c) * u.transpose();
  const Matrix du = l.transpose() * square(dw, c);
  for (Index j = 0; j < c; ++j) {
    for (Index i = 0; i < j; ++i) dupper[j * c + i] += du(i, j);
    for (Index i = j + 1; i < c; ++i) dlower[j * c + i] += dl(i, j);
    dlog_s[j] += du(j, j) * u(j, j) + static_cast<T>(log_det);
  }
}

/// The sum of log_s.
template <class T>
double sum_of_logs(const Cpu&, const T* log_s, Index c) {
  double total = 0;
  for (Index i = 0; i < c; ++i) total += static_cast<double>(log_s[i]);
  return total;
}

/// values[i] += term for i in [0, n)
inline void add_to_each(const Cpu&, double term, Index n, double* values) {
  for (Index i = 0; i < n; ++i) values[i] += term;
}

/// The sum of n numbers.
inline double sum_of(const Cpu&, const double* values, Index n) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += values[i];
  return total;
}

}  // namespace densenf::kernels
