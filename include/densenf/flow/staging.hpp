#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "densenf/autodiff/context.hpp"
#include "densenf/core/buffer.hpp"
#include "densenf/flow/input.hpp"

namespace densenf {

/// Where a pass finds its numbers and leaves what it makes. While this stays the same, a recording of the
/// pass can be started again.
template <class T>
struct MemoryLayout {
  const T *parameters, *state, *images, *given;
  const double* log_prob;
  Index count;
  std::uint64_t memory, scratch;
  bool operator==(const MemoryLayout&) const = default;
};

/// The places of what goes into a pass and comes out of it: images, their condition where there is one, and
/// their log-probabilities. They are outside of the pass's memory and stay as long as they are large enough,
/// so that a device can record what is between.
template <class T, class Device, class Condition>
class Staging {
  static constexpr bool conditional = Condition::channels > 0;

public:
  /// For images of this shape.
  Staging(Device device, const Shape& shape) : device_(std::move(device)), shape_(shape) {}

  /// Makes room for so many images.
  void make_room(Index count) {
    fit(images_, count * shape_.size(), "images");
    if constexpr (conditional) fit(given_, count * Condition::shape.size(), "conditions");
    fit(log_prob_, count, "log-probabilities");
    count_ = count;
  }

  /// Brings images [first, first + count) to the device, with what is given with them. They must have been
  /// checked.
  template <Index levels>
  void stage(const Input<T, Device, levels, Condition>& input, Index first, Index count) {
    make_room(count);
    input.images().upload(shape_, device_, first, images().value);
    stage_given(&input.given(), first);
  }
  /// What is given with images [first, first + count()) alone.
  void stage_given(const GivenRef<T, Device, Condition>* given, Index first) {
    if constexpr (conditional) given->upload(Condition::shape, device_, first, this->given().value);
  }

  /// What is staged: constants on the device.
  Index count() const { return count_; }
  Var<T> images() { return {make_tensor(images_.data(), count_, shape_)}; }
  Var<T> given() {
    if constexpr (conditional)
      return {make_tensor(given_.data(), count_, Condition::shape)};
    else
      return {};
  }
  double* log_prob() { return log_prob_.data(); }
  const double* log_prob() const { return log_prob_.data(); }

  std::size_t bytes() const {
    return static_cast<std::size_t>(images_.size() + given_.size()) * sizeof(T) +
           static_cast<std::size_t>(log_prob_.size()) * sizeof(double);
  }

  /// Of passes with these weights and this workspace over what is staged.
  MemoryLayout<T> memory_layout(const WeightsView<T>& weights, const Workspace<T, Device>& work) const {
    return {weights.parameters, weights.state, images_.data(),           given_.data(),
            log_prob_.data(),   count_,        work.memory.generation(), work.scratch.generation()};
  }

private:
  template <class U>
  void fit(Buffer<U, Device>& buffer, Index numbers, const char* what) {
    if (buffer.size() < numbers) buffer = Buffer<U, Device>(device_, numbers, what);
  }

  Device device_;
  Shape shape_;
  Index count_ = 0;
  Buffer<T, Device> images_, given_;
  Buffer<double, Device> log_prob_;
};

/// Runs the staged images through a model: returns what arrives at its base, and leaves their
/// log-probabilities. The memory of the pass is still taken.
template <class WeightsType, class Ctx, class StagingType>
typename Ctx::Value run_staged(const WeightsType& weights, const Ctx& ctx, StagingType& staged,
                               const double* log_prob_gradient = nullptr) {
  set_each(ctx.device(), 0.0, staged.count(), staged.log_prob());
  return weights.run(ctx, staged.images(), staged.given(), {staged.log_prob(), log_prob_gradient});
}

}  // namespace densenf
