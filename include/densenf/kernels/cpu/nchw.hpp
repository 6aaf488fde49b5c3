#pragma once

#include "densenf/kernels/cpu/loops.hpp"

// From and to the N,C,H,W order of the outside world, whose numbers may be of any type.
namespace densenf::kernels {

/// y from memory of any arithmetic type in which number i (in C, H, W order) of image n is at
/// x[n * image_stride + i * value_stride].
template <class U, class T>
void from_strided(const Cpu& cpu, const U* x, Index image_stride, Index value_stride, Tensor<T> y) {
  const Index hw = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const U* from = x + p / hw * image_stride + p % hw * value_stride;
    T* to = y.pixel(p);
    for (Index c = 0; c < y.c; ++c) to[c] = static_cast<T>(from[c * hw * value_stride]);
  });
}

/// y from contiguous N,C,H,W memory of any arithmetic type.
template <class U, class T>
void from_nchw(const Cpu& cpu, const U* x, Tensor<T> y) {
  from_strided(cpu, x, y.c * y.h * y.w, 1, y);
}

/// Contiguous N,C,H,W memory of any arithmetic type from x.
template <class T, class U>
void to_nchw(const Cpu& cpu, Tensor<const T> x, U* y) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    U* to = y + (p / hw) * x.c * hw + p % hw;
    const T* from = x.pixel(p);
    for (Index c = 0; c < x.c; ++c) to[c * hw] = static_cast<U>(from[c]);
  });
}

}  // namespace densenf::kernels
