#pragma once

#include <numbers>

#include "densenf/kernels/cpu/simd.hpp"

// Winograd's minimal algorithm F(4x4, 3x3) for convolutions of three by three taps (Winograd 1980; Lavin and
// Gray 2016). In one dimension y = A^T [(G g) . (B^T d)]: four neighbouring results of three taps g over six
// inputs d take six multiplications instead of twelve; in two dimensions, squared. Everything else is
// additions, and each matrix also serves, transposed, for the gradients.
//
// Each of the six products stands for a point at which two polynomials are multiplied: 0, +-a, +-b and
// infinity with a = 1 / sqrt 2 and b = 1 / a. The worst result loses about three bits (with the usual +-1 and
// +-2, five). G g is the polynomial of the taps at the points; what that leaves to be divided by, A does.
namespace densenf::kernels::winograd {

inline constexpr int side = 4;           ///< results of a tile, in one dimension
inline constexpr int points = side + 2;  ///< its inputs and its products, in one dimension
inline constexpr int planes = points * points;

/// The one-dimensional maps, on packets of channels.
template <class T>
struct Transform {
  using P = simd::Packet<T>;
  static constexpr double a = 1 / std::numbers::sqrt2, b = std::numbers::sqrt2;
  static constexpr double a2 = 0.5, b2 = 2;  // squares; a2 * b2 = 1
  /// One over the products of the differences of the points.
  static constexpr double of_a = 1 / (2 * a2 * (a2 - b2)), of_b = 1 / (2 * b2 * (b2 - a2));

  /// v = B^T d
  EIGEN_ALWAYS_INLINE static void input(const P* d, P* v) {
    input_pair<0>(d, v[0], v[5]);
    input_pair<1>(d, v[1], v[2]);
    input_pair<2>(d, v[3], v[4]);
  }
  /// Two of B^T d's numbers: those at the points 0 and infinity, +-a, or +-b.
  template <int pair>
  EIGEN_ALWAYS_INLINE static void input_pair(const P* d, P& first, P& second) {
    if constexpr (pair == 0) {
      const P minus_sum = simd::broadcast(T(-(a2 + b2)));
      first = simd::multiply_add<T>(minus_sum, d[2], simd::add<T>(d[0], d[4]));
      second = simd::multiply_add<T>(minus_sum, d[3], simd::add<T>(d[1], d[5]));
    } else {
      const P minus_other = simd::broadcast(T(pair == 1 ? -b2 : -a2)),
              point = simd::broadcast(T(pair == 1 ? a : b));
      const P even = simd::multiply_add<T>(minus_other, d[2], d[4]);
      const P odd = simd::multiply<T>(point, simd::multiply_add<T>(minus_other, d[1], d[3]));
      first = simd::add<T>(even, odd);
      second = simd::subtract<T>(even, odd);
    }
  }
  /// u = G g
  EIGEN_ALWAYS_INLINE static void weights(const P* g, P* u) {
    u[0] = g[0];
    const P even_a = simd::multiply_add<T>(simd::broadcast(T(a2)), g[2], g[0]);
    const P odd_a = simd::multiply<T>(simd::broadcast(T(a)), g[1]);
    u[1] = simd::add<T>(even_a, odd_a);
    u[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply_add<T>(simd::broadcast(T(b2)), g[2], g[0]);
    const P odd_b = simd::multiply<T>(simd::broadcast(T(b)), g[1]);
    u[3] = simd::add<T>(even_b, odd_b);
    u[4] = simd::subtract<T>(even_b, odd_b);
    u[5] = g[2];
  }
  /// y = A^T m
  EIGEN_ALWAYS_INLINE static void output(const P* m, P* y) {
    const P sum_a = simd::add<T>(m[1], m[2]), difference_a = simd::subtract<T>(m[1], m[2]);
    const P sum_b = simd::add<T>(m[3], m[4]), difference_b = simd::subtract<T>(m[3], m[4]);
    y[0] = simd::add<T>(m[0], weighted(of_a, sum_a, of_b, sum_b));
    y[1] = weighted(a * of_a, difference_a, b * of_b, difference_b);
    y[2] = weighted(a2 * of_a, sum_a, b2 * of_b, sum_b);
    y[3] = simd::add<T>(m[5], weighted(a * a2 * of_a, difference_a, b * b2 * of_b, difference_b));
  }
  /// dm = A dy
  EIGEN_ALWAYS_INLINE static void output_adjoint(const P* dy, P* dm) {
    dm[0] = dy[0];
    const P even_a = weighted(of_a, dy[0], a2 * of_a, dy[2]);
    const P odd_a = weighted(a * of_a, dy[1], a * a2 * of_a, dy[3]);
    dm[1] = simd::add<T>(even_a, odd_a);
    dm[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = weighted(of_b, dy[0], b2 * of_b, dy[2]);
    const P odd_b = weighted(b * of_b, dy[1], b * b2 * of_b, dy[3]);
    dm[3] = simd::add<T>(even_b, odd_b);
    dm[4] = simd::subtract<T>(even_b, odd_b);
    dm[5] = dy[3];
  }
  /// dg = G^T du
  EIGEN_ALWAYS_INLINE static void weights_adjoint(const P* du, P* dg) {
    const P sum_a = simd::add<T>(du[1], du[2]), sum_b = simd::add<T>(du[3], du[4]);
    dg[0] = simd::add<T>(du[0], simd::add<T>(sum_a, sum_b));
    dg[1] = weighted(a, simd::subtract<T>(du[1], du[2]), b, simd::subtract<T>(du[3], du[4]));
    dg[2] = simd::add<T>(du[5], weighted(a2, sum_a, b2, sum_b));
  }

private:
  EIGEN_ALWAYS_INLINE static P weighted(double wx, const P& x, double wy, const P& y) {
    return simd::multiply_add<T>(simd::broadcast(T(wx)), x, simd::multiply<T>(simd::broadcast(T(wy)), y));
  }
};

/// Applies a one-dimensional map from `in` to `out` numbers to the rows and to the columns of a square:
/// load(row, column) gives its elements, store(row, column, packet) receives the result's.
template <int in, int out, class T, class Map, class Load, class Store>
EIGEN_ALWAYS_INLINE void in_both_directions(const Map& map, const Load& load, const Store& store) {
  using P = simd::Packet<T>;
  P half[out][in];
#pragma GCC unroll 8
  for (int column = 0; column < in; ++column) {
    P from[in], to[out];
#pragma GCC unroll 8
    for (int row = 0; row < in; ++row) from[row] = load(row, column);
    map(from, to);
#pragma GCC unroll 8
    for (int row = 0; row < out; ++row) half[row][column] = to[row];
  }
#pragma GCC unroll 8
  for (int row = 0; row < out; ++row) {
    P to[out];
    map(half[row], to);
#pragma GCC unroll 8
    for (int column = 0; column < out; ++column) store(row, column, to[column]);
  }
}

}  // namespace densenf::kernels::winograd
