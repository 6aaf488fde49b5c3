#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <type_traits>

#include "densenf/core/batch.hpp"

// A look at the numbers that a flow is given, before it computes with them.
namespace densenf::detail {

/// A batch as a view; a contiguous range of numbers is one of images of one number each.
template <class Like>
auto view_batch_or_numbers(const Like& given, const Shape& shape) {
  if constexpr (!BatchOwner<Like> && !StridedArray<Like> && !EigenDense<Like> &&
                requires { std::span(given).data(); }) {
    const auto numbers = std::span(given);
    using U = std::remove_const_t<typename decltype(numbers)::element_type>;
    return view_batch(BatchView<U>{numbers.data(), std::ssize(numbers), Shape{1, 1, 1}}, shape);
  } else {
    return view_batch(given, shape);
  }
}

/// The first number of a batch for which wrong(number) holds: calls report(image, number, place in the
/// image).
template <class U, class Wrong, class Report>
void report_first(const BatchView<U>& batch, const Wrong& wrong, const Report& report) {
  for (Index n = 0; n < batch.count; ++n) {
    const U* image = batch.data + n * batch.image_stride;
    bool found = false;  // no exit from the inner loop, so that it is vectorized
    for (Index i = 0; i < batch.shape.size(); ++i) found |= wrong(image[i * batch.value_stride]);
    for (Index i = 0; found && i < batch.shape.size(); ++i) {
      if (wrong(image[i * batch.value_stride])) return report(n, image[i * batch.value_stride], i);
    }
  }
}

/// Throws ArgumentError, naming the image, for a number that is infinite or NaN. `where` says of what.
template <class U>
void require_finite(const BatchView<U>& batch, const char* where = "of the batch") {
  if constexpr (std::is_floating_point_v<U>) {
    report_first(
        batch, [](U v) { return !(std::abs(v) <= std::numeric_limits<U>::max()); },
        [where, row = is_row(batch.shape)](Index image, U v, Index place) {
          if (row) {
            throw ArgumentError("Row {} {} (counted from 0) holds {} in column {}: give finite numbers.",
                                image, where, v, place);
          }
          throw ArgumentError("Image {} {} (counted from 0) holds {}: give finite numbers.", image, where, v);
        });
  }
}

/// Throws ArgumentError unless every number is one of the gray levels 0 ... levels - 1.
template <class U>
void require_levels(const BatchView<U>& batch, Index levels) {
  require_finite(batch);
  if (!within(batch, levels - 1)) {
    throw ArgumentError("The model takes images of gray levels 0 to {}, but there are values outside.",
                        levels - 1);
  }
  if constexpr (std::is_floating_point_v<U>) {
    report_first(
        batch, [](U v) { return v != std::floor(v); },
        [levels](Index image, U v, Index) {
          throw ArgumentError(
              "The model takes whole gray levels 0 to {}, but image {} of the batch (counted from 0) holds "
              "{}: multiply images that were scaled to [0, 1] by {} and round them.",
              levels - 1, image, v, levels - 1);
        });
  }
}

}  // namespace densenf::detail
