#pragma once

#include <Eigen/Core>
#include <cmath>

#include "densenf/core/cpu.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"

// Small square matrices of the 1x1 flows, kept as [in][out]: the transpose of W for code that reads
// rows, W itself for Eigen, which reads columns.
namespace densenf::kernels {

namespace detail {
/// The sum of n numbers.
template <class T>
double sum_of(const T* values, Index n) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += static_cast<double>(values[i]);
  return total;
}
}  // namespace detail

/// dw += factor * sum of dlog_prob[0..n) * inverse^T: the adjoint of adding factor * log |det W| to n
/// numbers, whose gradients are dlog_prob.
template <class T>
void log_abs_det_backward(const Cpu&, const T* inverse, Index c, double factor, const double* dlog_prob,
                          Index n, T* dw) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  const T times = static_cast<T>(factor * detail::sum_of(dlog_prob, n));
  Eigen::Map<Matrix>(dw, c, c) += times * Eigen::Map<const Matrix>(inverse, c, c).transpose();
}

namespace detail {
/// Writes L and U + diag(sign exp(log_s)), [in][out] like W or transposed, zeros included.
template <class T>
void write_lu_factors(const T* lower, const T* upper, const T* log_s, const T* sign, Index c, bool transposed,
                      T* l, T* u) {
  for (Index in = 0; in < c; ++in) {
    const T diagonal = (sign != nullptr ? sign[in] : T(1)) * std::exp(log_s[in]);
    for (Index out = 0; out < c; ++out) {
      const Index from = in * c + out, to = transposed ? out * c + in : from;
      l[to] = out > in ? lower[from] : T(out == in);
      u[to] = out < in ? upper[from] : out == in ? diagonal : T(0);
    }
  }
}

template <class T>
void multiply_squares(const T* a, const T* b, Index c, T* result) {
  multiply<T>({a, c}, {b, c}, c, c, c, Into::replace, {result, c});
}
}  // namespace detail

template <class T>
Index lu_compose_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<T>(2 * c * c);
}

/// w = L (U + diag(sign exp(log_s))); only the strict triangles of lower and upper count. Without signs
/// (null) all are 1.
template <class T>
void lu_compose(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, Index c, T* w,
                Scratch scratch) {
  T* const l = scratch.take<T>(2 * c * c);
  T* const u = l + c * c;
  detail::write_lu_factors(lower, upper, log_s, sign, c, false, l, u);
  detail::multiply_squares(u, l, c, w);
}

template <class T>
Index lu_backward_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<T>(3 * c * c);
}

/// dlower +=, dupper +=, dlog_s += adjoint of lu_compose.
template <class T>
void lu_backward(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                 Index c, T* dlower, T* dupper, T* dlog_s, Scratch scratch) {
  T* const l = scratch.take<T>(3 * c * c);
  T* const u = l + c * c;
  T* const product = u + c * c;
  detail::write_lu_factors(lower, upper, log_s, sign, c, true, l, u);
  detail::multiply_squares(static_cast<const T*>(u), dw, c, product);
  for (Index in = 0; in < c; ++in) {
    for (Index out = in + 1; out < c; ++out) dlower[in * c + out] += product[in * c + out];
  }
  detail::multiply_squares(dw, static_cast<const T*>(l), c, product);
  for (Index in = 0; in < c; ++in) {
    for (Index out = 0; out < in; ++out) dupper[in * c + out] += product[in * c + out];
    dlog_s[in] += product[in * c + in] * u[in * c + in];
  }
}

/// values[i] += factor * sum of v[0..c), for i in [0, n)
template <class T>
void add_sum_to_each(const Cpu&, double factor, const T* v, Index c, Index n, double* values) {
  const double term = factor * detail::sum_of(v, c);
  for (Index i = 0; i < n; ++i) values[i] += term;
}

/// dv[0..c) += factor * sum of dvalues[0..n): the adjoint of add_sum_to_each.
template <class T>
void add_sum_to_each_backward(const Cpu&, double factor, const double* dvalues, Index n, Index c, T* dv) {
  const T term = static_cast<T>(factor * detail::sum_of(dvalues, n));
  for (Index i = 0; i < c; ++i) dv[i] += term;
}

/// values[i] += term for i in [0, n)
inline void add_to_each(const Cpu&, double term, Index n, double* values) {
  for (Index i = 0; i < n; ++i) values[i] += term;
}

/// values[i] += factor * term for i in [0, n)
inline void add_to_each(const Cpu&, double factor, const double* term, Index n, double* values) {
  for (Index i = 0; i < n; ++i) values[i] += factor * *term;
}

}  // namespace densenf::kernels
