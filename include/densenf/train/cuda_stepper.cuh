#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>
#include <variant>

#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_graph.cuh"
#include "densenf/core/cuda_pinned.cuh"
#include "densenf/kernels/cuda/optimizer.cuh"
#include "densenf/train/stepper.hpp"

namespace densenf {

/// A card's way of carrying out a training step. The first one of its kind runs call by call and finds out
/// what memory it needs; the second is recorded whole, from the noise to the optimizer, and from then on the
/// recording is started: the host says once per step that there is one. What differs from step to step
/// (noise, learning rate) the recorded step reads from memory.
template <class FlowType>
class Stepper<FlowType, Cuda> {
public:
  using T = typename FlowType::Scalar;

  explicit Stepper(FlowType& flow)
      : flow_(flow),
        device_(flow.device()),
        rule_(device_, static_cast<Index>(sizeof(Rule)), "numbers"),
        squared_norm_(device_, 1, "numbers") {}
  ~Stepper() {
    // A step that nobody waited for still reads and writes numbers on the host. Its errors have no reader.
    cudaStreamSynchronize(device_.stream());
  }
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// Begins the next step. The images may go when it returns.
  template <class ImagesLike>
  void start(const ImagesLike& images, const TrainOptions& options, TrainingState<T, Cuda>& training) {
    flow_.stage(images);
    try {
      first_.begin(flow_, options, training);
      if (gradients_.size() == 0)
        gradients_ = Buffer<T, Cuda>(device_, flow_.parameters().size(), "gradients");
      std::visit(
          [&](const auto& optimizer) {
            const auto rule =
                optimizer.template rule<T>(options.schedule.lr_at(training.steps), 1, training.steps + 1);
            using Chosen = std::remove_const_t<decltype(rule)>;
            static_assert(sizeof(Chosen) <= sizeof(Rule), "Give Stepper's Rule more room.");
            std::memcpy(facts_->rule.data(), &rule, sizeof rule);
            run_or_replay(options, training, [&] { run<Chosen>(options, training); });
          },
          options.optimizer);
    } catch (...) {
      first_.take_back(flow_, training);
      throw;
    }
  }

  /// Waits for the end of the step.
  StepResult finish(TrainingState<T, Cuda>& training) {
    device_.synchronize();
    if (!result_->finite()) first_.take_back(flow_, training);
    return *result_;
  }

  const Buffer<T, Cuda>& gradients() const { return gradients_; }

private:
  using Rule = std::array<std::byte, 128>;

  /// What a recorded step reads from the host.
  struct Facts {
    std::uint64_t step_shift = 0;
    alignas(16) Rule rule{};
  };

  /// What a recording is good for: this step, on these places in memory.
  struct Kind {
    typename FlowType::Place place;
    const T* average = nullptr;
    const T* average_state = nullptr;
    std::size_t optimizer = 0;
    std::optional<double> max_norm, decay;
    MemoryPolicy policy = MemoryPolicy::store;
    Index images_at_once = 0;
    std::uint64_t seed = 0;
    bool operator==(const Kind&) const = default;
  };
  Kind kind(const TrainOptions& o, const TrainingState<T, Cuda>& training) const {
    return {flow_.place(),
            training.average.data(),
            training.average_state.data(),
            o.optimizer.index(),
            o.max_gradient_norm,
            o.average ? std::optional<double>(o.average->decay) : std::nullopt,
            o.policy,
            o.images_at_once,
            o.seed};
  }

  template <class Body>
  void run_or_replay(const TrainOptions& options, const TrainingState<T, Cuda>& training, const Body& body) {
    if (graph_ && recorded_ == kind(options, training)) {
      facts_->step_shift = static_cast<std::uint64_t>(training.steps - recorded_step_);
      graph_.launch(device_);
      return;
    }
    facts_->step_shift = 0;
    graph_.clear();
    if (tried_ != kind(options, training)) {
      body();
      tried_ = kind(options, training);  // afterwards: the step has found its places in memory
      return;
    }
    graph_.capture(device_, body);
    recorded_ = kind(options, training);
    recorded_step_ = training.steps;
    graph_.launch(device_);
  }

  template <class Chosen>
  void run(const TrainOptions& options, TrainingState<T, Cuda>& training) {
    copy_in(device_.step_shift(), &facts_->step_shift, sizeof(std::uint64_t));
    copy_in(rule_.data(), facts_->rule.data(), sizeof(Rule));
    CountedNoise<T, Cuda> noise(options.seed, Stream::training, static_cast<std::uint64_t>(training.steps));
    flow_.differentiate_staged(noise, options.policy, options.images_at_once, gradients_.data());
    const Index n = flow_.parameters().size();
    kernels::squared_norm(device_, static_cast<const T*>(gradients_.data()), n, squared_norm_.data());
    const kernels::StepFacts facts{flow_.loss(), squared_norm_.data(), options.max_gradient_norm.value_or(0)};
    kernels::optimizer_pass(device_, reinterpret_cast<const Chosen*>(rule_.data()), facts,
                            flow_.parameters().data(), gradients_.data(), training.moments.data(), n);
    const Index state_size = flow_.table().state_size;
    kernels::assign_pass(device_, facts, flow_.next_state(), flow_.committed_state(), state_size);
    if (options.average) {
      const auto rule = options.average->template rule<T>();
      kernels::average_pass(device_, rule, facts, training.average.data(),
                            static_cast<const T*>(flow_.parameters().data()), n);
      kernels::average_pass(device_, rule, facts, training.average_state.data(),
                            static_cast<const T*>(flow_.committed_state()), state_size);
    }
    copy_out(&result_->loss, flow_.loss());
    copy_out(&result_->squared_norm, squared_norm_.data());
    // Everything else draws its noise where it says.
    detail::check_cuda(cudaMemsetAsync(device_.step_shift(), 0, sizeof(std::uint64_t), device_.stream()),
                       "setting a number");
  }

  void copy_in(void* to, const void* from, std::size_t bytes) const {
    detail::check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, device_.stream()),
                       "copying to the card");
  }
  void copy_out(double* to, const double* from) const {
    detail::check_cuda(cudaMemcpyAsync(to, from, sizeof *to, cudaMemcpyDeviceToHost, device_.stream()),
                       "copying from the card");
  }

  FlowType& flow_;
  Cuda device_;
  FirstStep<FlowType> first_;
  Buffer<T, Cuda> gradients_;
  Buffer<std::byte, Cuda> rule_;
  Buffer<double, Cuda> squared_norm_;
  CudaPinned<Facts> facts_;
  CudaPinned<StepResult> result_;
  CudaGraph graph_;
  std::optional<Kind> tried_, recorded_;
  Index recorded_step_ = 0;
};

}  // namespace densenf
