#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "densenf/core/mirror.hpp"
#include "densenf/core/recorded_pass.hpp"
#include "densenf/train/state.hpp"

namespace densenf {

/// What a training step came to: the batch's mean bits per dimension before it, and its gradient's norm
/// before it was clipped. When either is not finite, the step has changed nothing.
struct StepResult {
  double loss = 0;
  double squared_norm = 0;
  bool finite() const { return std::isfinite(loss) && std::isfinite(squared_norm); }
};

/// Carries out training steps: forward and backward pass, gradient norm, optimizer, state, averages. All of
/// it is work for the device, which decides by itself whether the step is taken: a device that records passes
/// (core/recorded_pass.hpp) is told once per step that there is one. What differs from step to step (noise,
/// learning rate) is read from memory.
///
/// A step is all or nothing: parameters, state, moments and averages change when loss and gradient are known
/// to be finite. The gradient is the stepper's own, and all zero between steps.
template <class FlowType>
class Stepper {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;
  using Input = typename FlowType::Input;

  /// Steps leave the `frozen` parameters as they are. Throws ArgumentError when no other is left.
  Stepper(FlowType& flow, const std::vector<ParameterRange>& frozen)
      : flow_(flow),
        device_(flow.device()),
        trained_(outside_of(frozen, flow.parameters().size())),
        frozen_(outside_of(trained_, flow.parameters().size())),
        pass_(flow),
        rule_(device_),
        result_(device_),
        recorded_(device_) {
    if (trained_.empty() && !frozen_.empty())
      throw ArgumentError("All parameters of the flow are frozen: there is nothing to train.");
  }

  /// Begins the next step. The batch may go when it returns.
  void start(const Input& input, const TrainOptions& options, TrainingState<T, Device>& training) {
    pass_.stage(input);
    try {
      first_.begin(flow_, pass_, options, training);
      if (gradients_.size() == 0)
        gradients_ = Buffer<T, Device>(device_, flow_.parameters().size(), "gradients");
      std::visit(
          [&](const auto& optimizer) {
            const auto rule =
                optimizer.template rule<T>(options.schedule.lr_at(training.steps), 1, training.steps + 1);
            using Rule = std::remove_const_t<decltype(rule)>;
            static_assert(sizeof(Rule) <= sizeof(AnyRule), "Give Stepper's AnyRule more room.");
            std::memcpy(rule_.host().bytes.data(), &rule, sizeof rule);
            flow_.weights().take_step([&](auto& parameters, auto& state) {
              recorded_.run([&] { return kind(options, training); },
                            {.step = static_cast<std::uint64_t>(training.steps)},
                            [&](const NoiseShift& first, const NoiseShift* further) {
                              run<Rule>(first, further, options, training, parameters, state);
                            });
            });
          },
          options.optimizer);
    } catch (...) {
      first_.take_back(flow_, training);
      if (gradients_.size() > 0) gradients_.fill_zero();
      throw;
    }
  }

  /// Waits for the end of the step.
  StepResult finish(TrainingState<T, Device>& training) {
    synchronize(device_);
    const StepResult result = result_.host();
    if (!result.finite()) first_.take_back(flow_, training);
    return result;
  }

  const Buffer<T, Device>& gradients() const { return gradients_; }
  TrainingPass<typename FlowType::SessionType>& pass() { return pass_; }

private:
  /// Room for the rule of any optimizer.
  struct alignas(16) AnyRule {
    std::array<std::byte, 128> bytes;
  };

  /// What a recording is good for: this step, on these places in memory.
  struct Kind {
    MemoryLayout<T> memory_layout;
    const T* average = nullptr;
    const T* average_state = nullptr;
    std::size_t optimizer = 0;
    std::optional<double> max_norm, decay;
    MemoryPolicy policy = MemoryPolicy::store;
    Index slice = 0;
    std::uint64_t seed = 0;
    bool operator==(const Kind&) const = default;
  };
  Kind kind(const TrainOptions& o, const TrainingState<T, Device>& training) const {
    return {pass_.memory_layout(),
            training.average.data(),
            training.average_state.data(),
            o.optimizer.index(),
            o.max_gradient_norm,
            o.average ? std::optional<double>(o.average->decay) : std::nullopt,
            o.policy,
            o.slice,
            o.seed};
  }

  template <class Rule>
  void run(const NoiseShift& first, const NoiseShift* further, const TrainOptions& options,
           TrainingState<T, Device>& training, Buffer<T, Device>& parameters, Buffer<T, Device>& state) {
    rule_.to_device();
    PhiloxNoise<T, Device> noise(options.seed, Stream::training, first.step, first.image, further);
    StepResult* const result = result_.device();
    pass_.differentiate(noise, {options.policy, options.slice}, gradients_.data(), &result->loss);
    for (const ParameterRange& r : frozen_)
      fill_zero(device_, make_tensor(gradients_.data() + r.first, 1, {r.end - r.first, 1, 1}));
    const Index n = parameters.size();
    const T* const gradients = gradients_.data();
    squared_norm(device_, gradients, n, &result->squared_norm,
                 pass_.scratch().lend(squared_norm_scratch_bytes(device_, gradients, n)));
    const kernels::StepFacts facts{&result->loss, &result->squared_norm,
                                   options.max_gradient_norm.value_or(0)};
    // The moments of each range are together.
    for (const ParameterRange& r : trained_) {
      optimizer_pass(device_, reinterpret_cast<const Rule*>(rule_.device()), facts,
                     parameters.data() + r.first, gradients_.data() + r.first,
                     training.moments.data() + Rule::moments * r.first, r.end - r.first);
    }
    assign_pass(device_, facts, pass_.next_state().data(), state.data(), state.size());
    if (options.average) {
      const auto rule = options.average->template rule<T>();
      average_pass(device_, rule, facts, training.average.data(), std::as_const(parameters).data(), n);
      average_pass(device_, rule, facts, training.average_state.data(), std::as_const(state).data(),
                   state.size());
    }
    result_.to_host();
  }

  FlowType& flow_;
  Device device_;
  std::vector<ParameterRange> trained_, frozen_;
  TrainingPass<typename FlowType::SessionType> pass_;
  FirstStep<FlowType> first_;
  Buffer<T, Device> gradients_;
  Mirror<AnyRule, Device> rule_;
  Mirror<StepResult, Device> result_;
  RecordedPass<Device, Kind> recorded_;
};

}  // namespace densenf
