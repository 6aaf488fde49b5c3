#pragma once

#include <cstdint>
#include <memory>
#include <numbers>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/flow/coding.hpp"
#include "densenf/flow/draw.hpp"
#include "densenf/flow/evaluate.hpp"
#include "densenf/flow/score.hpp"

namespace densenf {

/// Computes with weights: densities, samples, codes. It only reads them, and has what it computes in for
/// itself; so each thread has a session of its own, and all share the weights.
///
/// Log-probabilities are natural logarithms, one per image. `log_prob` is there for models whose likelihood
/// is exact; models with noise inside (dequantization, cross-unit coupling) have the lower bounds `elbo` and
/// `iwbo`. Images come as N,C,H,W: see view_batch in core/batch.hpp for the types. A flow with a condition
/// gets {images, condition}: a batch with a row for each image, or one row for all; for classes, labels.
/// One caller at a time. A session can be moved; what was moved from may only be assigned to.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Session {
  using Room = detail::Room<Model, T, Device, Base, Condition>;

public:
  using Scalar = T;
  using WeightsType = Weights<Model, T, Device, Base, Condition>;
  static constexpr bool exact = Model::kind != Kind::stochastic;
  static constexpr bool conditional = Condition::channels > 0;
  /// Gray levels of the data; 0: any numbers.
  static constexpr Index levels = Model::levels;
  /// What sampling gives.
  using Sample = std::conditional_t<(levels > 0), std::uint8_t, T>;
  using Input = densenf::Input<T, Device, levels, Condition>;
  using GivenType = GivenRef<T, Device, Condition>;
  using ConditionType = Condition;

  /// On the weights' device.
  explicit Session(std::shared_ptr<const WeightsType> weights) : Session(weights, weights->device()) {}
  /// With threads, or a stream, of its own: where several threads compute at the same time.
  Session(std::shared_ptr<const WeightsType> weights, Device device)
      : room_(std::make_unique<Room>(std::move(weights), std::move(device))) {}

  // ---- densities ------------------------------------------------------------------------------

  /// log p of each image.
  template <bool IsExact = exact>
  std::vector<double> log_prob(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(
        IsExact,
        "This model draws noise, so its likelihood is only bounded: use elbo or iwbo instead of log_prob.");
    return detail::evaluate(*room_, input, options);
  }

  /// A lower bound of log p of each image, from one draw of the model's noise: a function of the image, the
  /// seed and the image's number, which is its place in the call (see EvaluationOptions::first_image).
  template <bool IsExact = exact>
  std::vector<double> elbo(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of elbo.");
    return detail::evaluate(*room_, input, options);
  }

  /// A tighter lower bound: log mean exp over `draws` draws of the noise.
  template <bool IsExact = exact>
  std::vector<double> iwbo(const Input& input, Index draws, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of iwbo.");
    return detail::importance_weighted(*room_, input, draws, options);
  }

  /// The mean of -log p / (C H W ln 2), or of its bound from one draw.
  double bits_per_dim(const Input& input, const EvaluationOptions& options = {}) {
    return bits_per_dim_of(detail::evaluate(*room_, input, options));
  }

  /// Log-probabilities or bounds as mean bits per dimension. Throws ArgumentError when there are none.
  double bits_per_dim_of(const std::vector<double>& log_prob) const {
    if (log_prob.empty()) throw ArgumentError("The mean over no images does not exist: give at least one.");
    double total = 0;
    for (double l : log_prob) total += l;
    return -total /
           (std::numbers::ln2 * static_cast<double>(log_prob.size()) * static_cast<double>(shape().size()));
  }

  /// The score: the gradient of log p of each image with respect to its numbers, as log_prob has it with
  /// these options. Throws NonFiniteError when it is not finite.
  template <bool IsExact = exact&& levels == 0>
  Batch<T> score(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(IsExact, "A score is there where the model is exact, over real numbers.");
    return detail::score(*room_, input, options);
  }

  // ---- sampling and coding ----------------------------------------------------------------------

  /// `count` draws from the model. Integers are floor of the gray level, within the range of the data. Throws
  /// NonFiniteError when the model makes something that is not a number.
  template <bool IsConditional = conditional>
  Batch<Sample> sample(Index count, const SampleOptions& options = {}) {
    static_assert(!IsConditional, "This flow's density is conditional: call sample(count, condition).");
    return detail::sample<Sample>(*room_, count, nullptr, options);
  }
  /// The same given one condition for all, or one for each.
  Batch<Sample> sample(Index count, const GivenType& given,
                       const SampleOptions& options = {}) requires conditional {
    return detail::sample<Sample>(*room_, count, &given, options);
  }

