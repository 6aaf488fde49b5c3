#pragma once

#include <algorithm>

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/write.hpp"

// Weights of masked networks, [in][out], and the products of such networks for some of a layer's units.
namespace densenf::kernels {

namespace detail {
/// Calls f(in, place of in, units, first, count, skipped) for each input and stretches of the outputs ordered
/// by degree: at the places from `first` on there are `count` of them, whose numbers are `units`, and the
/// mask keeps nothing at the first `skipped` of these places.
template <class F>
void for_each_ordered_row(const Cpu& cpu, const DegreeMask& mask, const F& f) {
  constexpr Index together = 256;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, mask.to.count));
  cpu.parallel_ranges(mask.from.count, grain, [&](Index begin, Index end) {
    Index units[together];
    Index first = 0, count = 0;
    const auto flush = [&] {
      for (Index in = begin; in < end; ++in) {
        const Index below = mask.to.before(mask.least(in)) - first;
        f(in, mask.from.place(in), units, first, count, std::clamp<Index>(below, 0, count));
      }
      first += count;
      count = 0;
    };
    for_each_in_order(mask.to, [&](Index, Index unit) {
      units[count] = unit;
      if (++count == together) flush();
    });
    flush();
  });
}
}  // namespace detail

/// The weight with inputs and outputs ordered by degree, and 0 where the mask keeps nothing: each output then
/// has its first inputs, and those before it no more.
template <class T>
void order_weight(const Cpu& cpu, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered) {
  detail::for_each_ordered_row(
      cpu, mask, [&](Index in, Index place, const Index* units, Index first, Index count, Index skipped) {
        const T* const from = w.pixel(in);
        T* const to = ordered.pixel(place) + first;
        std::fill_n(to, skipped, T(0));
        for (Index k = skipped; k < count; ++k) to[k] = from[units[k]];
      });
}

/// dw = or += adjoint of order_weight. Looks at nothing where the mask keeps nothing.
template <class T>
void order_weight_backward(const Cpu& cpu, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                           Write write) {
  detail::for_each_ordered_row(
      cpu, mask, [&](Index in, Index place, const Index* units, Index first, Index count, Index skipped) {
        const T* const from = dordered.pixel(place) + first;
        T* const to = dw.pixel(in);
        for (Index k = 0; write == Write::assign && k < skipped; ++k) to[units[k]] = T(0);
        for (Index k = skipped; k < count; ++k) detail::put(write, to[units[k]], from[k]);
      });
}

namespace detail {
/// Calls f(place of in, in, place of out, out) for all pairs, some inputs side by side, so that neither side
/// of a transposed copy goes through memory number by number.
template <class F>
void for_each_sorted(const Cpu& cpu, const Degrees& in, const Degrees& out, const F& f) {
  constexpr Index together = 16;
  cpu.parallel_ranges(in.count, together, [&](Index first, Index last) {
    Index place[together] = {};
    for (Index i = first; i < last; ++i) place[i - first] = in.place(i);
    for_each_in_order(out, [&](Index row, Index o) {
      for (Index i = first; i < last; ++i) f(place[i - first], i, row, o);
    });
  });
}
}  // namespace detail

/// The weight transposed and with both sides ordered by degree: a pixel for each output, of which the
/// channels are its inputs. What a mask keeps is then the first inputs of each output.
template <class T>
void sort_weight(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted) {
  detail::for_each_sorted(cpu, in, out,
                          [&](Index at, Index i, Index row, Index o) { sorted(row, at) = w(i, o); });
}

/// dw += adjoint of sort_weight
template <class T>
void sort_weight_backward(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> dsorted, Tensor<T> dw) {
  detail::for_each_sorted(cpu, in, out,
                          [&](Index at, Index i, Index row, Index o) { dw(i, o) += dsorted(row, at); });
}

/// y(p, k) = act(bias[k] + the sum of w(k, i) x(p, i)): outputs whose weights have a pixel each, of which the
/// first x.c channels count.
template <class T>
void partial_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, const T* bias,
                      Activation activation, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), (x.c + 4) * y.c, [&](Index p) {
    const auto from = vector(x.pixel(p), x.c);
    for (Index k = 0; k < y.c; ++k) {
      T sum = bias[k];
      if (x.c > 0) sum += (from * vector(w.pixel(k), x.c)).sum();
      // Not below, rather than above: a NaN stays one.
      y(p, k) = activation == Activation::relu && sum < T(0) ? T(0) : sum;
    }
  });
}

namespace detail {
/// y += factor x, n numbers
template <class T>
void add_multiple(Index n, T factor, const T* x, T* y) {
  for_each_packet(
      n, [factor](auto from, auto to) { to += factor * from; }, x, y);
}
}  // namespace detail

/// dx +=, dw +=, dbias += adjoint of partial_products, of which dy is changed; dx.data may be null, and so
/// may dw.data and dbias together.
template <class T>
void partial_products_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                               Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw, T* dbias) {
  for_each_pixel(cpu, y.pixels(), (x.c + 4) * y.c, [&](Index p) {
    for (Index k = 0; k < y.c; ++k) {
      if (activation == Activation::relu && !(y(p, k) > T(0))) dy(p, k) = T(0);
      if (dx.data != nullptr) detail::add_multiple(x.c, dy(p, k), w.pixel(k), dx.pixel(p));
    }
  });
  if (dw.data == nullptr) return;
  for_each_pixel(cpu, y.c, (x.c + 4) * y.pixels(), [&](Index k) {
    for (Index p = 0; p < y.pixels(); ++p) {
      dbias[k] += dy(p, k);
      detail::add_multiple(x.c, dy(p, k), x.pixel(p), dw.pixel(k));
    }
  });
}

}  // namespace densenf::kernels
