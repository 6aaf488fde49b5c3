#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/cpu/pack.hpp"
#include "densenf/kernels/write.hpp"

// Loops over the numbers and channels of a batch that use the vector instructions, and the channels of a
// pixel as an array of Eigen. None of them allocates.
namespace densenf::kernels {

/// The channels of one pixel as an Eigen array; Eigen vectorizes what is done with it.
template <class T>
auto row(const Tensor<T>& t, Index p) {
  using Array = Eigen::Array<std::remove_const_t<T>, 1, Eigen::Dynamic>;
  using Mapped = std::conditional_t<std::is_const_v<T>, const Array, Array>;
  return Eigen::Map<Mapped>(t.pixel(p), t.c);
}

/// A vector of parameters, one number per channel.
template <class T>
auto vector(const T* data, Index c) {
  return Eigen::Map<const Eigen::Array<T, 1, Eigen::Dynamic>>(data, c);
}
template <class T>
auto mutable_vector(T* data, Index c) {
  return Eigen::Map<Eigen::Array<T, 1, Eigen::Dynamic>>(data, c);
}

namespace detail {
/// A packet of const numbers as its value, one of others as what can be assigned.
template <class T>
EIGEN_ALWAYS_INLINE auto pack_at(T* data) {
  using Pack = simd::Pack<std::remove_const_t<T>>;
  if constexpr (std::is_const_v<T>)
    return Pack::load(data);
  else
    return simd::PackAt<Pack>(data);
}
}  // namespace detail

/// Calls f(a, b, ...) with the numbers [i, i + lanes) behind each of the pointers, for all such groups of the
/// first n numbers: as a simd::Pack where the numbers are const, else as a simd::PackAt, by value, through
/// which f assigns. Where the last group is short, f works on copies filled up with zeros: so a number comes
/// out the same wherever it stands, and f is never called for a single number.
template <class F, class... T>
void for_each_packet(Index n, const F& f, T*... x) {
  using Scalar = std::common_type_t<std::remove_const_t<T>...>;
  constexpr Index width = simd::lanes<Scalar>;
  Index i = 0;
  for (; i + width <= n; i += width) f(detail::pack_at(x + i)...);
  if (i == n) return;
  alignas(64) Scalar copies[sizeof...(T)][std::size_t{width}];
  const auto give_back = [&]<class U>(const Scalar* copy, U* to) {
    if constexpr (!std::is_const_v<U>) simd::store_first(to + i, simd::load(copy), n - i);
  };
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (simd::store(copies[k], simd::load_first<Scalar>(x + i, n - i)), ...);
    f(detail::pack_at<T>(copies[k])...);
    (give_back(copies[k], x), ...);
  }
  (std::index_sequence_for<T...>());
}

/// y = or += x, n numbers.
template <class T>
void put_numbers(Write write, Index n, const T* x, T* y) {
  for_each_packet(
      n, [write](auto from, auto to) { detail::put(write, to, from); }, x, y);
}

/// The channels of pixel q of y = or += those of pixel p of x, which has as many.
template <class T, class U>
void put_channels(Write write, const Tensor<U>& x, Index p, const Tensor<T>& y, Index q) {
  put_numbers<T>(write, y.c, x.pixel(p), y.pixel(q));
}
template <class T>
void zero_channels(const Tensor<T>& y, Index p) {
  std::fill_n(y.pixel(p), y.c, T(0));
}

/// Calls f, as for_each_packet does, for all numbers of tensors of equal extents: x, y, ... Tensors without
/// gaps between the pixels are one long row. `cost`: that of a number, in additions.
template <class F, class T, class... U>
void for_each_number(const Cpu& cpu, Index cost, const F& f, const Tensor<T>& x, const Tensor<U>&... y) {
  if (x.contiguous() && (y.contiguous() && ...)) {
    cpu.parallel_ranges(x.size(), task_size / cost, [&](Index first, Index last) {
      for_each_packet(last - first, f, x.data + first, (y.data + first)...);
    });
  } else {
    for_each_pixel(cpu, x.pixels(), cost * x.c,
                   [&](Index p) { for_each_packet(x.c, f, x.pixel(p), y.pixel(p)...); });
  }
}

/// A packet of channels, of which there are `count` from `first` on: what is behind them is read as zeros.
template <class T>
struct ChannelPack {
  Index first, count;

  /// Those of a vector of parameters, one number per channel.
  EIGEN_ALWAYS_INLINE simd::Pack<T> operator()(const T* v) const {
    return simd::Pack<T>::of(simd::load_up_to(v + first, count));
  }
  /// Those of pixel p.
  template <class U>
  EIGEN_ALWAYS_INLINE simd::Pack<T> operator()(const Tensor<U>& x, Index p) const {
    return (*this)(x.pixel(p));
  }
};

