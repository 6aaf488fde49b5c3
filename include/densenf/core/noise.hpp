#pragma once

#include "densenf/core/count_law.hpp"
#include "densenf/core/tensor.hpp"

namespace densenf {

/// Where a model's random numbers come from. A model asks for its draws in a fixed order, so a source may
/// compute them (flow/noise.hpp), replay recorded ones, or record what it hands out.
template <class T, class Device>
class NoiseSource {
public:
  virtual ~NoiseSource() = default;
  /// Fills `out` with independent standard normal numbers.
  virtual void normal(const Device& device, Tensor<T> out) = 0;
  /// Fills `out` with independent numbers, uniform in (0, 1).
  virtual void uniform(const Device& device, Tensor<T> out) = 0;
  /// The same for a part of a model that a pass may run more than once: with the same `number`, which the
  /// part has from Builder::repeated_draw, it gets the same numbers within a pass. `out` is for the images of
  /// the batch from `first` on, which is Pass::first_image.
  virtual void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) = 0;
  /// The same with standard normal numbers.
  virtual void normal_again(const Device& device, Index number, Index first, Tensor<T> out) = 0;
  /// A whole number for the host, one for all images, likewise.
  virtual Index count_again(const Device& device, Index number, const CountLaw& law) = 0;
};

}  // namespace densenf
