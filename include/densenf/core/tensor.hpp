#pragma once

#include <type_traits>

#include "densenf/core/shape.hpp"

namespace densenf {

/// A view of a batch of images, channels last: element (n, y, x, c) is at
/// data[((n * h + y) * w + x) * stride + c]. `stride` is the distance between neighboring pixels and
/// is at least `c`, so a range of channels is a view too. Does not own its memory.
template <class T>
struct Tensor {
  T* data = nullptr;
  Index n = 0;
  Index h = 0;
  Index w = 0;
  Index c = 0;
  Index stride = 0;

  constexpr Shape shape() const { return {c, h, w}; }
  constexpr Index pixels() const { return n * h * w; }
  constexpr Index size() const { return n * h * w * c; }
  constexpr bool contiguous() const { return stride == c; }

  constexpr T* pixel(Index p) const { return data + p * stride; }
  constexpr T& operator()(Index p, Index channel) const { return data[p * stride + channel]; }

  /// Channels [first, first + count) of every pixel.
  constexpr Tensor channels(Index first, Index count) const { return {data + first, n, h, w, count, stride}; }

  /// Images [first, first + count).
  constexpr Tensor images(Index first, Index count) const {
    return {data + first * h * w * stride, count, h, w, c, stride};
  }

  template <class U>
  requires(std::is_same_v<U, const T> && !std::is_const_v<T>) constexpr operator Tensor<U>() const {
    return {data, n, h, w, c, stride};
  }
};

/// The same view, read only; spells out the conversion where a template must deduce T.
template <class T>
constexpr Tensor<const T> as_const(const Tensor<T>& t) {
  return {t.data, t.n, t.h, t.w, t.c, t.stride};
}

/// A view of contiguous memory as a batch.
template <class T>
constexpr Tensor<T> make_tensor(T* data, Index n, const Shape& s) {
  return {data, n, s.h, s.w, s.c, s.c};
}

}  // namespace densenf