/// A number for each of some channels.
template <class T>
struct ChannelValues {
  const T* values;
  Index count;

  const T* data() const { return values; }
  Index size() const { return count; }
  T operator[](Index i) const { return values[i]; }
};

/// Calls f(p, first, values) for all pixels p and blocks of channels from `first` on, where `values` are what
/// prepare makes of each ChannelPack: what depends on the channel alone is computed once per task, not once
/// per pixel.
template <class T, class Prepare, class F>
void for_each_pixel_with(const Cpu& cpu, Index pixels, Index c, const Prepare& prepare, const F& f) {
  constexpr Index block = 64;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, c));
  cpu.parallel_ranges(pixels, grain, [&](Index first_pixel, Index last_pixel) {
    alignas(64) T values[std::size_t{block}];
    for (Index first = 0; first < c; first += block) {
      const Index count = std::min(block, c - first);
      for (Index i = 0; i < count; i += simd::lanes<T>)
        simd::Pack<T>(prepare(ChannelPack<T>{first + i, count - i})).store(values + i);
      for (Index p = first_pixel; p < last_pixel; ++p) f(p, first, ChannelValues<T>{values, count});
    }
  });
}

namespace detail {
/// totals[i][k] = the sum of term i over all pixels for channel first + k, k < count, in double; single
/// precision is trusted for 32 terms at a time. What a stretch of pixels has of these channels stays in the
/// nearest cache from one packet of them to the next.
template <class T, std::size_t terms_count, std::size_t width, class... Terms>
void sum_channels_of(Index pixels, Index first, Index count, double (&totals)[terms_count][width],
                     const Terms&... terms) {
  constexpr Index stretch = 64;
  using Pack = simd::Pack<T>;
  for (auto& total : totals) std::fill(std::begin(total), std::end(total), 0.0);
  for (Index p = 0; p < pixels; p += stretch) {
    const Index end = std::min(pixels, p + stretch);
    for (Index k = 0; k < count; k += simd::lanes<T>) {
      const ChannelPack<T> channels{first + k, count - k};
      // Two of each, because an addition waits for the one before it.
      std::array<Pack, terms_count> even, odd;
      even.fill(Pack(T(0)));
      odd.fill(Pack(T(0)));
      const auto add = [&](std::array<Pack, terms_count>& sums, Index q) {
        std::size_t i = 0;
        ((sums[i++] += terms(q, channels)), ...);
      };
      Index q = p;
      for (; q + 1 < end; q += 2) {
        add(even, q);
        add(odd, q + 1);
      }
      if (q < end) add(even, q);
      for (std::size_t i = 0; i < terms_count; ++i) {
        alignas(64) T some[2][std::size_t{simd::lanes<T>}];
        even[i].store(some[0]);
        odd[i].store(some[1]);
        for (std::size_t lane = 0; lane < std::size_t{simd::lanes<T>}; ++lane) {
          totals[i][static_cast<std::size_t>(k) + lane] +=
              static_cast<double>(some[0][lane]) + static_cast<double>(some[1][lane]);
        }
      }
    }
  }
}
}  // namespace detail

/// Sums over all pixels, per channel, several of them in one pass. Each of `terms` is called as term(p,
/// channels) and gives a simd::Pack with the terms of a ChannelPack at pixel p: channels(x, p) are those of
/// x, and channels(v) those of a vector. done(first, sums, ...) receives the sums of each, in double, as
/// ChannelValues. All pixels of a channel are summed by one task, so the order of additions does not depend
/// on the number of threads.
template <class T, class Done, class... Terms>
void sums_over_pixels(const Cpu& cpu, Index pixels, Index c, const Done& done, const Terms&... terms) {
  constexpr Index together = std::max<Index>(16, simd::lanes<T>);
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, pixels * together));
  cpu.parallel_ranges((c + together - 1) / together, grain, [&](Index first_group, Index last_group) {
    double totals[sizeof...(Terms)][std::size_t{together}];
    for (Index group = first_group; group < last_group; ++group) {
      const Index first = group * together, count = std::min(together, c - first);
      detail::sum_channels_of<T>(pixels, first, count, totals, terms...);
      [&]<std::size_t... i>(std::index_sequence<i...>) {
        done(first, ChannelValues<double>{totals[i], count}...);
      }
      (std::index_sequence_for<Terms...>());
    }
  });
}

/// The same for one sum.
template <class T, class Term, class Done>
void sum_over_pixels(const Cpu& cpu, Index pixels, Index c, const Term& term, const Done& done) {
  sums_over_pixels<T>(cpu, pixels, c, done, term);
}

}  // namespace densenf::kernels
