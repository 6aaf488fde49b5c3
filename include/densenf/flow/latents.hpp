#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/core/batch.hpp"
#include "densenf/kernels/contract.hpp"

namespace densenf {

/// Everything that an encoded batch became, all in N,C,H,W.
template <class T>
struct Latents {
  Batch<T> base;  ///< what arrived at the base distribution
  std::vector<Batch<T>>
      factored;  ///< what left the flow on the way, in order: dequantization u, factored-out halves
  std::vector<Batch<T>>
      noise;  ///< the draws of the pass, in order: dequantization's, then the cross-unit noises
  std::vector<double> log_prob;  ///< of each image for these draws, natural logarithm

  /// Adds the images of another batch that the same flow has encoded.
  void append(Latents&& other) {
    if (base.count == 0 && factored.empty() && noise.empty()) {
      *this = std::move(other);
      return;
    }
    base.append(other.base);
    for (std::size_t i = 0; i < factored.size(); ++i) factored[i].append(other.factored[i]);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i].append(other.noise[i]);
    log_prob.insert(log_prob.end(), other.log_prob.begin(), other.log_prob.end());
  }

  /// What decoding needs of images [first, first + count). Throws ShapeError when a part does not have them.
  Latents images(Index first, Index count) const {
    Latents some{base.images(first, count), {}, {}, {}};
    for (std::size_t i = 0; i < factored.size(); ++i) {
      const Batch<T>& part = factored[i];
      if (part.count != base.count) {
        throw ShapeError("Part {} of the latents should be {} images, as the base is, but is {} of {}.", i,
                         base.count, part.count, to_string(part.shape));
      }
      require_values("Part " + std::to_string(i) + " of the latents", part.count, part.shape,
                     part.values.size());
      some.factored.push_back(part.images(first, count));
    }
    return some;
  }
};

/// Copies what leaves the flow to the host.
template <class T, class Device>
class LatentRecorder : public LatentSink<T> {
public:
  LatentRecorder(const Device& device, std::vector<Batch<T>>& factored)
      : device_(device), factored_(factored) {}
  void keep(Tensor<const T> latent) override { factored_.push_back(to_host(device_, latent)); }

private:
  const Device& device_;
  std::vector<Batch<T>>& factored_;
};

/// Gives the kept latents back, last first.
template <class T, class Device>
class LatentReplayer : public LatentSource<T> {
public:
  LatentReplayer(const Device& device, const std::vector<Batch<T>>& factored)
      : device_(device), factored_(factored), next_(factored.size()) {}
  void take(Tensor<T> latent, const std::optional<LatentChoices>& choices) override {
    if (next_ == 0)
      throw ArgumentError(
          "The latents hold fewer parts than the flow has factored out: decode what this flow's encode "
          "returned.");
    const Batch<T>& b = factored_[--next_];
    if (b.shape != latent.shape() || b.count != latent.n) {
      throw ShapeError("Part {} of the latents should be {} images of {}, but is {} of {}.", next_, latent.n,
                       to_string(latent.shape()), b.count, to_string(b.shape));
    }
    require_values("Part " + std::to_string(next_) + " of the latents", b.count, b.shape, b.values.size());
    if (choices) require_choices(b, *choices);
    from_nchw(device_, b.values.data(), latent);
  }

private:
  /// Kernels take any number for the nearest choice, so as not to write beyond; here it is an error.
  void require_choices(const Batch<T>& b, const LatentChoices& choices) const {
    const auto size = static_cast<std::size_t>(b.shape.size());
    std::vector<bool> seen;
    for (std::size_t i = 0; i < b.values.size(); ++i) {
      const T v = b.values[i], number = (v - static_cast<T>(choices.first)) / static_cast<T>(choices.step);
      if (!(number >= T(0) && v <= static_cast<T>(choices.last) && number == std::floor(number))) {
        throw ArgumentError(
            "Part {} of the latents holds {} instead of a number from {} to {} in steps of {}: decode what "
            "this flow's encode returned.",
            next_, v, choices.first, choices.last, choices.step);
      }
      if (!choices.each_once) continue;
      if (i % size == 0) seen.assign(size, false);
      const auto place = static_cast<std::size_t>(number);
      if (seen[place]) {
        throw ArgumentError(
            "Part {} of the latents holds {} twice in an image, where an order has each number once: decode "
            "what this flow's encode returned.",
            next_, v);
      }
      seen[place] = true;
    }
  }

  const Device& device_;
  const std::vector<Batch<T>>& factored_;
  std::size_t next_;
};

}  // namespace densenf
