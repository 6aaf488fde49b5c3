#pragma once

#include <cmath>
#include <utility>

#include "densenf/flow/flow.hpp"
#include "densenf/train/options.hpp"
#include "densenf/train/stepper.hpp"

namespace densenf {

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
        moments_(flow.device(), moment_count(options_.optimizer) * flow.parameters().size(),
                 "the optimiser's moments"),
        stepper_(flow) {
    options_.schedule.validate();
    if (options_.average) {
      average_ = Buffer<T, Device>(flow.device(), flow.parameters().size(), "averaged weights");
      average_.assign(flow.parameters());
    }
  }

  /// One step on a batch of N,C,H,W images; returns the batch's mean bits per dimension before it. If the
  /// loss or the gradient is not finite, nothing changes and a NonFiniteError names the first piece of the
  /// flow whose output was not.
  template <class ImagesLike>
  double step(const ImagesLike& images) {
    start_step(images);
    return finish_step(images);
  }

  /// The two halves of step: a device of its own works in between, while the host can do something else. Both
  /// get the same images.
  template <class ImagesLike>
  void start_step(const ImagesLike& images) {
    stepper_.start(images, options_, steps_, moments_, average_);
  }
  template <class ImagesLike>
  double finish_step(const ImagesLike& images) {
    const StepResult result = stepper_.finish();
    if (!result.finite()) explain_non_finite(images, result.loss);
    ++steps_;
    gradient_norm_ = std::sqrt(result.squared_norm);
    return result.loss;
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
  Buffer<T, Device> moments_, average_;
  Stepper<FlowType, Device> stepper_;
  Index steps_ = 0;
  double gradient_norm_ = 0;
};

}  // namespace densenf