  /// Draws from a model whose likelihood is exact, with the log-probability of each: what a density that is
  /// known up to a factor is integrated with. The temperature must be 1 (ArgumentError).
  template <bool IsExact = exact&& levels == 0>
  ScoredBatch<T> sample_with_log_prob(Index count, const SampleOptions& options = {}) {
    static_assert(IsExact, "Draws have a known log-probability where the model is exact, over real numbers.");
    static_assert(!conditional || !IsExact,
                  "This flow's density is conditional: call sample_with_log_prob(count, condition).");
    return detail::sample_with_log_prob(*room_, count, nullptr, options);
  }
  ScoredBatch<T> sample_with_log_prob(
      Index count, const GivenType& given,
      const SampleOptions& options = {}) requires(conditional&& exact&& levels == 0) {
    return detail::sample_with_log_prob(*room_, count, &given, options);
  }

  /// Draws before they are rounded to integers, in gray levels, with the given source of noise.
  Batch<T> sample_continuous(Index count, NoiseSource<T, Device>& noise,
                             double temperature = 1) requires(!conditional) {
    return detail::draw_with(*room_, count, nullptr, noise, {.temperature = temperature});
  }
  /// The same given one condition for all, or one for each, by the options' temperature, iteration and
  /// guidance.
  Batch<T> sample_continuous(Index count, const GivenType& given, NoiseSource<T, Device>& noise,
                             const SampleOptions& options = {}) requires conditional {
    return detail::draw_with(*room_, count, &given, noise, options);
  }

  /// All that the images become: enough to give them back. The noise of an image is that of elbo with the
  /// same options. Throws NonFiniteError when an image becomes something that is
  /// not a number.
  Latents<T> encode(const Input& input, const EvaluationOptions& options = {}) {
    return detail::encode(*room_, input, options);
  }
  Latents<T> encode(const Input& input, NoiseSource<T, Device>& noise) {
    return detail::encode_some(*room_, input, 0, input.checked_count(shape()), noise);
  }

  /// The images that were encoded, to rounding. At most `batch` images are in work at one time. Throws
  /// NonFiniteError when an image cannot be given back, because its latents are at the end of what T can
  /// hold.
  Batch<T> decode(const Latents<T>& latents, Index batch = 64) requires(!conditional) {
    return detail::decode(*room_, latents, nullptr, batch);
  }
  /// The same given the condition that they were encoded with.
  Batch<T> decode(const Latents<T>& latents, const GivenType& given, Index batch = 64) requires conditional {
    return detail::decode(*room_, latents, &given, batch);
  }

  // ---- what it works with --------------------------------------------------------------------------

  const WeightsType& weights() const { return *room_->weights; }
  const Shape& shape() const { return room_->weights->shape(); }
  const Model& model() const { return room_->weights->model(); }
  const Device& device() const { return room_->workspace.device; }
  const ParameterTable& table() const { return room_->weights->table(); }
  const Buffer<T, Device>& parameters() const { return room_->weights->parameters(); }
  const Buffer<T, Device>& state() const { return room_->weights->state(); }
  /// Another one with the same weights, for another thread; they must not be changed while it computes.
  Session session(Device on) const { return Session(room_->weights, std::move(on)); }

  /// The storage of passes, for those who run passes of their own.
  Workspace<T, Device>& workspace() { return room_->workspace; }

  /// Bytes that passes have taken beside parameters, state and gradients, at the most since the last call of
  /// reset_peak; what lives longer than an operation and what does not are counted by themselves.
  std::size_t peak_bytes() const {
    const Workspace<T, Device>& work = room_->workspace;
    return work.memory.peak_bytes() + work.scratch.peak_bytes() + work.inverses.bytes() +
           work.state_inverses.bytes() + room_->staged.bytes();
  }
  void reset_peak() {
    Workspace<T, Device>& work = room_->workspace;
    work.end();
    work.memory.reset_peak();
    work.scratch.reset_peak();
  }

protected:
  /// The weights are the caller's own, to be changed.
  void own(WeightsType& weights) { room_->owned = &weights; }

private:
  std::unique_ptr<Room> room_;
};

}  // namespace densenf
