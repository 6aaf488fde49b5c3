#pragma once

#include <string>
#include <utility>
#include <vector>

#include "densenf/autodiff/inverses.hpp"
#include "densenf/autodiff/policy.hpp"
#include "densenf/autodiff/tape.hpp"
#include "densenf/autodiff/var.hpp"
#include "densenf/core/arena.hpp"
#include "densenf/core/noise.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/kernels/contract.hpp"

namespace densenf {

/// Whether statistics (BatchNorm's) are taken from the batch, or those that training has left are used.
enum class Phase { training, evaluation };

/// Receives what leaves the flow on the way forward, in order.
template <class T>
class LatentSink {
public:
  virtual ~LatentSink() = default;
  virtual void keep(Tensor<const T> latent) = 0;
};

/// Gives back on the way back what left the flow, last first.
template <class T>
class LatentSource {
public:
  virtual ~LatentSource() = default;
  virtual void take(Tensor<T> latent) = 0;
};

/// Sees the output of each piece of a flow as it is computed; used to find where a number stopped being
/// finite.
template <class T>
class Watcher {
public:
  virtual ~Watcher() = default;
  virtual void see(const std::string& name, Tensor<const T> output, const double* log_prob) = 0;
};

/// Everything a pass over a model works on. One caller at a time.
template <class T, class Dev>
struct Workspace {
  explicit Workspace(Dev d) : device(d), memory(d), scratch(d), inverses(d) {}

  /// Gets ready for a pass of the given phase over the model whose parameters, state and noise these are,
  /// with everything else as it is in a plain evaluation. `inverses` must know the model's table.
  void begin(Phase pass, const T* pass_parameters, const T* pass_state, NoiseSource<T, Dev>& pass_noise,
             MemoryPolicy pass_policy = MemoryPolicy::store) {
    end();
    parameters = pass_parameters;
    gradients = nullptr;
    state = pass_state;
    next_state = nullptr;
    start_parameters = nullptr;
    start_state = nullptr;
    noise = &pass_noise;
    latents = nullptr;
    kept = nullptr;
    watcher = nullptr;
    table = nullptr;
    phase = pass;
    policy = pass_policy;
    images_at_once = 0;
    temperature = 1;
    // The other policies are there so that memory does not grow with a unit's depth; but a device that takes
    // as long for one matrix as for all of them keeps what is little beside everything else.
    keeps_inverses = policy == MemoryPolicy::store || requires { requires Dev::inverts_together; };
    if (keeps_inverses) inverses.prepare(memory, parameters);
  }

  /// Gives back all memory of a pass, so that the next one like it allocates nothing.
  void end() {
    memory.reset();
    scratch.reset();
    tape.reset();
  }

  Dev device;
  Arena<Dev> memory;
  Arena<Dev> scratch;  ///< of one operation at a time, so that it lies at the same place and stays in caches
  Tape tape;
  Inverses<T, Dev> inverses;   ///< of the parameters' squares
  bool keeps_inverses = true;  ///< whether all were found at the start of the pass

  const ParameterTable* table = nullptr;  ///< of the model, for names in messages; null: not known
  const T* parameters = nullptr;          ///< flat buffer, laid out by the ParameterTable
  T* gradients = nullptr;                 ///< like parameters; added to by the backward pass
  const T* state = nullptr;               ///< flat buffer likewise; no pass changes it
  T* next_state = nullptr;        ///< like state: what it becomes if the step is taken; null: nobody asks
  T* start_parameters = nullptr;  ///< parameters, for data-dependent starts alone; null in every other pass
  T* start_state = nullptr;       ///< state likewise

  NoiseSource<T, Dev>* noise = nullptr;
  LatentSink<T>* latents = nullptr;  ///< when encoding
  LatentSource<T>* kept = nullptr;   ///< when decoding
  Watcher<T>* watcher = nullptr;
  Phase phase = Phase::evaluation;
  MemoryPolicy policy = MemoryPolicy::store;
  Index images_at_once = 0;  ///< in work inside of coupling networks; 0: all (see autodiff/slices.hpp)
  double temperature = 1;    ///< of the base distributions when sampling
};

/// What operations and bijectors are given: a workspace, and at compile time whether adjoints are recorded.
/// The mathematics is written once; on a context that does not record, it only evaluates.
template <class T, class Dev, bool Recording>
class Context {
public:
  using Scalar = T;
  using Device = Dev;
  using Value = Var<T>;
  static constexpr bool records = Recording;

  explicit Context(Workspace<T, Dev>& workspace) : work_(workspace) {}

