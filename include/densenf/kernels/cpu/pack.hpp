#pragma once

#include <cmath>
#include <cstddef>

#include "densenf/kernels/cpu/simd.hpp"

// A packet that is written with as if it were a number, for functions of one number that are templates over
// it, and for loops over numbers. Expressions of Eigen's arrays would make the same instructions, but take
// the compiler several times as long.
namespace densenf::kernels::simd {

/// What comparisons of packets give: lanes of which all bits are set or none.
template <class T>
struct PackMask {
  Packet<T> bits;

  friend EIGEN_ALWAYS_INLINE PackMask operator&(const PackMask& a, const PackMask& b) {
    return {Eigen::internal::pand(a.bits, b.bits)};
  }
};

/// Functions of packets are friends that are found by their arguments, so that numbers beside a packet become
/// packets.
template <class T>
struct Pack {
  Packet<T> v;

  Pack() = default;
  EIGEN_ALWAYS_INLINE Pack(T value) : v(broadcast(value)) {}
  static EIGEN_ALWAYS_INLINE Pack of(const Packet<T>& packet) {
    Pack made;
    made.v = packet;
    return made;
  }
  static EIGEN_ALWAYS_INLINE Pack load(const T* from) { return of(simd::load(from)); }
  EIGEN_ALWAYS_INLINE void store(T* to) const { simd::store(to, v); }

  friend EIGEN_ALWAYS_INLINE Pack operator+(Pack a, Pack b) { return of(Eigen::internal::padd(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator-(Pack a, Pack b) { return of(Eigen::internal::psub(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator*(Pack a, Pack b) { return of(Eigen::internal::pmul(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator/(Pack a, Pack b) { return of(Eigen::internal::pdiv(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator-(Pack a) { return of(Eigen::internal::pnegate(a.v)); }
  EIGEN_ALWAYS_INLINE Pack& operator+=(Pack b) { return *this = *this + b; }
  EIGEN_ALWAYS_INLINE Pack& operator*=(Pack b) { return *this = *this * b; }

  friend EIGEN_ALWAYS_INLINE PackMask<T> operator<(Pack a, Pack b) {
    return {Eigen::internal::pcmp_lt(a.v, b.v)};
  }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator<=(Pack a, Pack b) {
    return {Eigen::internal::pcmp_le(a.v, b.v)};
  }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator>=(Pack a, Pack b) { return b <= a; }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator>(Pack a, Pack b) { return b < a; }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator==(Pack a, Pack b) {
    return {Eigen::internal::pcmp_eq(a.v, b.v)};
  }
  /// a where the condition holds, b elsewhere.
  friend EIGEN_ALWAYS_INLINE Pack select(const PackMask<T>& condition, Pack a, Pack b) {
    return of(Eigen::internal::pselect(condition.bits, a.v, b.v));
  }

  /// The larger and the smaller one; of a NaN and a number it may be either.
  friend EIGEN_ALWAYS_INLINE Pack max(Pack a, Pack b) { return of(Eigen::internal::pmax(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack min(Pack a, Pack b) { return of(Eigen::internal::pmin(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack abs(Pack a) { return of(Eigen::internal::pabs(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack sqrt(Pack a) { return of(Eigen::internal::psqrt(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack exp(Pack a) { return of(Eigen::internal::pexp(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack log(Pack a) { return of(Eigen::internal::plog(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack log1p(Pack a) { return of(Eigen::internal::generic_plog1p(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack tanh(Pack a) {
    if constexpr (Eigen::internal::packet_traits<T>::HasTanh != 0) {
      return of(Eigen::internal::ptanh(a.v));
    } else {
      T numbers[std::size_t{lanes<T>}];
      a.store(numbers);
      for (T& number : numbers) number = std::tanh(number);
      return load(numbers);
    }
  }
  /// 1 / (1 + exp(-a)). Eigen has a quotient of polynomials for floats, which takes two thirds of the time of
  /// an exponential.
  friend EIGEN_ALWAYS_INLINE Pack logistic(Pack a) {
    return of(Eigen::internal::scalar_logistic_op<T>().packetOp(a.v));
  }
  friend EIGEN_ALWAYS_INLINE Pack squared(Pack a) { return a * a; }

  /// Of all lanes.
  friend EIGEN_ALWAYS_INLINE T sum(Pack a) { return Eigen::internal::predux(a.v); }
  friend EIGEN_ALWAYS_INLINE T largest(Pack a) { return Eigen::internal::predux_max(a.v); }
};

/// A packet of numbers in memory, of type Pack: what is assigned goes there, and where a Pack is expected it
/// is read.
template <class P>
class PackAt;
template <class T>
class PackAt<Pack<T>> {
public:
  explicit EIGEN_ALWAYS_INLINE PackAt(T* at) : at_(at) {}

  EIGEN_ALWAYS_INLINE operator Pack<T>() const { return Pack<T>::load(at_); }
  EIGEN_ALWAYS_INLINE void operator=(Pack<T> value) { value.store(at_); }
  EIGEN_ALWAYS_INLINE void operator+=(Pack<T> value) { *this = Pack<T>(*this) + value; }
  EIGEN_ALWAYS_INLINE void operator-=(Pack<T> value) { *this = Pack<T>(*this) - value; }
  EIGEN_ALWAYS_INLINE void operator*=(Pack<T> value) { *this = Pack<T>(*this) * value; }

private:
  T* at_;
};

}  // namespace densenf::kernels::simd
