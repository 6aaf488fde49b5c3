#pragma once

#include <array>
#include <cstddef>
#include <limits>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/kernels/write.hpp"

// The Gaussian error linear unit by vector instructions: as it is defined (maps::Gelu), and in its
// approximation by tanh (maps::GeluTanh).
namespace densenf::kernels {

namespace detail {
/// exp(-2 u), bounded so that its products with its own reciprocal are numbers. Far below 0 the unit is 0.
template <class T>
simd::Pack<T> gelu_exponential(const simd::Pack<T>& x) {
  constexpr auto factor = static_cast<T>(-maps::GeluTanh::twice_root),
                 cubic = static_cast<T>(maps::GeluTanh::cubic);
  return exp(min(factor * x * (T(1) + cubic * x * x), T(80)));
}
}  // namespace detail

/// y = gelu(x) by tanh
template <class T>
void gelu_tanh_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto from, auto to) { to = from / (T(1) + detail::gelu_exponential<T>(from)); }, x,
      y);
}

/// dx = or += adjoint of gelu_tanh_forward
template <class T>
void gelu_tanh_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp,
      [write](auto from, auto d, auto to) {
        constexpr auto root = static_cast<T>(maps::GeluTanh::twice_root),
                       cubic = static_cast<T>(3 * maps::GeluTanh::cubic);
        const auto e = detail::gelu_exponential<T>(from), part = T(1) / (T(1) + e);
        const auto slope = part * (T(1) + from * (e * part) * (root * (T(1) + cubic * from * from)));
        detail::put(write, to, d * slope);
      },
      x, dy, dx);
}

namespace detail {
/// exp(-a^2 / 2), and P(N(0, 1) < -a) for a >= 0: the former times r(a) / (1 + a), where r is smooth up to
/// infinity. Its Chebyshev series in (a - 5) / (a + 5) is that which Shepherd and Laframboise (Mathematics of
/// Computation 36, 1981) have for the complementary error function, computed anew for these constants: all of
/// it is good to 1e-16, its first 12 terms to 1e-8, of the probability itself.
template <class T>
struct NormalTail {
  simd::Pack<T> exponential, probability;

  explicit NormalTail(const simd::Pack<T>& a) {
    constexpr std::array<double, 24> series{
        0.461974212072185681,    -0.0651652023949126306,  -0.00545878150113656722,  0.0122961990455634396,
        -0.00647087291570368799, 0.00224073552241683054,  -0.000563862377465197372, 0.0000998403108292581157,
        -9.84951484316849337e-6, -4.03249423304521713e-7, 2.99023962013034016e-7,   -3.03207074844281387e-8,
        -4.61766571392902726e-9, 1.32982880083826921e-9,  3.00724271901904484e-11,  -4.42995372553281566e-11,
        1.39998571470181507e-12, 1.47189570289125704e-12, -9.32595311916537195e-14, -5.29468116906769519e-14,
        3.95818841441451708e-15, 2.10482146429631938e-15, -1.34567128613614392e-16, -9.09761491449583243e-17};
    constexpr std::size_t terms = sizeof(T) == sizeof(double) ? series.size() : 12;
    const simd::Pack<T> t = (a - T(5)) / (a + T(5)), twice = t + t;
    simd::Pack<T> sum(T(0)), before(T(0));  // Clenshaw's
    for (std::size_t i = terms; i-- > 1;) {
      const simd::Pack<T> next = twice * sum - before + static_cast<T>(series[i]);
      before = sum;
      sum = next;
    }
    exponential = exp(T(-0.5) * a * a);
    probability = exponential * (t * sum - before + static_cast<T>(series[0])) / (T(1) + a);
  }
};
}  // namespace detail

/// y = gelu(x). Far outside, where the probability is 0 or 1, it is 0 or x.
template <class T>
void gelu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, 3 * cost_of_exp,
      [](auto from, auto to) {
        const auto far = abs(from), a = min(far, T(40));
        to = T(0.5) * from + T(0.5) * far - a * detail::NormalTail<T>(a).probability;  // max(x, 0) - ...
      },
      x, y);
}

/// dx = or += adjoint of gelu_forward
template <class T>
void gelu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 3 * cost_of_exp,
      [write](auto from, auto d, auto to) {
        const auto inside = min(max(from, T(-40)), T(40)), a = abs(inside);
        const detail::NormalTail<T> tail(a);
        // 1 above 0, and 0 below: there the probability is that of the tail.
        const auto above = max(inside, T(0)) / max(a, std::numeric_limits<T>::min());
        const auto probability = tail.probability + above * (T(1) - T(2) * tail.probability);
        detail::put(
            write, to,
            d * (probability + inside * tail.exponential * static_cast<T>(maps::Gelu::normal_density_at_0)));
      },
      x, dy, dx);
}

}  // namespace densenf::kernels
