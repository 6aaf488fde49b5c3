#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "densenf/flow/session.hpp"

namespace densenf {

/// The forward and backward pass of a training step: the loss of a batch, its gradient, and what the state
/// becomes with the step. Changes no weights. Keeps a reference to the session, whose storage it works in.
///
/// The batch is staged first, so that the pass itself waits for nothing and finds everything at the same
/// places in memory every time: a device that records it can start the recording again.
template <class SessionType>
class TrainingPass {
public:
  using T = typename SessionType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<SessionType&>().device())>;
  using Input = typename SessionType::Input;
  using Condition = typename SessionType::ConditionType;
  static constexpr bool conditional = SessionType::conditional;

  explicit TrainingPass(SessionType& session)
      : session_(&session), next_state_(session.device(), session.table().state_size, "state") {}

  /// Brings a batch of at least one image to the device. Throws ArgumentError and ShapeError for what the
  /// flow cannot take.
  void stage(const Input& input) {
    const Shape& shape = session_->shape();
    const Index count = input.checked_count(shape);
    if (count == 0) throw ArgumentError("There is nothing to learn from no images: give at least one.");
    fit(images_, count * shape.size(), "images");
    input.images().upload(shape, device(), 0, images().value);
    if constexpr (conditional) {
      fit(given_, count * Condition::shape.size(), "conditions");
      input.given().upload(Condition::shape, device(), 0, given().value);
    }
  }
  Index staged() const { return images_.size() / session_->shape().size(); }

  /// How a batch is differentiated.
  struct Options {
    MemoryPolicy policy = MemoryPolicy::store;
    Index slice = 0;  ///< images in work at once inside of coupling networks, to save memory; 0: all
    GradientListener* listener = nullptr;
  };

  /// The mean bits per dimension of the staged images, to `loss` on the device; its gradient, added to
  /// `gradients`, laid out like the parameters; and what the state becomes with this step, for next_state().
  /// When it throws in the backward pass, `gradients` are zero.
  void differentiate(NoiseSource<T, Device>& noise, const Options& options, T* gradients, double* loss) {
    if (options.slice < 0)
      throw ArgumentError("The images in work at once must be 0 (all) or more, not {}.", options.slice);
    next_state_.assign(session_->state());
    // Recorded passes run again with other weights: so their version is not known.
    Pass<T, Device> pass = session_->pass(noise, Phase::training);
    pass.version = 0;
    pass.policy = options.policy;
    pass.slice = options.slice;
    pass.gradients = gradients;
    pass.next_state = next_state_.data();
    pass.gradient_listener = options.listener;
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, true> forward(pass, work);
    const auto start = work.tape.mark();
    const Index n = staged();
    double* log_prob = work.memory.template allocate<double>(n);
    double* seeds = work.memory.template allocate<double>(n);
    const double per_image =
        -1 / (std::numbers::ln2 * static_cast<double>(n) * static_cast<double>(session_->shape().size()));
    set_each(device(), 0.0, n, log_prob);
    set_each(device(), per_image, n, seeds);
    session_->run(forward, images(), given(), {log_prob, seeds});
    scaled_sum(device(), per_image, static_cast<const double*>(log_prob), n, loss);
    // Stretches that run again on the way back have said what the state becomes.
    Pass<T, Device> back = pass;
    back.next_state = nullptr;
    Context<T, Device, true> backward(back, work);
    try {
      work.tape.backward(backward, start);
    } catch (...) {
      fill_zero(device(), make_tensor(gradients, 1, {session_->table().parameters_size, 1, 1}));
      throw;
    }
    work.end();
  }

  const Buffer<T, Device>& next_state() const { return next_state_; }

  /// Scratch memory for what is done with the pass, or in it by an observer.
  Arena<Device>& scratch() { return session_->workspace().scratch; }

  /// Runs the staged images once for data-dependent starts, which go to `parameters` and `state`.
  void run_for_starts(NoiseSource<T, Device>& noise, Index slice, T* parameters, T* state) {
    Pass<T, Device> pass = session_->pass(noise, Phase::training);
    pass.version = 0;
    pass.slice = slice;
    pass.start_parameters = parameters;
    pass.start_state = state;
    run(pass);
  }

  /// Runs the staged images once, with an observer of each piece's output. Changes nothing.
  void observe(NoiseSource<T, Device>& noise, Index slice, Observer<T>& observer) {
    Pass<T, Device> pass = session_->pass(noise, Phase::training);
    pass.slice = slice;
    pass.observer = &observer;
    run(pass);
  }

  /// Where things lie and how many images are staged. While this stays the same, a pass over the staged
  /// images uses the same memory.
  struct MemoryLayout {
    const T* parameters;
    const T* state;
    const T* images;
    const T* given;
    Index numbers;
    std::uint64_t memory, scratch;
    bool operator==(const MemoryLayout&) const = default;
  };
  MemoryLayout memory_layout() const {
    Workspace<T, Device>& work = session_->workspace();
    return {session_->parameters().data(),
            session_->state().data(),
            images_.data(),
            given_.data(),
            images_.size(),
            work.memory.generation(),
            work.scratch.generation()};
  }

private:
  const Device& device() const { return session_->device(); }

  void fit(Buffer<T, Device>& buffer, Index numbers, const char* what) const {
    if (buffer.size() != numbers) buffer = Buffer<T, Device>(device(), numbers, what);
  }
  Var<T> images() { return {make_tensor(images_.data(), staged(), session_->shape())}; }
  Var<T> given() {
    if constexpr (conditional)
      return {make_tensor(given_.data(), staged(), Condition::shape)};
    else
      return {};
  }

  void run(const Pass<T, Device>& pass) {
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, false> ctx(pass, work);
    double* log_prob = work.memory.template allocate<double>(staged());
    set_each(device(), 0.0, staged(), log_prob);
    const Var<T> z = session_->run(ctx, images(), given(), {log_prob, nullptr});
    if (pass.observer != nullptr) pass.observer->on_output("base_dist", as_const(z.value), log_prob);
    work.end();
  }

  SessionType* session_;
  Buffer<T, Device> images_, given_, next_state_;
};

}  // namespace densenf
