#pragma once

#include <cmath>
#include <utility>

#include "densenf/train/state.hpp"

namespace densenf {

/// What a training step came to: the batch's mean bits per dimension before it, and its gradient's norm
/// before it was clipped. When either is not finite, the step has changed nothing.
struct StepResult {
  double loss = 0;
  double squared_norm = 0;
  bool finite() const { return std::isfinite(loss) && std::isfinite(squared_norm); }
};

/// How a training step is carried out on a device. This is the host's way: at once; a card's is in
/// train/cuda_stepper.cuh.
///
/// A step is all or nothing: parameters, state, moments and averages change when loss and gradient are known
/// to be finite. The gradient is the stepper's own, and all zero between steps.
template <class FlowType, class Device>
class Stepper {
public:
  using T = typename FlowType::Scalar;

  explicit Stepper(FlowType& flow) : flow_(flow) {}

  /// Begins the next step. The images may go when it returns.
  template <class ImagesLike>
  void start(const ImagesLike& images, const TrainOptions& options, TrainingState<T, Device>& training) {
    flow_.stage(images);
    try {
      first_.begin(flow_, options, training);
      run(options, training);
    } catch (...) {
      take_back(training);
      throw;
    }
    if (!result_.finite()) take_back(training);
  }

  /// Waits for the end of the step.
  StepResult finish(TrainingState<T, Device>&) { return result_; }

  const Buffer<T, Device>& gradients() const { return gradients_; }

private:
  /// Computes what the step comes to; if that is finite, the step is taken.
  void run(const TrainOptions& options, TrainingState<T, Device>& training) {
    const Device& device = flow_.device();
    if (gradients_.size() == 0)
      gradients_ = Buffer<T, Device>(device, flow_.parameters().size(), "gradients");
    CountedNoise<T, Device> noise(options.seed, Stream::training, static_cast<std::uint64_t>(training.steps));
    flow_.differentiate_staged(noise, options.policy, options.images_at_once, gradients_.data());
    result_ = {flow_.staged_loss(), squared_norm(device, gradients_.span())};
    if (!result_.finite()) return;
    const double scale =
        options.max_gradient_norm ? clip_factor(result_.squared_norm, *options.max_gradient_norm) : 1.0;
    optimizer_step(options.optimizer, device, flow_.parameters().span(), gradients_.span(),
                   training.moments.span(), options.schedule.lr_at(training.steps), scale,
                   training.steps + 1);
    flow_.commit_state();
    if (options.average) {
      options.average->update(device, training.average.span(), std::as_const(flow_).parameters().span());
      options.average->update(device, training.average_state.span(), std::as_const(flow_).state().span());
    }
  }

  void take_back(TrainingState<T, Device>& training) {
    gradients_.fill_zero();
    first_.take_back(flow_, training);
  }

  FlowType& flow_;
  FirstStep<FlowType> first_;
  Buffer<T, Device> gradients_;
  StepResult result_;
};

}  // namespace densenf
