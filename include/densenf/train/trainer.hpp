#pragma once

#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "densenf/flow/flow.hpp"
#include "densenf/train/diagnose.hpp"
#include "densenf/train/options.hpp"
#include "densenf/train/stepper.hpp"

namespace densenf {

/// Fits a flow's parameters to batches, one step at a time. Knows no layer types: parameters, gradients and
/// moments are flat buffers. Keeps a reference to the flow.
///
/// A step that throws, for whatever reason, leaves parameters, state, moments, averages and the number of
/// steps to the bit as they were.
template <class FlowType>
class Trainer {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;
  using Input = typename FlowType::Input;

  /// Throws ArgumentError when an option is out of range.
  Trainer(FlowType& flow, TrainOptions options)
      : flow_(flow), options_(checked(std::move(options))), stepper_(flow, options_.frozen) {
    training_.moments =
        Buffer<T, Device>(flow.device(), moment_count(options_.optimizer) * flow.parameters().size(),
                          "the optimizer's moments");
  }

  /// One step on a batch of N,C,H,W images, at least one, and their condition where there is one; returns the
  /// batch's mean bits per dimension before it. The first step calls Flow::initialize. Throws ArgumentError
  /// naming the image that holds something that is no number; NonFiniteError, when the loss or the gradient
  /// is not finite, naming the first piece of the flow whose output was not.
  double step(const Input& input) {
    start_step(input);
    return finish_step();
  }

  /// The two halves of step: a device of its own works in between, while the host can do something else. The
  /// batch may go after the first; finish_step must follow: until then the step counts neither as taken nor
  /// as not.
  void start_step(const Input& input) { stepper_.start(input, options_, training_); }
  double finish_step() {
    const StepResult result = stepper_.finish(training_);
    if (!result.finite()) explain_non_finite(result.loss);
    ++training_.steps;
    gradient_norm_ = std::sqrt(result.squared_norm);
    return result.loss;
  }

  /// Calls f() while the flow computes with the averaged weights and state, if there is an average: it begins
  /// with the first step.
  template <class F>
  auto with_average(const F& f) {
    if (training_.average.size() == 0) return f();
    struct Exchange {
      explicit Exchange(Trainer& t) : trainer(t) { exchange(); }
      ~Exchange() { exchange(); }
      void exchange() {
        trainer.flow_.weights().change([this](auto& parameters, auto& state) {
          std::swap(parameters, trainer.training_.average);
          std::swap(state, trainer.training_.average_state);
        });
      }
      Trainer& trainer;
    } const averages_in_place(*this);
    return f();
  }

  const TrainOptions& options() const { return options_; }
  FlowType& flow() { return flow_; }
  Index steps() const { return training_.steps; }
  /// The norm of the last step's gradient, before it was clipped.
  double gradient_norm() const { return gradient_norm_; }
  /// Where steps compute their gradient: all zero between steps, and empty before the first.
  const Buffer<T, Device>& gradients() const { return stepper_.gradients(); }

  /// What a checkpoint holds beside the flow. The averages are empty before the first step and when none is
  /// kept.
  const Buffer<T, Device>& moments() const { return training_.moments; }
  const Buffer<T, Device>& average() const { return training_.average; }
  const Buffer<T, Device>& average_state() const { return training_.average_state; }

  /// Goes on from where another trainer of the same flow and optimizer was, which had these. Averages may be
  /// empty. Throws ShapeError when sizes do not fit; then nothing changes.
  void set_progress(Index steps, const std::vector<T>& moments, const std::vector<T>& average = {},
                    const std::vector<T>& average_state = {}) {
    const auto require = [](const char* what, std::size_t got, Index want) {
      if (static_cast<Index>(got) != want)
        throw ShapeError("The trainer has {} {}, but got {}.", want, what, got);
    };
    if (steps < 0)
      throw ArgumentError("The number of steps that were done must be 0 or more, not {}.", steps);
    require("moments", moments.size(), training_.moments.size());
    Buffer<T, Device> new_average, new_average_state;
    if (options_.average && steps > 0) {
      require("averaged weights", average.size(), flow_.table().parameters_size);
      require("averaged numbers of the state", average_state.size(), flow_.table().state_size);
      new_average = Buffer<T, Device>(flow_.device(), flow_.table().parameters_size, "averaged weights");
      new_average_state = Buffer<T, Device>(flow_.device(), flow_.table().state_size, "averaged state");
      new_average.assign(std::span<const T>(average));
      new_average_state.assign(std::span<const T>(average_state));
    } else {
      require("averaged weights", average.size(), 0);
      require("averaged numbers of the state", average_state.size(), 0);
    }
    training_.moments.assign(std::span<const T>(moments));
    training_.average = std::move(new_average);
    training_.average_state = std::move(new_average_state);
    training_.steps = steps;
  }

private:
  static TrainOptions checked(TrainOptions options) {
    options.validate();
    return options;
  }

  /// The batch is still staged.
  [[noreturn]] void explain_non_finite(double loss) {
    const auto noise = [&] {
      return PhiloxNoise<T, Device>(options_.seed, Stream::training, static_cast<std::uint64_t>(steps()));
    };
    // What the step had started from data was taken back with it, but is part of the explanation.
    auto start_noise = noise(), step_noise = noise();
    struct TakeBack {
      FlowType& flow;
      BeforeDataStart<T> before;
      ~TakeBack() {
        try {
          take_back(flow.weights(), before);
        } catch (const Error&) {  // a device that has failed says so in what is being thrown
        }
      }
    } const start{flow_, start_from_data(flow_.weights(), stepper_.pass(), start_noise, options_.slice)};
    try {
      find_non_finite(stepper_.pass(), flow_.device(), step_noise, options_.slice);
    } catch (const NonFiniteError& e) {
      throw NonFiniteError(
          "Step {} stopped: {} Look at the batch's images; if they are like those before, try a lower "
          "learning rate, "
          "a longer warm-up or gradient clipping.",
          steps() + 1, e.what());
    }
    throw NonFiniteError(
        "Step {} stopped: the loss is {} but its gradient is not finite. Try a lower learning rate, a longer "
        "warm-up or gradient clipping.",
        steps() + 1, loss);
  }

  FlowType& flow_;
  TrainOptions options_;
  TrainingState<T, Device> training_;
  Stepper<FlowType> stepper_;
  double gradient_norm_ = 0;
};

}  // namespace densenf
