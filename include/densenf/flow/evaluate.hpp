#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "densenf/flow/room.hpp"

namespace densenf {

/// How a set of images is evaluated.
struct EvaluationOptions {
  std::uint64_t seed = 0;  ///< of the noise
  Index batch = 64;        ///< images that are in work at one time: changes memory and time, no number
  /// The number of the call's first image. A model with noise inside draws an image's noise by the image's
  /// number; so an image that is scored alone gets the score that it has among others when it says which one
  /// it is.
  Index first_image = 0;

  /// Throws ArgumentError or ShapeError for a setting out of range, for images of this shape.
  void validate(const Shape& shape) const {
    detail::require_batch_size(batch);
    if (first_image < 0)
      throw ArgumentError("Images are numbered from 0: the first one cannot be number {}.", first_image);
    value_count("The images up to the first", first_image, shape);  // so that draws can be numbered
  }
};

namespace detail {

/// The log-probability of each staged image, or its bound from the noise of step `at.step` for images that
/// are numbered from `at.image` on.
template <class RoomType>
void evaluate_staged(RoomType& room, std::uint64_t seed, const NoiseShift& at, double* log_prob) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  room.evaluation.run([&] { return room.kind(seed, 1); }, at,
                      [&](const NoiseShift& first, const NoiseShift* further) {
                        PhiloxNoise<T, Device> noise(seed, Stream::evaluation, first.step, first.image,
                                                     further);
                        const Pass<T, Device> pass{.weights = room.recordable_weights(), .noise = &noise};
                        run_staged(*room.weights, room.begin(pass), room.staged);
                        room.workspace.end();  // all memory lies as it will the next time
                      });
  fetch(room.device(), std::as_const(room.staged).log_prob(), room.staged.count(), log_prob);
}

/// log p of each image, or its bound from draw number `draw` of the noise.
template <class RoomType>
std::vector<double> evaluate(RoomType& room, const typename RoomType::Input& input,
                             const EvaluationOptions& options, std::uint64_t draw = 0) {
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  room.settle();
  std::vector<double> log_prob(static_cast<std::size_t>(total));
  for (Index first = 0; first < total; first += options.batch) {
    room.staged.stage(input, first, std::min(options.batch, total - first));
    evaluate_staged(room, options.seed, {draw, options.first_image + first}, log_prob.data() + first);
  }
  return log_prob;
}

/// log mean exp over the bounds of several draws.
template <class RoomType>
std::vector<double> importance_weighted(RoomType& room, const typename RoomType::Input& input, Index draws,
                                        const EvaluationOptions& options) {
  if (draws < 1) throw ArgumentError("The importance-weighted bound needs at least one draw, not {}.", draws);
  std::vector<double> bound = evaluate(room, input, options);
  for (Index k = 1; k < draws; ++k) {
    const std::vector<double> next = evaluate(room, input, options, static_cast<std::uint64_t>(k));
    for (std::size_t i = 0; i < bound.size(); ++i) {
      const double high = std::max(bound[i], next[i]), low = std::min(bound[i], next[i]);
      // Equal ones may both be minus infinity, of which there is no difference.
      bound[i] = high + (low == high ? std::numbers::ln2 : std::log1p(std::exp(low - high)));
    }
  }
  for (double& b : bound) b -= std::log(static_cast<double>(draws));
  return bound;
}

}  // namespace detail

}  // namespace densenf
