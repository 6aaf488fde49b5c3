#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "densenf/core/recorded_pass.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/flow/settle.hpp"
#include "densenf/flow/staging.hpp"
#include "densenf/flow/weights.hpp"

// What the computations of a Session (flow/evaluate.hpp, draw.hpp and coding.hpp) have in common.
namespace densenf::detail {

/// What a session computes with and in. Its passes only evaluate.
template <class Model, class T, class DeviceType, class Base, class Condition>
struct Room {
  using Scalar = T;
  using Device = DeviceType;
  using WeightsType = Weights<Model, T, Device, Base, Condition>;
  static constexpr Index levels = Model::levels;
  static constexpr bool conditional = Condition::channels > 0;
  using Input = densenf::Input<T, Device, levels, Condition>;
  using Given = GivenRef<T, Device, Condition>;
  using Evaluating = Context<T, Device, false>;

  /// What a recording of a pass is good for.
  struct PassKind {
    MemoryLayout<T> memory_layout;
    std::uint64_t seed;
    double temperature;
    bool operator==(const PassKind&) const = default;
  };

  Room(std::shared_ptr<const WeightsType> with, Device on)
      : weights(std::move(with)),
        workspace(std::move(on)),
        staged(workspace.device, weights->shape()),
        evaluation(workspace.device),
        sampling(workspace.device) {
    workspace.declare(weights->table());
    synchronize(weights->device());  // another stream may still be writing them
  }

  const Shape& shape() const { return weights->shape(); }
  const Device& device() const { return workspace.device; }

  Evaluating begin(const Pass<T, Device>& pass) {
    workspace.begin(pass);
    return Evaluating(pass, workspace);
  }
  Evaluating begin(const Pass<T, Device>&&) = delete;

  /// Where the weights may be changed, settles them: see Flow::settle.
  void settle() {
    if (owned != nullptr) densenf::settle(*owned, workspace);
  }

  /// For passes that may be recorded, and run again with other weights in the same place.
  WeightsView<T> recordable_weights() const {
    return std::is_same_v<Device, Cpu> ? weights->view() : weights->view().of_any_version();
  }
  PassKind kind(std::uint64_t seed, double temperature) const {
    return {staged.memory_layout(weights->view(), workspace), seed, temperature};
  }

  /// Throws ShapeError and ArgumentError for a condition that cannot be given with so many images.
  static void require_given(const Given* given, Index count) {
    if constexpr (conditional) given->require(count);
  }

  std::shared_ptr<const WeightsType> weights;
  WeightsType* owned = nullptr;  ///< the same where they are a Flow's own
  Workspace<T, Device> workspace;
  Staging<T, Device, Condition> staged;
  RecordedPass<Device, PassKind> evaluation, sampling;
};

inline void require_batch_size(Index batch) {
  if (batch < 1) throw ArgumentError("The batch size must be at least 1, not {}.", batch);
}

/// Throws NonFiniteError for what a pass has made that is no number.
template <class T>
void require_finite_result(const Batch<T>& images, const char* what) {
  const auto wrong =
      std::find_if(images.values.begin(), images.values.end(), [](T v) { return !std::isfinite(v); });
  if (wrong != images.values.end()) {
    throw NonFiniteError(
        "{} holds {}: a weight is not finite, a matrix is singular, numbers overflow, or latents are at "
        "the end of what a piece such as Sigmoid can take back.",
        what, *wrong);
  }
}

}  // namespace densenf::detail
