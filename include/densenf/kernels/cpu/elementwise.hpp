#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/unit_interval.hpp"
#include "densenf/kernels/write.hpp"

// Copies, sums and scalar maps of batches. x and y have the same extents unless said otherwise.
namespace densenf::kernels {

template <class T>
void fill_zero(const Cpu& cpu, Tensor<T> x) {
  for_each_number(
      cpu, 1, [](auto number) { number = T(0); }, x);
}

/// Sets all bits of some memory, which makes any floating-point number in it a NaN.
inline void set_all_bits(const Cpu&, void* memory, std::size_t bytes) { std::memset(memory, 0xff, bytes); }

/// values[i] = value for i in [0, n)
inline void set_each(const Cpu&, double value, Index n, double* values) { std::fill_n(values, n, value); }

/// result = factor * (the sum of n numbers)
inline void scaled_sum(const Cpu&, double factor, const double* values, Index n, double* result) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += factor * values[i];
  *result = total;
}

/// Brings n numbers of the device to the host.
inline void fetch(const Cpu&, const double* values, Index n, double* host) { std::copy_n(values, n, host); }

/// y = or += x
template <class T>
void copy(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_number(
      cpu, 1, [write](auto from, auto to) { detail::put(write, to, from); }, x, y);
}

/// y += factor * x
template <class T>
void accumulate_scaled(const Cpu& cpu, Tensor<const T> x, T factor, Tensor<T> y) {
  for_each_number(
      cpu, 1, [=](auto from, auto to) { to += factor * from; }, x, y);
}

/// y(p, c) = 1 where x(p, 0) is c, else 0; where x(p, 0) is below 0 they all are 1 / C.
template <class T>
void fill_one_hot(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const T other = x(p, 0) < T(0) ? T(1) / static_cast<T>(y.c) : T(0);
    for (Index c = 0; c < y.c; ++c) y(p, c) = x(p, 0) == static_cast<T>(c) ? T(1) : other;
  });
}

template <class T>
Index all_finite_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// Whether every number is finite.
template <class T>
bool all_finite(const Cpu& cpu, Tensor<const T> x, Scratch) {
  std::atomic<bool> finite{true};
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    if (!row(x, p).allFinite()) finite.store(false, std::memory_order_relaxed);
  });
  return finite.load();
}

/// z = x + y
template <class T>
void add(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z) {
  for_each_number(
      cpu, 1, [](auto a, auto b, auto sum) { sum = a + b; }, x, y, z);
}

/// y = scale * x + shift
template <class T>
void scale_shift(const Cpu& cpu, Tensor<const T> x, T scale, T shift, Tensor<T> y) {
  for_each_number(
      cpu, 1, [=](auto from, auto to) { to = from * scale + shift; }, x, y);
}

/// Gated unit: abc holds three groups of y.c channels; y = a + b * sigmoid(c).
template <class T>
void gate_forward(const Cpu& cpu, Tensor<const T> abc, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto a, auto b, auto c, auto to) { to = a + b * logistic(c); },
      abc.channels(0, y.c), abc.channels(y.c, y.c), abc.channels(2 * y.c, y.c), y);
}

/// dabc = or += adjoint of gate_forward
template <class T>
void gate_backward(const Cpu& cpu, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write) {
  const Index m = dy.c;
  for_each_number(
      cpu, cost_of_exp,
      [write](auto d, auto b, auto c, auto da, auto db, auto dc) {
        const auto s = logistic(c), ds = d * s;
        detail::put(write, da, d);
        detail::put(write, db, ds);
        detail::put(write, dc, ds * b * (T(1) - s));
      },
      dy, abc.channels(m, m), abc.channels(2 * m, m), dabc.channels(0, m), dabc.channels(m, m),
      dabc.channels(2 * m, m));
}

/// y = sigmoid(x), in (0, 1), and log_prob[n] += sum of log dy/dx. Images of equal extents.
template <class T>
void sigmoid_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto s = sigmoid_of(x(p, i));
        y(p, i) = s.value;
        total += static_cast<double>(s.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// dx += adjoint of sigmoid_forward; dlog_prob[n] is the gradient of the loss by log_prob[n].
template <class T>
void sigmoid_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                      Tensor<T> dx) {
  const Index per_image = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for_each_packet(
        y.c, [g](auto s, auto d, auto to) { to += d * s * (T(1) - s) + g * (T(1) - T(2) * s); }, y.pixel(p),
        dy.pixel(p), dx.pixel(p));
  });
}

/// x = the inverse of sigmoid_forward; infinite where y does not tell what x was.
template <class T>
void sigmoid_inverse(const Cpu& cpu, Tensor<const T> y, Tensor<T> x) {
  for_each_pixel(cpu, y.pixels(), cost_of_exp * y.c, [&](Index p) {
    for (Index i = 0; i < y.c; ++i) x(p, i) = inverse_sigmoid_of(y(p, i));
  });
}

/// y = log(x / (1 - x)) for x in (0, 1), and log_prob[n] += sum of log dy/dx; minus infinity where a number
/// of image n is not in (0, 1), with a finite y.
template <class T>
void logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto logit = logit_of(x(p, i));
        y(p, i) = logit.value;
        total += static_cast<double>(logit.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// dx += adjoint of logit_forward; nothing outside of (0, 1)
template <class T>
void logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                    Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index i = 0; i < x.c; ++i) dx(p, i) += logit_adjoint_of(x(p, i), dy(p, i), g);
  });
}

/// y = (x + u) / levels, in (0, 1) for gray levels x in 0 ... levels - 1 and u in (0, 1)
template <class T>
void dequantize(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y) {
  const T scale = T(1) / levels;
  for_each_number(
      cpu, 1,
      [scale](auto gray, auto noise, auto to) {
        to = min(max((gray + noise) * scale, UnitInterval<T>::lowest), UnitInterval<T>::highest);
      },
      x, u, y);
}

/// z = logit(y) of the y of dequantize before it is rounded, and log_prob[n] += sum of log dz/dy.
template <class T>
void dequantized_logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> z,
                               double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto logit = Dequantized<T>(x(p, i), u(p, i), levels).logit();
        z(p, i) = logit.value;
        total += static_cast<double>(logit.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// du += adjoint of dequantized_logit_forward
template <class T>
void dequantized_logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                Tensor<const T> dz, const double* dlog_prob, Tensor<T> du) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index i = 0; i < x.c; ++i)
      du(p, i) += Dequantized<T>(x(p, i), u(p, i), levels).logit_adjoint(dz(p, i), g) / levels;
  });
}

}  // namespace densenf::kernels
