#pragma once

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
      require_values(fmt::format("Part {} of the latents", i), part.count, part.shape, part.values.size());
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
  void take(Tensor<T> latent) override {
    if (next_ == 0)
      throw ArgumentError(
          "The latents hold fewer parts than the flow has factored out: decode what this flow's encode "
          "returned.");
    const Batch<T>& b = factored_[--next_];
    if (b.shape != latent.shape() || b.count != latent.n) {
      throw ShapeError("Part {} of the latents should be {} images of {}, but is {} of {}.", next_, latent.n,
                       to_string(latent.shape()), b.count, to_string(b.shape));
    }
    require_values(fmt::format("Part {} of the latents", next_), b.count, b.shape, b.values.size());
    from_nchw(device_, b.values.data(), latent);
  }

private:
  const Device& device_;
  const std::vector<Batch<T>>& factored_;
  std::size_t next_;
};

}  // namespace densenf
