#pragma once

#include <numbers>

#include "densenf/kernels/cpu/simd.hpp"

// Winograd's minimal algorithms for convolutions of three taps (Winograd 1980; Lavin and Gray 2016). With
// y = A^T [(G g) . (B^T d)], `outputs` neighboring results of three taps g over outputs + 2 inputs d take
// outputs + 2 multiplications instead of 3 * outputs; in two dimensions, squared. Everything else is
// additions, and each matrix also serves, transposed, for the gradients.
namespace densenf::kernels::winograd {

/// The one-dimensional maps of F(outputs, 3), on packets of channels. `points` numbers stand for the
/// products of polynomials at as many points.
template <int outputs>
struct Transform;

/// Two results from four products, at the points 0, 1, -1 and infinity: the worst result loses about one bit.
template <>
struct Transform<2> {
  static constexpr int points = 4;

  /// v = B^T d
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void input(const P* d, P* v) {
    v[0] = simd::subtract<T>(d[0], d[2]);
    v[1] = simd::add<T>(d[1], d[2]);
    v[2] = simd::subtract<T>(d[2], d[1]);
    v[3] = simd::subtract<T>(d[1], d[3]);
  }
  /// u = G g
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights(const P* g, P* u) {
    const P half = simd::broadcast(T(0.5));
    const P even = simd::multiply<T>(half, simd::add<T>(g[0], g[2]));
    const P odd = simd::multiply<T>(half, g[1]);
    u[0] = g[0];
    u[1] = simd::add<T>(even, odd);
    u[2] = simd::subtract<T>(even, odd);
    u[3] = g[2];
  }
  /// y = A^T m
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output(const P* m, P* y) {
    y[0] = simd::add<T>(m[0], simd::add<T>(m[1], m[2]));
    y[1] = simd::subtract<T>(simd::subtract<T>(m[1], m[2]), m[3]);
  }
  /// dm = A dy
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output_adjoint(const P* dy, P* dm) {
    dm[0] = dy[0];
    dm[1] = simd::add<T>(dy[0], dy[1]);
    dm[2] = simd::subtract<T>(dy[0], dy[1]);
    dm[3] = simd::subtract<T>(simd::broadcast(T(0)), dy[1]);
  }
  /// dg = G^T du
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights_adjoint(const P* du, P* dg) {
    const P half = simd::broadcast(T(0.5));
    const P even = simd::multiply<T>(half, simd::add<T>(du[1], du[2]));
    dg[0] = simd::add<T>(du[0], even);
    dg[1] = simd::multiply<T>(half, simd::subtract<T>(du[1], du[2]));
    dg[2] = simd::add<T>(even, du[3]);
  }
};

/// Four results from six products, at the points 0, +-a, +-b and infinity with a = 1 / sqrt 2 and b = 1 / a:
/// the worst result loses about three bits (with the usual +-1 and +-2, five).
template <>
struct Transform<4> {
  static constexpr int points = 6;
  static constexpr double a = 1 / std::numbers::sqrt2, b = std::numbers::sqrt2;
  static constexpr double a2 = 0.5, b2 = 2;  // squares; a2 * b2 = 1
  // Products of the differences of the points.
  static constexpr double at_a = 2 * a2 * (a2 - b2), at_b = 2 * b2 * (b2 - a2);

  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void input(const P* d, P* v) {
    const P minus_sum = simd::broadcast(T(-(a2 + b2)));
    v[0] = simd::multiply_add<T>(minus_sum, d[2], simd::add<T>(d[0], d[4]));
    v[5] = simd::multiply_add<T>(minus_sum, d[3], simd::add<T>(d[1], d[5]));
    const P even_a = simd::multiply_add<T>(simd::broadcast(T(-b2)), d[2], d[4]);
    const P odd_a =
        simd::multiply<T>(simd::broadcast(T(a)), simd::multiply_add<T>(simd::broadcast(T(-b2)), d[1], d[3]));
    v[1] = simd::add<T>(even_a, odd_a);
    v[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply_add<T>(simd::broadcast(T(-a2)), d[2], d[4]);
    const P odd_b =
        simd::multiply<T>(simd::broadcast(T(b)), simd::multiply_add<T>(simd::broadcast(T(-a2)), d[1], d[3]));
    v[3] = simd::add<T>(even_b, odd_b);
    v[4] = simd::subtract<T>(even_b, odd_b);
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights(const P* g, P* u) {
    u[0] = g[0];
    const P even_a = simd::multiply<T>(simd::broadcast(T(1 / at_a)),
                                       simd::multiply_add<T>(simd::broadcast(T(a2)), g[2], g[0]));
    const P odd_a = simd::multiply<T>(simd::broadcast(T(a / at_a)), g[1]);
    u[1] = simd::add<T>(even_a, odd_a);
    u[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply<T>(simd::broadcast(T(1 / at_b)),
                                       simd::multiply_add<T>(simd::broadcast(T(b2)), g[2], g[0]));
    const P odd_b = simd::multiply<T>(simd::broadcast(T(b / at_b)), g[1]);
    u[3] = simd::add<T>(even_b, odd_b);
    u[4] = simd::subtract<T>(even_b, odd_b);
    u[5] = g[2];
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output(const P* m, P* y) {
    const P sum_a = simd::add<T>(m[1], m[2]), difference_a = simd::subtract<T>(m[1], m[2]);
    const P sum_b = simd::add<T>(m[3], m[4]), difference_b = simd::subtract<T>(m[3], m[4]);
    y[0] = simd::add<T>(m[0], simd::add<T>(sum_a, sum_b));
    y[1] = weighted<T>(a, difference_a, b, difference_b);
    y[2] = weighted<T>(a2, sum_a, b2, sum_b);
    y[3] = simd::add<T>(m[5], weighted<T>(a * a2, difference_a, b * b2, difference_b));
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output_adjoint(const P* dy, P* dm) {
    dm[0] = dy[0];
    const P even_a = simd::multiply_add<T>(simd::broadcast(T(a2)), dy[2], dy[0]);
    const P odd_a = weighted<T>(a, dy[1], a * a2, dy[3]);
    dm[1] = simd::add<T>(even_a, odd_a);
    dm[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply_add<T>(simd::broadcast(T(b2)), dy[2], dy[0]);
    const P odd_b = weighted<T>(b, dy[1], b * b2, dy[3]);
    dm[3] = simd::add<T>(even_b, odd_b);
    dm[4] = simd::subtract<T>(even_b, odd_b);
    dm[5] = dy[3];
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights_adjoint(const P* du, P* dg) {
    const P sum_a = simd::add<T>(du[1], du[2]), sum_b = simd::add<T>(du[3], du[4]);
    dg[0] = simd::add<T>(du[0], weighted<T>(1 / at_a, sum_a, 1 / at_b, sum_b));
    dg[1] = weighted<T>(a / at_a, simd::subtract<T>(du[1], du[2]), b / at_b, simd::subtract<T>(du[3], du[4]));
    dg[2] = simd::add<T>(du[5], weighted<T>(a2 / at_a, sum_a, b2 / at_b, sum_b));
  }

private:
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static P weighted(double wx, const P& x, double wy, const P& y) {
    return simd::multiply_add<T>(simd::broadcast(T(wx)), x, simd::multiply<T>(simd::broadcast(T(wy)), y));
  }
};

/// Applies a one-dimensional map from `in` to `out` numbers to the rows and to the columns of a square:
/// load(row, column) gives its elements, store(row, column, packet) receives the result's.
template <int in, int out, class T, class Map, class Load, class Store>
EIGEN_ALWAYS_INLINE void in_both_directions(const Map& map, const Load& load, const Store& store) {
  using P = simd::Packet<T>;
  P half[std::size_t{out}][std::size_t{in}];
#pragma GCC unroll 8
  for (int column = 0; column < in; ++column) {
    P from[std::size_t{in}], to[std::size_t{out}];
#pragma GCC unroll 8
    for (int row = 0; row < in; ++row) from[row] = load(row, column);
    map(from, to);
#pragma GCC unroll 8
    for (int row = 0; row < out; ++row) half[row][column] = to[row];
  }
#pragma GCC unroll 8
  for (int row = 0; row < out; ++row) {
    P to[std::size_t{out}];
    map(half[row], to);
#pragma GCC unroll 8
    for (int column = 0; column < out; ++column) store(row, column, to[column]);
  }
}

}  // namespace densenf::kernels::winograd
