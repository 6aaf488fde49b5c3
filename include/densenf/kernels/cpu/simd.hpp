#pragma once

#include <Eigen/Core>
#include <limits>

#include "densenf/core/shape.hpp"
#include "densenf/kernels/activation.hpp"

// The few vector operations the kernels are written in, on Eigen's packets: one source for AVX-512, AVX,
// SSE, NEON and plain scalars.
namespace densenf::kernels::simd {

// GCC warns that a packet as a template argument loses its attributes; no code here relies on them.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif

template <class T>
using Packet = typename Eigen::internal::packet_traits<T>::type;

/// Numbers in a packet.
template <class T>
inline constexpr Index lanes = Eigen::internal::unpacket_traits<Packet<T>>::size;

/// count, rounded up to whole packets.
template <class T>
constexpr Index whole_packets(Index count) {
  return (count + lanes<T> - 1) / lanes<T> * lanes<T>;
}

inline constexpr int registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS;

/// Whether a masked load costs no more than a full one, so that loops need no second version for tails.
template <class T>
inline constexpr bool has_masked_load = Eigen::internal::unpacket_traits<Packet<T>>::masked_load_available;

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load(const T* from) {
  return Eigen::internal::ploadu<Packet<T>>(from);
}

template <class T>
EIGEN_ALWAYS_INLINE void store(T* to, const Packet<T>& v) {
  Eigen::internal::pstoreu<T>(to, v);
}

/// Prefetches the cache line at `from`; the address may be invalid.
/// Always inlined, and not Eigen's: g++ takes a function that does only this for one without effects, and
/// drops calls of it.
template <class T>
EIGEN_ALWAYS_INLINE void prefetch(const T* from) {
#if defined(__GNUC__)
  __builtin_prefetch(from);
#endif
}

/// The same, for the second-level cache: for what is not needed at once.
template <class T>
EIGEN_ALWAYS_INLINE void prefetch_second_level(const T* from) {
#if defined(__GNUC__)
  __builtin_prefetch(from, 0, 2);
#endif
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> broadcast(T value) {
  return Eigen::internal::pset1<Packet<T>>(value);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> multiply_add(const Packet<T>& a, const Packet<T>& b, const Packet<T>& c) {
  return Eigen::internal::pmadd(a, b, c);
}

/// v, but 0 where it is below the limit. NaN is not below: a broken activation must not turn into a zero.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> zero_below(const Packet<T>& v, const Packet<T>& limit) {
  return Eigen::internal::pandnot(v, Eigen::internal::pcmp_lt(v, limit));
}

/// What zero_below cuts a result off at: nothing is below the limit where there is no relu.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> lower_limit(Activation activation) {
  return broadcast(activation == Activation::relu ? T{0} : -std::numeric_limits<T>::infinity());
}

/// v where `positive` is above 0, else 0.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> keep_where_positive(const Packet<T>& v, const Packet<T>& positive) {
  return Eigen::internal::pand(v, Eigen::internal::pcmp_lt(broadcast(T{0}), positive));
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> add(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::padd(a, b);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> subtract(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::psub(a, b);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> multiply(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::pmul(a, b);
}

template <class T>
using Mask = typename Eigen::internal::unpacket_traits<Packet<T>>::mask_t;

/// The first `count` numbers, zeros in the other lanes. Touches no memory behind them. 0 <= count <= lanes.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load_first(const T* from, Index count) {
  if constexpr (has_masked_load<T>) {
    return Eigen::internal::ploadu<Packet<T>>(from, static_cast<Mask<T>>((1u << count) - 1u));
  } else {
    alignas(64) T buffer[lanes<T>] = {};
    for (Index i = 0; i < count; ++i) buffer[i] = from[i];
    return Eigen::internal::pload<Packet<T>>(buffer);
  }
}

/// The first `count` numbers, where most of the time there are as many as lanes or more.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load_up_to(const T* from, Index count) {
  if (!has_masked_load<T> && count >= lanes<T>) return load(from);
  return load_first(from, count < lanes<T> ? count : lanes<T>);
}

/// v, which the compiler then keeps in a register: g++ reads memory once for each use where it can.
template <class P>
EIGEN_ALWAYS_INLINE P in_register(P v) {
#if defined(__GNUC__) && EIGEN_ARCH_i386_OR_x86_64
  asm("" : "+v"(v));
#endif
  return v;
}

/// Stores the first `count` lanes and leaves the memory behind them alone. 0 <= count <= lanes.
template <class T>
EIGEN_ALWAYS_INLINE void store_first(T* to, const Packet<T>& v, Index count) {
  if constexpr (Eigen::internal::unpacket_traits<Packet<T>>::masked_store_available) {
    Eigen::internal::pstoreu<T>(to, v, static_cast<Mask<T>>((1u << count) - 1u));
  } else {
    alignas(64) T buffer[lanes<T>];
    Eigen::internal::pstore<T>(buffer, v);
    for (Index i = 0; i < count; ++i) to[i] = buffer[i];
  }
}

/// The same, where most of the time there are as many as lanes or more.
template <class T>
EIGEN_ALWAYS_INLINE void store_up_to(T* to, const Packet<T>& v, Index count) {
  count >= lanes<T> ? store(to, v) : store_first(to, v, count);
}

/// The packets that squares are transposed in: half as long as others where there are such, which has
/// finer tails and little cost, as moving weights is bound by memory.
template <class T>
using HalfPacket = typename Eigen::internal::packet_traits<T>::half;
template <class T>
inline constexpr Index square = Eigen::internal::unpacket_traits<HalfPacket<T>>::size;

/// to(c)[r] = from(r)[c] for r, c in [0, square), of rows wherever they lie.
template <class T, class From, class To>
EIGEN_ALWAYS_INLINE void transpose_square(const From& from, const To& to) {
  if constexpr (square<T> == 1) {
    *to(Index{0}) = *from(Index{0});
  } else {
    using P = HalfPacket<T>;
    Eigen::internal::PacketBlock<P, static_cast<int>(square<T>)> block;
    for (Index i = 0; i < square<T>; ++i) block.packet[i] = Eigen::internal::ploadu<P>(from(i));
    Eigen::internal::ptranspose(block);
    for (Index i = 0; i < square<T>; ++i) Eigen::internal::pstoreu<T>(to(i), block.packet[i]);
  }
}
/// to[c * to_stride + r] = from[r * from_stride + c] likewise.
template <class T>
EIGEN_ALWAYS_INLINE void transpose_square(const T* from, Index from_stride, T* to, Index to_stride) {
  transpose_square<T>([=](Index i) { return from + i * from_stride; },
                      [=](Index i) { return to + i * to_stride; });
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace densenf::kernels::simd
