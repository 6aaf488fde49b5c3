#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"

namespace densenf::kernels {

/// The channels of one pixel as an Eigen array; Eigen vectorises what is done with it.
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

/// Calls f(p) for every pixel of a batch with `c` channels, in tasks worth a few thousand numbers.
template <class F>
void for_each_pixel(const Cpu& cpu, Index pixels, Index c, const F& f) {
  const Index grain = std::max<Index>(1, 8192 / std::max<Index>(1, c));
  cpu.parallel_ranges(pixels, grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) f(p);
  });
}

/// Calls f(n, first pixel, last pixel) for every image, so that a sum over an image has one fixed order.
template <class F>
void for_each_image(const Cpu& cpu, Index n, Index pixels_per_image, const F& f) {
  cpu.parallel_for(n, [&](Index i) { f(i, i * pixels_per_image, (i + 1) * pixels_per_image); });
}

/// Sums over all pixels, per channel. `term(p, first, count)` gives an Eigen array with the terms of channels
/// [first, first + count) at pixel p; `done(first, sums)` receives the sums in double. A task owns a few
/// channels and all pixels, so the order of additions does not depend on the number of threads; single
/// precision is trusted for 64 terms at a time.
template <class T, class Term, class Done>
void sum_over_pixels(const Cpu& cpu, Index pixels, Index c, const Term& term, const Done& done) {
  constexpr Index width = 16, stretch = 64;
  cpu.parallel_ranges(c, width, [&](Index first, Index last) {
    using Few = Eigen::Array<T, 1, Eigen::Dynamic, Eigen::RowMajor, 1, width>;
    using FewDouble = Eigen::Array<double, 1, Eigen::Dynamic, Eigen::RowMajor, 1, width>;
    const Index count = last - first;
    FewDouble total = FewDouble::Zero(count);
    Few partial(count);
    for (Index p = 0; p < pixels; p += stretch) {
      partial.setZero();
      for (Index q = p; q < std::min(pixels, p + stretch); ++q) partial += term(q, first, count);
      total += partial.template cast<double>();
    }
    done(first, total);
  });
}

}  // namespace densenf::kernels
