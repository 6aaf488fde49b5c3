#pragma once

#include <utility>

#include "densenf/core/buffer.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/train/options.hpp"

namespace densenf {

/// What a training carries from step to step beside the flow itself.
template <class T, class Device>
struct TrainingState {
  Buffer<T, Device> moments;
  /// The average of the weights, and that of the state; both empty before the first step and when none is
  /// kept.
  Buffer<T, Device> average, average_state;
  Index steps = 0;  ///< that were done
};

/// What happens before a step because it is the first: pieces start from its images, and an average of the
/// weights begins. All of it is taken back when the step comes to nothing.
template <class FlowType>
class FirstStep {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;

  /// For the images that are staged in `pass`.
  void begin(FlowType& flow, TrainingPass<typename FlowType::SessionType>& pass, const TrainOptions& options,
             TrainingState<T, Device>& training) {
    *this = {};
    PhiloxNoise<T, Device> noise(options.seed, Stream::training, static_cast<std::uint64_t>(training.steps));
    before_ = start_from_data(flow.weights(), pass, noise, options.slice);
    if (!options.average) return;
    const Device& device = flow.device();
    if (training.average.size() == 0) {
      Buffer<T, Device> average(device, flow.parameters().size(), "averaged weights");
      Buffer<T, Device> average_state(device, flow.table().state_size, "averaged state");
      average.assign(flow.parameters());
      average_state.assign(flow.state());
      training.average = std::move(average);
      training.average_state = std::move(average_state);
      began_ = true;
    } else if (!before_.empty()) {
      // A start in the middle of a training: the average takes the new values, rather than follow slowly.
      averaged_ = {{training.average, before_.parameters.places()},
                   {training.average_state, before_.state.places()}};
      SavedTensors<T>(flow.parameters(), before_.parameters.places()).put_back(training.average);
      SavedTensors<T>(flow.state(), before_.state.places()).put_back(training.average_state);
    }
  }

  /// Everything as it was before begin, also when begin threw half-way.
  void take_back(FlowType& flow, TrainingState<T, Device>& training) {
    densenf::take_back(flow.weights(), before_);
    if (began_) {
      training.average = {};
      training.average_state = {};
    }
    if (!averaged_.empty()) {
      averaged_.parameters.put_back(training.average);
      averaged_.state.put_back(training.average_state);
    }
    *this = {};
  }

private:
  BeforeDataStart<T> before_, averaged_;
  bool began_ = false;
};

}  // namespace densenf
