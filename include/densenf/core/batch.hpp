#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "densenf/core/tensor.hpp"

// As Eigen declares it: its headers take longer to compile than all of densenf, and a program that has a
// matrix includes them itself.
namespace Eigen {
template <class Derived>
class DenseBase;
}

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

  /// A copy of images [first, first + how_many). Throws ArgumentError unless all of them exist, ShapeError
  /// when there are not as many values as count and shape say.
  Batch images(Index first, Index how_many) const {
    require_values("A batch", count, shape, values.size());
    require_images(first, how_many, count);
    const auto from = values.begin() + first * shape.size();
    return {shape, how_many, {from, from + how_many * shape.size()}};
  }
};

/// A copy on the host of images that lie on a device.
template <class T, class Device>
Batch<T> to_host(const Device& device, Tensor<const T> images) {
  Batch<T> copy{images.shape(), images.n, std::vector<T>(static_cast<std::size_t>(images.size()))};
  to_nchw(device, images, copy.values.data());
  return copy;
}

/// A batch of images in somebody else's memory. Number i (in C, H, W order) of image n is at
/// data[n * image_stride + i * value_stride].
template <class U>
struct BatchView {
  const U* data = nullptr;
  Index count = 0;
  Shape shape;
  Index image_stride = shape.size();
  Index value_stride = 1;

  /// Images [first, first + how_many). Throws ArgumentError unless all of them exist.
  BatchView images(Index first, Index how_many) const {
    require_images(first, how_many, count);
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

/// What owns its images, such as Batch and Images.
template <class Owner>
concept BatchOwner = requires(const Owner& o) {
  { o.shape } -> std::convertible_to<Shape>;
  { o.count } -> std::convertible_to<Index>;
  { o.values.size() } -> std::convertible_to<std::size_t>;
  o.values.data();
};

/// An array in memory with xtensor's interface.
template <class Array>
concept StridedArray = requires(const Array& a) {
  a.dimension();
  a.shape(0);
  a.strides();
  a.data();
};

/// Anything of Eigen's that has rows and columns, expressions too.
template <class Matrix>
concept EigenDense = std::is_base_of_v<Eigen::DenseBase<Matrix>, Matrix>;

/// The numbers that images are made of. Not char, whose sign depends on the machine, nor std::int8_t, which
/// ends at 127.
template <class U>
inline constexpr bool is_pixel_value =
    std::is_convertible_v<U, float> && !std::is_same_v<U, char> && !std::is_same_v<U, signed char> &&
    !std::is_same_v<U, char8_t> && !std::is_same_v<U, char16_t> && !std::is_same_v<U, char32_t> &&
    !std::is_same_v<U, wchar_t>;

namespace detail {
/// Whether images of this shape are rows of a table, of which messages then speak.
constexpr bool is_row(const Shape& shape) { return shape.h == 1 && shape.w == 1; }

inline void require_model_shape(const Shape& got, const Shape& model) {
  if (got == model) return;
  if (is_row(got) && is_row(model))
    throw ShapeError("The flow takes rows of {} columns, not of {}.", model.c, got.c);
  shape_mismatch(("The flow takes images of " + to_string(model) + '.').c_str(), got);
}
}  // namespace detail

/// The ways in which users hand over batches: a BatchView; a Batch or densenf::Images; a four-dimensional
/// array with xtensor's interface, row-major; an Eigen matrix, Map, Ref or block of rows with one image (or
/// vector) per row, in either order. Nothing is copied, and where the number of values is known it must be
/// right. `shape` is the shape that the model expects; a ShapeError says what came instead.
template <class U>
BatchView<U> view_batch(const BatchView<U>& b, const Shape& shape) {
  static_assert(
      is_pixel_value<U>,
      "The values of images are std::uint8_t, float, double or another type of numbers: bytes of type "
      "char or std::int8_t are to be passed as std::uint8_t.");
  detail::require_model_shape(b.shape, shape);
  const Index needed = value_count("A batch", b.count, b.shape);
  if (needed > 0 && b.data == nullptr) require_values("A batch", b.count, b.shape, 0);
  return b;
}

template <BatchOwner Owner>
auto view_batch(const Owner& o, const Shape& shape) {
  using U = std::remove_cvref_t<decltype(*o.values.data())>;
  detail::require_model_shape(o.shape, shape);
  require_values("A batch", o.count, o.shape, o.values.size());
  return view_batch(BatchView<U>{o.values.data(), o.count, o.shape}, shape);
}

template <StridedArray Array>
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
  const Shape one{extent(1), extent(2), extent(3)};
  detail::require_model_shape(one, shape);
  return view_batch(BatchView<U>{data, extent(0), one}, shape);
}

template <EigenDense Matrix>
auto view_batch(const Matrix& m, const Shape& shape) {
  using U = typename Matrix::Scalar;
  constexpr bool in_memory = requires { m.rowStride(); };  // Eigen gives strides only to what has memory
  static_assert(
      in_memory,
      "This expression of Eigen's has no memory to read images from: pass a matrix, a Map, a Ref, a "
      "block of rows, or what .eval() of the expression returns.");
  if constexpr (in_memory) {
    if (m.cols() != shape.size() && detail::is_row(shape))
      throw ShapeError("The flow takes rows of {} columns, but this matrix has {} of them.", shape.c,
                       m.cols());
    if (m.cols() != shape.size()) {
      throw ShapeError(
          "The flow takes images of {}, so a matrix of them needs {} columns, one image per row; this one "
          "has {}.",
          to_string(shape), shape.size(), m.cols());
    }
    return view_batch(BatchView<U>{m.data(), m.rows(), shape, m.rowStride(), m.colStride()}, shape);
  } else {
    return BatchView<U>{};
  }
}

/// Everything else is refused, in a sentence.
template <class Other>
BatchView<float> view_batch(const Other&, const Shape&) {
  static_assert(
      sizeof(Other) == 0,
      "This is not a batch of images: pass a densenf::Batch (shape, count, values), a BatchView, "
      "densenf::Images, an Eigen matrix with an image per row, or a four-dimensional xtensor array.");
  return {};
}

}  // namespace densenf
