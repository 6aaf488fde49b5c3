#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/cpu/simd.hpp"

// The numbers and channels of a batch as arrays of Eigen, and loops over them that use the vector
// instructions. None of them allocates.
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

/// As many numbers as a packet has, as an Eigen array.
template <class T>
using Lanes = Eigen::Array<T, 1, simd::lanes<T>>;

/// A map of Lanes over memory; over const numbers it cannot be assigned to.
template <class T>
auto lanes_at(T* data) {
  using Group = Lanes<std::remove_const_t<T>>;
  return Eigen::Map<std::conditional_t<std::is_const_v<T>, const Group, Group>>(data);
}

/// Calls f(a, b, ...) with maps of Lanes over the numbers [i, i + lanes) behind each of the pointers, for all
/// such groups of the first n numbers; f assigns through the maps, which it takes by value. Where the last
/// group is short, f works on copies filled up with zeros: so a number comes out the same wherever it stands,
/// and f is never called for a single number.
template <class F, class... T>
void for_each_packet(Index n, const F& f, T*... x) {
  using Scalar = std::common_type_t<std::remove_const_t<T>...>;
  constexpr Index width = simd::lanes<Scalar>;
  Index i = 0;
  for (; i + width <= n; i += width) f(lanes_at(x + i)...);
  if (i == n) return;
  const auto copy_of = [&](const Scalar* from) {
    Lanes<Scalar> copy;
    simd::store(copy.data(), simd::load_first(from + i, n - i));
    return copy;
  };
  const auto give_back = [&]<class U>(U* to, const Lanes<Scalar>& copy) {
    if constexpr (!std::is_const_v<U>) simd::store_first(to + i, simd::load(copy.data()), n - i);
  };
  const auto on_copies = [&](auto... copy) {
    f(lanes_at<T>(copy.data())...);
    (give_back(x, copy), ...);
  };
  on_copies(copy_of(x)...);
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

/// Calls f(p, first, values) for all pixels p and blocks of channels from `first` on, where `values` is the
/// Eigen array prepare(first, count): what depends on the channel alone is computed once per task, not once
/// per pixel.
template <class T, class Prepare, class F>
void for_each_pixel_with(const Cpu& cpu, Index pixels, Index c, const Prepare& prepare, const F& f) {
  constexpr Index block = 64;
  using Values = Eigen::Array<T, 1, Eigen::Dynamic, Eigen::RowMajor, 1, block>;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, c));
  cpu.parallel_ranges(pixels, grain, [&](Index first_pixel, Index last_pixel) {
    for (Index first = 0; first < c; first += block) {
      const Values values = prepare(first, std::min(block, c - first));
      for (Index p = first_pixel; p < last_pixel; ++p) f(p, first, values);
    }
  });
}

namespace detail {
/// The sums of each of the terms over all pixels for channels [first, first + width), in double; single
/// precision is trusted for 64 terms at a time.
template <int width, class T, class... Terms>
auto sums_of_channels(Index pixels, Index first, const Terms&... terms) {
  constexpr Index stretch = 64;
  std::array<Eigen::Array<double, 1, width>, sizeof...(Terms)> totals;
  std::array<Eigen::Array<T, 1, width>, sizeof...(Terms)> partial;
  for (auto& total : totals) total.setZero();
  for (Index p = 0; p < pixels; p += stretch) {
    for (auto& sum : partial) sum.setZero();
    for (Index q = p; q < std::min(pixels, p + stretch); ++q) {
      std::size_t i = 0;
      ((partial[i++] += terms(q, first, Eigen::fix<width>)), ...);
    }
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += partial[i].template cast<double>();
  }
  return totals;
}

/// Passes the sums for channels [first, first + width) on to done.
template <int width, class T, class Done, class... Terms>
void finish_sums(Index pixels, Index first, const Done& done, const Terms&... terms) {
  std::apply([&](const auto&... sum) { done(first, sum...); },
             sums_of_channels<width, T>(pixels, first, terms...));
}
}  // namespace detail

/// Sums over all pixels, per channel, several of them in one pass. Each of `terms` is called as term(p,
/// first, count) and gives an Eigen array with the terms of channels [first, first + count) at pixel p;
/// `count` is Eigen's kind of constant, so segment(first, count) has a size known to the compiler.
/// done(first, sums, ...) receives the sums of each, in double. All pixels of a channel are summed by one
/// task, so the order of additions does not depend on the number of threads.
template <class T, class Done, class... Terms>
void sums_over_pixels(const Cpu& cpu, Index pixels, Index c, const Done& done, const Terms&... terms) {
  const Index wide = c / 16, middle = c % 16 / 4, single = c % 4;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, pixels * 16));
  cpu.parallel_ranges(wide + middle + single, grain, [&](Index first_group, Index last_group) {
    for (Index group = first_group; group < last_group; ++group) {
      if (group < wide) {
        detail::finish_sums<16, T>(pixels, 16 * group, done, terms...);
      } else if (group < wide + middle) {
        detail::finish_sums<4, T>(pixels, 16 * wide + 4 * (group - wide), done, terms...);
      } else {
        detail::finish_sums<1, T>(pixels, c - (wide + middle + single - group), done, terms...);
      }
    }
  });
}

/// The same for one sum.
template <class T, class Term, class Done>
void sum_over_pixels(const Cpu& cpu, Index pixels, Index c, const Term& term, const Done& done) {
  sums_over_pixels<T>(cpu, pixels, c, done, term);
}

}  // namespace densenf::kernels
