#pragma once

#include <cmath>
#include <cstddef>

#include "densenf/kernels/cpu/simd.hpp"

// A packet that is written with as if it were a number, for functions of one number that are templates over
// it.
namespace densenf::kernels::simd {

/// What comparisons of packets give: lanes of which all bits are set or none.
template <class T>
struct PackMask {
  Packet<T> bits;
};

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
};

/// a where the condition holds, b elsewhere.
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> select(const PackMask<T>& condition, Pack<T> a, Pack<T> b) {
  return Pack<T>::of(Eigen::internal::pselect(condition.bits, a.v, b.v));
}
template <class T>
EIGEN_ALWAYS_INLINE PackMask<T> operator&(const PackMask<T>& a, const PackMask<T>& b) {
  return {Eigen::internal::pand(a.bits, b.bits)};
}

template <class T>
EIGEN_ALWAYS_INLINE Pack<T> sqrt(Pack<T> a) {
  return Pack<T>::of(Eigen::internal::psqrt(a.v));
}
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> abs(Pack<T> a) {
  return Pack<T>::of(Eigen::internal::pabs(a.v));
}
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> exp(Pack<T> a) {
  return Pack<T>::of(Eigen::internal::pexp(a.v));
}
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> log(Pack<T> a) {
  return Pack<T>::of(Eigen::internal::plog(a.v));
}
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> tanh(Pack<T> a) {
  if constexpr (Eigen::internal::packet_traits<T>::HasTanh != 0) {
    return Pack<T>::of(Eigen::internal::ptanh(a.v));
  } else {
    T numbers[std::size_t{lanes<T>}];
    a.store(numbers);
    for (T& number : numbers) number = std::tanh(number);
    return Pack<T>::load(numbers);
  }
}
template <class T>
EIGEN_ALWAYS_INLINE Pack<T> log1p(Pack<T> a) {
  return Pack<T>::of(Eigen::internal::generic_plog1p(a.v));
}

}  // namespace densenf::kernels::simd
