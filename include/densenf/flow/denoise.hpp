#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "densenf/flow/noise.hpp"
#include "densenf/flow/session.hpp"

// Models of images with normal noise, whose samples are denoised by the model's own density: what TarFlow
// (Zhai et al., ICML 2025, sections 3.3 and 3.4) does instead of dequantization where samples count and
// likelihoods do not.
namespace densenf {

/// Images plus normal noise of this standard deviation, in the unit of their numbers. The noise is a function
/// of the seed, the step and the image's number in the batch. Throws ArgumentError for a deviation that is
/// negative or no number, ShapeError for a batch without all its values.
template <class T = float, class U>
Batch<T> add_normal_noise(const Batch<U>& images, double deviation, std::uint64_t seed = 0,
                          std::uint64_t step = 0) {
  if (!(deviation >= 0 && std::isfinite(deviation)))
    throw ArgumentError("The deviation of noise must be finite and 0 or more, not {}.", deviation);
  require_values("A batch", images.count, images.shape, images.values.size());
  Batch<T> noisy{images.shape, images.count, std::vector<T>(images.values.size())};
  const NoiseKey key{seed, static_cast<std::uint32_t>(Stream::augmentation), step, 0};
  fill_normal(Cpu(1), key, 0,
              make_tensor(noisy.values.data(), images.count, Shape{images.shape.size(), 1, 1}));
  for (std::size_t i = 0; i < noisy.values.size(); ++i)
    noisy.values[i] = static_cast<T>(images.values[i]) + static_cast<T>(deviation) * noisy.values[i];
  return noisy;
}

namespace detail {
template <class T>
Batch<T> moved_along(Batch<T> noisy, const Batch<T>& score, double deviation) {
  const T by = static_cast<T>(deviation * deviation);
  for (std::size_t i = 0; i < noisy.values.size(); ++i) noisy.values[i] += by * score.values[i];
  return noisy;
}
}  // namespace detail

/// The mean of the image of which each of these is one with normal noise of this standard deviation, if the
/// flow is the density of such noisy images: x + deviation^2 times the gradient of log p(x) (Tweedie's
/// formula). Samples of the flow are noisy images. The unit of the deviation is that of the images. At most
/// `batch` images are in work at one time. Throws what Session::score throws.
template <class SessionType, class T = typename SessionType::Scalar>
Batch<T> denoise(SessionType& flow, const Batch<T>& noisy, double deviation, Index batch = 64) {
  return detail::moved_along(noisy, flow.score(noisy, {.batch = batch}), deviation);
}
/// The same given one condition for all, or one for each.
template <class SessionType, class GivenLike, class T = typename SessionType::Scalar>
requires(SessionType::conditional)  //
    Batch<T> denoise(SessionType& flow, const Batch<T>& noisy, const GivenLike& given, double deviation,
                     Index batch = 64) {
  return detail::moved_along(noisy, flow.score({noisy, given}, {.batch = batch}), deviation);
}

/// Gray levels 0 ... 2^bits - 1, the nearest to these numbers.
template <class T>
Batch<std::uint8_t> nearest_levels(const Batch<T>& images, int bits = 8) {
  Batch<std::uint8_t> levels{images.shape, images.count, {}};
  const T most = static_cast<T>((1 << bits) - 1);
  for (const T v : images.values)
    levels.values.push_back(static_cast<std::uint8_t>(std::clamp(std::round(v), T(0), most)));
  return levels;
}

}  // namespace densenf
