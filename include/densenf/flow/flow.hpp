#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "densenf/flow/data_start.hpp"
#include "densenf/flow/session.hpp"
#include "densenf/flow/training_pass.hpp"
#include "densenf/kernels/cpu/all.hpp"

namespace densenf {

/// A normalizing flow: weights of its own, and a session that computes with them, on one device. What it can
/// be asked is Session's; here is what changes the weights.
///
/// One caller at a time. A flow can be moved, but not while a trainer refers to it; what was moved from may
/// only be assigned to. More threads compute with the same weights through sessions of their own: see
/// shared_weights.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Flow : public Session<Model, T, Device, Base, Condition> {
public:
  using SessionType = Session<Model, T, Device, Base, Condition>;
  using WeightsType = typename SessionType::WeightsType;
  using Input = typename SessionType::Input;

  /// With random parameters; the same seed gives the same ones on every device.
  explicit Flow(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : Flow(std::make_shared<WeightsType>(shape, std::move(device), seed)) {}
  /// With a copy of these weights.
  explicit Flow(const WeightsType& weights) : Flow(std::make_shared<WeightsType>(weights)) {}

  /// Fresh random parameters and state.
  void initialize(std::uint64_t seed) { weights_->initialize(seed); }

  /// The weights, to be changed; and for sessions in other threads, which must not compute meanwhile.
  WeightsType& weights() { return *weights_; }
  const WeightsType& weights() const { return *weights_; }
  std::shared_ptr<const WeightsType> shared_weights() const { return weights_; }

  /// All numbers of the host, laid out by table(); a ShapeError unless there are as many as the buffer has.
  void set_parameters(std::span<const T> values) { weights_->set_parameters(values); }
  void set_state(std::span<const T> values) { weights_->set_state(values); }

  /// Brings numbers of the state that follow from the parameters to where they belong: where a network's
  /// slope is bounded, the singular vectors by which its norms are measured. Evaluation, sampling, coding
  /// and saving do so by themselves, but sessions of other threads cannot. `iterations` are enough; 0: as many
  /// as it takes. Throws what pieces throw, and ArgumentError for less than 0; then nothing has changed.
  void settle(int iterations = 0) {
    if (iterations < 0) throw ArgumentError("A flow settles in 0 or more iterations, not {}.", iterations);
    densenf::settle(*weights_, this->workspace(), iterations);
  }

  // ---- training -----------------------------------------------------------------------------------

  /// Whether pieces wait for their start from data.
  bool needs_initialization() { return !weights_->missing_starts().empty(); }

  /// Gives pieces whose parameters start from data (ActNorm) their start from these images, seen as a
  /// training step with this noise sees them, unless they have had it. A Trainer does so before its first
  /// step. Returns whether there was anything to start. Throws NonFiniteError naming the parameter when what
  /// the images give is not finite, and what the pieces throw; then everything is as before.
  bool initialize(const Input& input, NoiseSource<T, Device>& noise, Index slice = 0) {
    pass_().stage(input);
    return !start_from_data(*weights_, pass_(), noise, slice).empty();
  }
  bool initialize(const Input& input, std::uint64_t seed = 0, Index slice = 0) {
    PhiloxNoise<T, Device> noise(seed, Stream::training, 0);
    return initialize(input, noise, slice);
  }

  /// The mean bits per dimension of a batch of at least one image; adds its gradient to gradients(). Draws
  /// noise and uses batch statistics as training does, and moves running ones if the loss is finite.
  /// Couplings and autoregressive layers have at most `slice` images in work (0: all), as far as their
  /// networks take images apart, which saves memory and changes the gradient only by rounding. A call that
  /// throws changes nothing, but for gradients(), which are zero if it had already begun to add to them.
  double loss_and_gradient(const Input& input, NoiseSource<T, Device>& noise,
                           MemoryPolicy policy = MemoryPolicy::store, Index slice = 0,
                           GradientListener* listener = nullptr) {
    pass_().stage(input);
    if (gradients_.size() == 0)
      gradients_ = Buffer<T, Device>(this->device(), this->table().parameters_size, "gradients");
    if (loss_.size() == 0) loss_ = Buffer<double, Device>(this->device(), 1, "numbers");
    pass_().differentiate(noise, {policy, slice, listener}, gradients_.data(), loss_.data());
    const double loss = loss_.to_host().front();
    if (std::isfinite(loss))
      weights_->take_step([&](auto&, auto& state) { state.assign(pass_().next_state()); });
    synchronize(this->device());
    return loss;
  }
  /// Laid out like parameters(); empty before the first loss_and_gradient.
  Buffer<T, Device>& gradients() { return gradients_; }

private:
  explicit Flow(std::shared_ptr<WeightsType> weights) : SessionType(weights), weights_(std::move(weights)) {
    this->own(*weights_);
  }

  TrainingPass<SessionType>& pass_() {
    // Made when it is needed; again where the flow was moved, because it refers to the session.
    SessionType* const self = this;
    if (!training_ || training_->first != self) training_.emplace(self, *self);
    return training_->second;
  }

  std::shared_ptr<WeightsType> weights_;
  std::optional<std::pair<SessionType*, TrainingPass<SessionType>>> training_;
  Buffer<T, Device> gradients_;
  Buffer<double, Device> loss_;
};

}  // namespace densenf