  Workspace<T, Dev>& workspace() const { return work_; }
  const Dev& device() const { return work_.device; }
  Arena<Dev>& memory() const { return work_.memory; }
  /// For what an operation needs only until it ends; it gives back all of it.
  Arena<Dev>& scratch() const { return work_.scratch; }
  NoiseSource<T, Dev>& noise() const { return *work_.noise; }
  bool training() const { return work_.phase == Phase::training; }
  /// Whether this pass is asked what the state becomes: the forward pass of a training step. A piece then
  /// writes next_state, as a function of state and its input; whoever runs the step takes it over when
  /// everything else has gone well.
  bool updates_state() const { return work_.next_state != nullptr; }
  /// Whether this pass is there for data-dependent starts: see Bijector.
  bool starts() const { return work_.start_parameters != nullptr; }

  /// Where the names of parameters and of state stand; null where the table is not known.
  const std::vector<ParamSpec>* specs() const { return work_.table ? &work_.table->parameters : nullptr; }
  const std::vector<ParamSpec>* state_specs() const { return work_.table ? &work_.table->state : nullptr; }

  const T* value(Param p) const { return work_.parameters + p.offset; }
  T* gradient(Param p) const { return work_.gradients + p.offset; }
  const T* state(Param p) const { return work_.state + p.offset; }
  /// Only where updates_state().
  T* next_state(Param p) const { return work_.next_state + p.offset; }
  /// Only where starts().
  T* start_value(Param p) const { return work_.start_parameters + p.offset; }
  T* start_state(Param p) const { return work_.start_state + p.offset; }
  /// A square's inverse and determinant: known since the start of the pass, or found now in the pass's
  /// memory.
  Inverted<T> inverted(const Square& s) const {
    return work_.keeps_inverses ? work_.inverses[s] : invert_now(memory(), s, value(s.weight));
  }

  Context<T, Dev, false> evaluating() const { return Context<T, Dev, false>(work_); }
  Context<T, Dev, true> recording() const { return Context<T, Dev, true>(work_); }

  /// An uninitialized batch of `n` images.
  Tensor<T> tensor(Index n, const Shape& s) const {
    return make_tensor(work_.memory.template allocate<T>(n * s.size()), n, s);
  }

  /// An uninitialized value that an operation is about to compute.
  Value output(Index n, const Shape& s) const { return variable(tensor(n, s)); }
  Value output_like(const Value& x, Index channels) const {
    return output(x.n(), {channels, x.value.h, x.value.w});
  }

  /// A value whose gradient is wanted.
  Value variable(Tensor<T> t) const {
    if constexpr (Recording) {
      auto* g = work_.tape.template make<Gradient<T>>();
      g->tensor = {nullptr, t.n, t.h, t.w, t.c, t.c};
      return {t, g, 0};
    } else {
      return {t, nullptr, 0};
    }
  }

  // The following are only for x.gradient != nullptr, unless they say otherwise.

  /// Takes the memory for the gradient of `x` now, so that it outlives what is taken and given back later.
  void hold_gradient(const Value& x) const {
    Tensor<T>& whole = x.gradient->tensor;
    if (whole.data == nullptr) whole.data = work_.memory.template allocate<T>(whole.size());
  }

  /// The same; whatever the memory holds is no gradient any more.
  void begin_gradient(const Value& x) const {
    hold_gradient(x);
    x.gradient->written = false;
  }

  /// The gradient of `x`, zero when the backward pass has not reached it yet.
  Tensor<T> gradient(const Value& x) const {
    hold_gradient(x);
    if (!std::exchange(x.gradient->written, true)) fill_zero(work_.device, x.gradient->tensor);
    return x.gradient->tensor.channels(x.first_channel, x.c());
  }

  /// The gradient of `x` for an adjoint that writes to every number of it: the first to come assigns, and
  /// nothing is filled with zeros in vain. For a constant, a place to write something useless to.
  GradientTarget<T> gradient_target(const Value& x) const {
    if (x.gradient == nullptr) return {tensor(x.n(), x.shape()), kernels::Write::assign};
    hold_gradient(x);
    if (x.c() != x.gradient->tensor.c || x.gradient->written) return {gradient(x)};
    x.gradient->written = true;
    return {x.gradient->tensor, kernels::Write::assign};
  }

  /// The same, but nothing (its tensor's data is null) for a constant.
  GradientTarget<T> gradient_target_if_any(const Value& x) const {
    return x.gradient != nullptr ? gradient_target(x) : GradientTarget<T>{};
  }

  /// Where log-determinants go that nobody asks for.
  LogProb unused_log_prob(Index n) const { return {work_.memory.template allocate<double>(n), nullptr}; }

  /// Records an adjoint: a functor taking the recording context. Nothing when not recording.
  template <class Adjoint>
  void record(const Adjoint& adjoint) const {
    if constexpr (Recording) work_.tape.template record<Context<T, Dev, true>>(adjoint);
  }

private:
  Workspace<T, Dev>& work_;
};

}  // namespace densenf
