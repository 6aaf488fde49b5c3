#pragma once

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/lip_swish.hpp"
#include "densenf/kernels/write.hpp"

// LipSwish and its slope, as functions of x and of the learned number b behind the steepness: see
// kernels/lip_swish.hpp for the formulas.
namespace densenf::kernels {

/// y = f(x)
template <class T>
void lip_swish_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  for_each_number(
      cpu, cost_of_exp, [=](auto from, auto to) { to = scale * from * logistic(beta * from); }, x, y);
}

/// y = f'(x)
template <class T>
void lip_swish_slope_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  for_each_number(
      cpu, cost_of_exp,
      [=](auto from, auto to) {
        const auto s = logistic(beta * from);
        to = scale * s * (T(1) + beta * from * (T(1) - s));
      },
      x, y);
}

namespace detail {

/// db += what the sum over all numbers of term(beta x, x, dy) says of beta.
template <class T, class Term>
void add_steepness_gradient(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy,
                            const Term& term, T* db, Scratch scratch) {
  double* const sums = scratch.take<double>(x.c);
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return term(channels(x, p), channels(dy, p)); },
      [&](Index first, const auto& of_channels) {
        for (Index i = 0; i < of_channels.size(); ++i) sums[first + i] = of_channels[i];
      });
  double total = 0;
  for (Index c = 0; c < x.c; ++c) total += sums[c];
  *db += static_cast<T>(total * static_cast<double>(maps::Softplus::derivative(*b)) / LipSwishOf<T>::over);
}

/// What both adjoints are: by_x(dy, x, s) is dx, and by_beta(dy, x, s) what is added up for the gradient of
/// the steepness, where s = sigmoid(beta x).
template <class T, class ByX, class ByBeta>
void lip_swish_adjoint(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                       Write write, T* db, Scratch scratch, const ByX& by_x, const ByBeta& by_beta) {
  const T beta = maps::Softplus::value(*b);
  if (db != nullptr) {
    add_steepness_gradient(
        cpu, x, b, dy,
        [&](const auto& from, const auto& d) { return by_beta(d, from, logistic(beta * from)); }, db,
        scratch);
  }
  if (dx.data == nullptr) return;
  for_each_number(
      cpu, cost_of_exp,
      [&](auto from, auto d, auto to) { put(write, to, by_x(d, from, logistic(beta * from))); }, x, dy, dx);
}

}  // namespace detail

template <class T>
Index lip_swish_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, db += adjoint of lip_swish_forward. dx.data and db may be null.
template <class T>
void lip_swish_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* db, Scratch scratch) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  detail::lip_swish_adjoint(
      cpu, x, b, dy, dx, write, db, scratch,
      [=](const auto& d, const auto& from, const auto& s) {
        return scale * d * s * (T(1) + beta * from * (T(1) - s));
      },
      [](const auto& d, const auto& from, const auto& s) { return d * from * from * s * (T(1) - s); });
}

template <class T>
Index lip_swish_slope_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, db += adjoint of lip_swish_slope_forward. dx.data and db may be null.
template <class T>
void lip_swish_slope_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* db, Scratch scratch) {
  const T beta = maps::Softplus::value(*b), scale = beta / T(LipSwishOf<T>::over);
  detail::lip_swish_adjoint(
      cpu, x, b, dy, dx, write, db, scratch,
      [=](const auto& d, const auto& from, const auto& s) {
        return scale * d * s * (T(1) - s) * (T(2) + beta * from * (T(1) - T(2) * s));
      },
      [=](const auto& d, const auto& from, const auto& s) {
        return d * from * s * (T(1) - s) * (T(2) + beta * from * (T(1) - T(2) * s));
      });
}

}  // namespace densenf::kernels
