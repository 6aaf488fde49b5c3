#pragma once

#include <cmath>
#include <optional>
#include <span>

#include "densenf/flow/flow.hpp"
#include "densenf/train/ema.hpp"
#include "densenf/train/optimizer.hpp"
#include "densenf/train/schedule.hpp"

namespace densenf {

struct TrainOptions {
  Optimizer optimizer = Adamax{};
  Schedule schedule = {};
  std::optional<double> max_gradient_norm = {};  ///< gradients with a larger norm are scaled down to it
  std::optional<WeightAverage> average = {};     ///< keep an average of the weights beside them
  MemoryPolicy policy = MemoryPolicy::store;
  std::uint64_t seed = 0;  ///< of the noise of training
};

/// Fits a flow's parameters to batches, one step at a time. Knows no layer types: parameters, gradients and
/// moments are flat buffers. Keeps a reference to the flow.
template <class FlowType>
class Trainer {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;

  Trainer(FlowType& flow, TrainOptions options)
      : flow_(flow),
        options_(std::move(options)),
        moments_(flow.device(), moment_count(options_.optimizer) * flow.parameters().size()),
        state_before_(flow.device(), flow.state().size()) {
    options_.schedule.validate();
    if (options_.average) {
      average_ = Buffer<T, Device>(flow.device(), flow.parameters().size());
      average_.assign(flow.parameters());
    }
  }

  /// One step on a batch of N,C,H,W images; returns the batch's mean bits per dimension before it. If the
  /// loss or the gradient is not finite, nothing changes and a NonFiniteError names the first piece of the
  /// flow whose output was not.
  template <class ImagesLike>
  double step(const ImagesLike& images) {
    state_before_.assign(flow_.state());
    CountedNoise<T, Device> noise(options_.seed, Stream::training, static_cast<std::uint64_t>(steps_));
    const double loss = flow_.differentiate(images, noise, options_.policy);
    const double norm_squared = squared_norm(flow_.device(), flow_.gradients().span());
    if (!std::isfinite(loss) || !std::isfinite(norm_squared)) {
      flow_.state().assign(state_before_);
      flow_.gradients().fill_zero();
      explain_non_finite(images, loss);
    }
    const double scale =
        options_.max_gradient_norm ? clip_factor(norm_squared, *options_.max_gradient_norm) : 1.0;
    const double lr = options_.schedule.lr_at(steps_);
    ++steps_;
    optimizer_step(options_.optimizer, flow_.device(), flow_.parameters().span(), flow_.gradients().span(),
                   moments_.span(), lr, scale, steps_);
    if (options_.average) {
      options_.average->update(flow_.device(), average_.span(), std::as_const(flow_).parameters().span());
    }
    gradient_norm_ = std::sqrt(norm_squared);
    return loss;
  }

  /// Calls f() while the flow computes with the averaged weights, if an average is kept.
  template <class F>
  auto with_average(const F& f) {
    struct Restore {
      FlowType& flow;
      ~Restore() { flow.bind_own(); }
    } restore{flow_};
    if (options_.average) flow_.bind(average_.data());
    return f();
  }

  const TrainOptions& options() const { return options_; }
  FlowType& flow() { return flow_; }
  Index steps() const { return steps_; }
  /// The norm of the last step's gradient, before it was clipped.
  double gradient_norm() const { return gradient_norm_; }

  /// What a checkpoint holds beside the flow. `average` is empty when none is kept.
  Buffer<T, Device>& moments() { return moments_; }
  Buffer<T, Device>& average() { return average_; }
  void set_steps(Index steps) { steps_ = steps; }

private:
  template <class ImagesLike>
  [[noreturn]] void explain_non_finite(const ImagesLike& images, double loss) {
    CountedNoise<T, Device> noise(options_.seed, Stream::training, static_cast<std::uint64_t>(steps_));
    try {
      flow_.find_non_finite(images, noise);
    } catch (const NonFiniteError& e) {
      throw NonFiniteError(
          "Step {} stopped: {} Try a lower learning rate, a longer warm-up or gradient clipping.", steps_ + 1,
          e.what());
    }
    throw NonFiniteError(
        "Step {} stopped: the loss is {} but its gradient is not finite. Try a lower learning rate, a longer "
        "warm-up "
        "or gradient clipping.",
        steps_ + 1, loss);
  }

  FlowType& flow_;
  TrainOptions options_;
  Buffer<T, Device> moments_, average_, state_before_;
  Index steps_ = 0;
  double gradient_norm_ = 0;
};

}  // namespace densenf
