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

  explicit TrainingPass(SessionType& session)
      : session_(&session),
        staged_(session.device(), session.shape()),
        next_state_(session.device(), session.table().state_size, "state") {}

  /// Brings a batch of at least one image to the device. Throws ArgumentError and ShapeError for what the
  /// flow cannot take.
  void stage(const Input& input) {
    const Index count = input.checked_count(session_->shape());
    if (count == 0) throw ArgumentError("There is nothing to learn from no images: give at least one.");
    staged_.stage(input, 0, count);
  }
  Index staged() const { return staged_.count(); }

  /// How a batch is differentiated.
  struct Options {
    MemoryPolicy policy = MemoryPolicy::store;
    Index slice = 0;  ///< images in work at once inside of couplings, to save memory; 0: all
    GradientListener* listener = nullptr;
  };

  /// The mean bits per dimension of the staged images, to `loss` on the device; its gradient, added to
  /// `gradients`, laid out like the parameters, unless that is null; and what the state becomes with this
  /// step, for next_state(). When it throws in the backward pass, `gradients` are zero.
  void differentiate(NoiseSource<T, Device>& noise, const Options& options, T* gradients, double* loss) {
    if (options.slice < 0)
      throw ArgumentError("The images in work at once must be 0 (all) or more, not {}.", options.slice);
    next_state_.assign(session_->state());
    const Pass<T, Device> pass{.weights = changing_weights(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .policy = options.policy,
                               .slice = options.slice,
                               .gradients = gradients,
                               .next_state = next_state_.data(),
                               .gradient_listener = options.listener};
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, true> forward(pass, work);
    const auto start = work.tape.mark();
    const Index n = staged();
    double* seeds = work.memory.template allocate<double>(n);
    const double per_image =
        -1 / (std::numbers::ln2 * static_cast<double>(n) * static_cast<double>(session_->shape().size()));
    set_each(device(), per_image, n, seeds);
    run_staged(session_->weights(), forward, staged_, seeds);
    scaled_sum(device(), per_image, std::as_const(staged_).log_prob(), n, loss);
    const Pass<T, Device> back = pass.backward();
    Context<T, Device, true> backward(back, work);
    try {
      work.tape.backward(backward, start);
    } catch (...) {
      if (gradients != nullptr)
        fill_zero(device(), make_tensor(gradients, 1, {session_->table().parameters_size, 1, 1}));
      throw;
    }
    work.end();
  }

  const Buffer<T, Device>& next_state() const { return next_state_; }

  /// Scratch memory for what is done with the pass, or in it by an observer.
  Arena<Device>& scratch() { return session_->workspace().scratch; }

  /// See Flow::settle.
  template <class WeightsType>
  void settle(WeightsType& weights) {
    densenf::settle(weights, session_->workspace());
  }

  /// Runs the staged images once for data-dependent starts, which go to `parameters` and `state`.
  void run_for_starts(NoiseSource<T, Device>& noise, Index slice, T* parameters, T* state) {
    const Pass<T, Device> pass{.weights = changing_weights(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .slice = slice,
                               .start_parameters = parameters,
                               .start_state = state};
    run(pass);
  }

  /// Runs the staged images once, with an observer of each piece's output. Changes nothing.
  void observe(NoiseSource<T, Device>& noise, Index slice, Observer<T>& observer) {
    const Pass<T, Device> pass{.weights = session_->weights().view(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .slice = slice,
                               .observer = &observer};
    run(pass);
  }

  /// While this stays the same, a pass over the staged images uses the same memory.
  MemoryLayout<T> memory_layout() const {
    return staged_.memory_layout(session_->weights().view(), session_->workspace());
  }

private:
  const Device& device() const { return session_->device(); }

  /// They change at the end of the step, and recorded passes run again with others.
  WeightsView<T> changing_weights() const { return session_->weights().view().of_any_version(); }

  void run(const Pass<T, Device>& pass) {
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, false> ctx(pass, work);
    const Var<T> z = run_staged(session_->weights(), ctx, staged_);
    if (pass.observer != nullptr)
      pass.observer->on_output("base_dist", as_const(z.value), staged_.log_prob());
    work.end();
  }

  SessionType* session_;
  Staging<T, Device, Condition> staged_;
  Buffer<T, Device> next_state_;
};

}  // namespace densenf
