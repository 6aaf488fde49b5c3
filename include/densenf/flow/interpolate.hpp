#pragma once

#include <span>
#include <vector>

#include "densenf/flow/latents.hpp"

namespace densenf {

namespace detail {
/// The images (1 - t) a + t b for each t, of batches of one image.
template <class T>
Batch<T> between(const Batch<T>& a, const Batch<T>& b, std::span<const double> at) {
  if (a.shape != b.shape || a.count != 1 || b.count != 1) {
    throw ShapeError(
        "Latents of two single images are needed to go from one to the other, but {} of {} and {} of {} "
        "came.",
        a.count, to_string(a.shape), b.count, to_string(b.shape));
  }
  require_values("The first latents", 1, a.shape, a.values.size());
  require_values("The second latents", 1, b.shape, b.values.size());
  Batch<T> result{a.shape, std::ssize(at), {}};
  result.values.reserve(at.size() * a.values.size());
  for (const double t : at) {
    for (std::size_t i = 0; i < a.values.size(); ++i) {
      const double from = static_cast<double>(a.values[i]), to = static_cast<double>(b.values[i]);
      result.values.push_back(static_cast<T>((1 - t) * from + t * to));
    }
  }
  return result;
}
}  // namespace detail

/// The latents on the straight way from those of an image to those of another, at 0 for the first and 1 for
/// the second one: what decode makes images of. Throws ShapeError unless both are of one image and of the
/// same flow. Latents that are choices, as a sorted order, are no numbers to go between: decode refuses them.
template <class T>
Latents<T> interpolate(const Latents<T>& a, const Latents<T>& b, std::span<const double> at) {
  if (a.factored.size() != b.factored.size()) {
    throw ShapeError("The latents have {} and {} parts that left the flow: both must be of one flow.",
                     a.factored.size(), b.factored.size());
  }
  Latents<T> result{detail::between(a.base, b.base, at), {}, {}, {}};
  for (std::size_t i = 0; i < a.factored.size(); ++i)
    result.factored.push_back(detail::between(a.factored[i], b.factored[i], at));
  return result;
}

}  // namespace densenf
