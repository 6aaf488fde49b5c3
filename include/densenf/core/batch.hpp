#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf {

/// A batch of images that owns its memory: N x C x H x W, row-major, as users and files have it.
template <class T>
struct Batch {
  Shape shape;  ///< of one image
  Index count = 0;
  std::vector<T> values;  ///< count * shape.size() of them

  /// Adds the images of another batch of the same shape.
  void append(const Batch& other) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    count += other.count;
  }

  /// A copy of images [first, first + how_many). Throws ShapeError unless all of them exist.
  Batch images(Index first, Index how_many) const {
    if (first < 0 || how_many < 0 || first > count - how_many ||
        static_cast<Index>(values.size()) != count * shape.size()) {
      throw ShapeError("Images {} to {} were asked for, but there are {} of {} in {} values.", first,
                       first + how_many - 1, count, to_string(shape), values.size());
    }
    const auto from = values.begin() + first * shape.size();
    return {shape, how_many, {from, from + how_many * shape.size()}};
  }
};

/// A batch of images in somebody else's memory. Number i (in C, H, W order) of image n is at
/// data[n * image_stride + i * value_stride].
template <class U>
struct BatchView {
  const U* data = nullptr;
  Index count = 0;
  Shape shape;
  Index image_stride = shape.size();
  Index value_stride = 1;

  BatchView images(Index first, Index how_many) const {
    return {data + first * image_stride, how_many, shape, image_stride, value_stride};
  }
};

/// Whether every number is in [0, high].
template <class U>
bool within(const BatchView<U>& b, Index high) {
  if constexpr (std::is_same_v<U, std::uint8_t>) {
    if (high >= 255) return true;
  }
  bool inside = true;
  for (Index n = 0; n < b.count; ++n) {
    const U* image = b.data + n * b.image_stride;
    for (Index i = 0; i < b.shape.size(); ++i) {
      const U v = image[i * b.value_stride];
      if constexpr (!std::is_unsigned_v<U>) inside &= v >= U(0);
      inside &= v <= static_cast<U>(high);
    }
  }
  return inside;
}

/// The ways in which users hand over batches: a BatchView; a Batch or densenf::Images; a four-dimensional
/// array with xtensor's interface, row-major; an Eigen matrix with one image (or vector) per row.
/// `shape` is the shape that the model expects; a ShapeError says what came instead.
template <class U>
BatchView<U> view_batch(const BatchView<U>& b, const Shape& shape) {
  if (b.shape != shape)
    shape_mismatch(fmt::format("The flow takes images of {}.", to_string(shape)).c_str(), b.shape);
  return b;
}

template <class Owner>
requires requires(const Owner& o) {
  { o.shape } -> std::convertible_to<Shape>;
  { o.count } -> std::convertible_to<Index>;
  o.values.data();
}
auto view_batch(const Owner& o, const Shape& shape) {
  return view_batch(BatchView<typename decltype(o.values)::value_type>{o.values.data(), o.count, o.shape},
                    shape);
}

template <class Array>
requires requires(const Array& a) {
  a.dimension();
  a.shape(0);
  a.strides();
  a.data();
}
auto view_batch(const Array& a, const Shape& shape) {
  using U = std::remove_cvref_t<decltype(*a.data())>;
  if (a.dimension() != 4) {
    throw ShapeError(
        "A batch of images is a four-dimensional array (N, C, H, W); this one has {} dimensions.",
        a.dimension());
  }
  const auto extent = [&](std::size_t i) { return static_cast<Index>(a.shape(i)); };
  Index step = 1;
  for (std::size_t i = 4; i-- > 0;) {
    // xtensor gives extents of 1 the stride 0.
    if (extent(i) > 1 && static_cast<Index>(a.strides()[i]) != step) {
      throw ShapeError(
          "A batch of images must be contiguous and row-major; evaluate the view or expression into an array "
          "first.");
    }
    step *= extent(i);
  }
  const U* data = a.data();
  // data() of one of xtensor's views is where its array begins.
  if constexpr (requires { a.data_offset(); }) data += a.data_offset();
  return view_batch(BatchView<U>{data, extent(0), {extent(1), extent(2), extent(3)}}, shape);
}

template <class Derived>
auto view_batch(const Eigen::PlainObjectBase<Derived>& m, const Shape& shape) {
  if (m.cols() != shape.size()) {
    throw ShapeError(
        "The flow takes images of {}, so a matrix of them needs {} columns, one image per row; this one has "
        "{}.",
        to_string(shape), shape.size(), m.cols());
  }
  const bool rows = Derived::IsRowMajor;
  return BatchView<typename Derived::Scalar>{m.data(), m.rows(), shape, rows ? m.cols() : 1,
                                             rows ? 1 : m.rows()};
}

}  // namespace densenf
