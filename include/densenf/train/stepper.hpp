#pragma once

#include <cmath>

#include "densenf/core/buffer.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/train/options.hpp"

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
template <class FlowType, class Device>
class Stepper {
public:
  using T = typename FlowType::Scalar;

  explicit Stepper(FlowType& flow) : flow_(flow), state_before_(flow.device(), flow.state().size()) {}

  /// Begins step number `step`, counted from 0. `average` may be empty. The images may go when it returns.
  template <class ImagesLike>
  void start(const ImagesLike& images, const TrainOptions& options, Index step, Buffer<T, Device>& moments,
             Buffer<T, Device>& average) {
    state_before_.assign(flow_.state());
    CountedNoise<T, Device> noise(options.seed, Stream::training, static_cast<std::uint64_t>(step));
    const Device& device = flow_.device();
    try {
      result_.loss = flow_.differentiate(images, noise, options.policy, options.images_at_once);
    } catch (...) {
      undo();  // the pass may have got anywhere
      throw;
    }
    result_.squared_norm = squared_norm(device, flow_.gradients().span());
    if (!result_.finite()) {
      undo();
      return;
    }
    const double scale =
        options.max_gradient_norm ? clip_factor(result_.squared_norm, *options.max_gradient_norm) : 1.0;
    optimizer_step(options.optimizer, device, flow_.parameters().span(), flow_.gradients().span(),
                   moments.span(), options.schedule.lr_at(step), scale, step + 1);
    if (options.average) {
      options.average->update(device, average.span(), std::as_const(flow_).parameters().span());
    }
  }

  /// Waits for the end of the step.
  StepResult finish() { return result_; }

private:
  void undo() {
    flow_.state().assign(state_before_);
    flow_.gradients().fill_zero();
  }

  FlowType& flow_;
  Buffer<T, Device> state_before_;
  StepResult result_;
};

}  // namespace densenf
