#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "densenf/autodiff/pass.hpp"
#include "densenf/autodiff/var.hpp"
#include "densenf/autodiff/workspace.hpp"

namespace densenf {

/// What operations and bijectors are given: a pass, the storage that it works in, and at compile time whether
/// adjoints are recorded. The mathematics is written once; on a context that does not record, it only
/// evaluates. Refers to both.
template <class T, class Dev, bool Recording>
class Context {
public:
  using Scalar = T;
  using Device = Dev;
  using Value = Var<T>;
  static constexpr bool records = Recording;

  Context(const Pass<T, Dev>& pass, Workspace<T, Dev>& workspace) : pass_(pass), work_(workspace) {}
  Context(const Pass<T, Dev>&&, Workspace<T, Dev>&) = delete;

  const Pass<T, Dev>& pass() const { return pass_; }
  Workspace<T, Dev>& workspace() const { return work_; }
  Tape<Context<T, Dev, true>>& tape() const { return work_.tape; }
  const Dev& device() const { return work_.device; }
  Arena<Dev>& memory() const { return work_.memory; }
  /// For what an operation needs only until it ends; it gives back all of it.
  Arena<Dev>& scratch() const { return work_.scratch; }
  NoiseSource<T, Dev>& noise() const { return *pass_.noise; }
  bool training() const { return pass_.phase == Phase::training; }
  /// Whether this pass is asked what the state becomes: the forward pass of a training step. A piece then
  /// writes next_state, as a function of state and its input; the trainer takes it over when the whole
  /// step has succeeded.
  bool updates_state() const { return pass_.next_state != nullptr; }
  /// Whether this pass is there for data-dependent starts: see Bijector.
  bool starts() const { return pass_.start_state != nullptr; }  // in which there is a flag for each

  /// A parameter as a value, of as many pixels as each output has weights, and as many channels as there are
  /// outputs; a vector is one pixel. Its gradient is where the pass adds up those of the parameters; without
  /// such a place it is a constant. A parameter that was not declared (size 0) has no data.
  Value parameter(Param p) const {
    if (p.size == 0) return {};
    // Only the operation that makes a value writes to it.
    T* const numbers = const_cast<T*>(pass_.weights.parameters + p.offset);
    const Value v{{numbers, 1, p.size / p.out, 1, p.out, p.out}, nullptr, 0};
    if constexpr (Recording) {
      if (pass_.gradients == nullptr) return v;
      auto* g = work_.tape.template make<Gradient<T>>();
      *g = {v.value, true};
      g->tensor.data = pass_.gradients + p.offset;
      return {v.value, g, 0};
    } else {
      return v;
    }
  }

  /// The numbers of a parameter where nothing is differentiated.
  const T* value(Param p) const { return pass_.weights.parameters + p.offset; }
  const T* state(Param p) const { return pass_.weights.state + p.offset; }
  /// The same as a value, which is a constant: a vector, or like a parameter of its extents.
  Value state_value(Param p) const {
    return {{const_cast<T*>(state(p)), 1, p.size / p.out, 1, p.out, p.out}, nullptr, 0};
  }
  /// Only where updates_state().
  T* next_state(Param p) const { return pass_.next_state + p.offset; }
  /// Only where starts().
  T* start_value(Param p) const { return pass_.start_parameters + p.offset; }
  T* start_state(Param p) const { return pass_.start_state + p.offset; }
  /// A square's inverse and determinant: known since the start of the pass, or found now in the pass's
  /// memory.
  Inverted<T> inverted(const InvertibleMatrix& s) const {
    return Workspace<T, Dev>::keeps_inverses(pass_.policy) ? work_.inverses[s]
                                                           : invert_now(memory(), s, value(s.weight));
  }

  /// The same of a matrix of the state.
  Inverted<T> inverted_state(const InvertibleMatrix& s) const { return work_.state_inverses[s]; }

  /// Tells that so many products of two numbers are computed and added up, for who counts operations; the CPU
  /// computes a share of them.
  void count_products(double products, double share_on_cpu = 1) const {
    if (pass_.operations == nullptr) return;
    pass_.operations->defined += 2 * products;
    pass_.operations->on_cpu += 2 * products * share_on_cpu;
  }
  /// The same of `pixels` pixels with these weights.
  void count_products(Index pixels, const Value& weight, double share_on_cpu = 1) const {
    count_products(static_cast<double>(pixels) * static_cast<double>(weight.value.size()), share_on_cpu);
  }

  /// What a sentence calls a value: the parameter's name, if it is one and names are known.
  std::string name_in_message(const Value& v) const {
    return densenf::name_in_message(
        pass_.weights.table ? &pass_.weights.table->parameters : nullptr,
        [&](const ParamSpec& spec) { return value(spec.place) == v.value.data; }, "A weight");
  }
  /// The same of a tensor of the state.
  std::string state_name_in_message(Param p) const {
    return densenf::name_in_message(
        pass_.weights.table ? &pass_.weights.table->state : nullptr,
        [p](const ParamSpec& spec) { return spec.place == p; }, "A tensor of the state");
  }

  Context<T, Dev, false> evaluating() const { return Context<T, Dev, false>(pass_, work_); }
  Context<T, Dev, true> recording() const { return Context<T, Dev, true>(pass_, work_); }

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
      // Run after all that write to this gradient or read it.
      if (pass_.repeats_adjoints) {
        record([g](auto&) {
          g->tensor.data = nullptr;
          g->written = false;
        });
      }
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

  /// The gradient of `x` for an adjoint that writes to every number of it: the first adjoint
  /// assigns, later ones add, so no zero fill is needed. For a constant: memory whose content is ignored.
  GradientTarget<T> gradient_target(const Value& x) const {
    if (x.gradient == nullptr) return {tensor(x.n(), x.shape()), kernels::Write::assign};
    hold_gradient(x);
    if (x.c() != x.gradient->tensor.c || x.gradient->written) return {gradient(x)};
    x.gradient->written = true;
    return {x.gradient->tensor, kernels::Write::assign};
  }

  /// The gradient of `x` for an adjoint that adds to it; for a constant: memory whose
  /// content is ignored.
  Tensor<T> gradient_or_unused(const Value& x) const {
    return x.gradient != nullptr ? gradient(x) : tensor(x.n(), x.shape());
  }

  /// The same as gradient_target, but nothing (its tensor's data is null) for a constant.
  GradientTarget<T> gradient_target_if_any(const Value& x) const {
    return x.gradient != nullptr ? gradient_target(x) : GradientTarget<T>{};
  }

  /// Memory for log-determinants that are not used.
  LogProb unused_log_prob(Index n) const { return {work_.memory.template allocate<double>(n), nullptr}; }

  /// Records an adjoint: a functor taking the recording context. Nothing when not recording.
  template <class Adjoint>
  void record(const Adjoint& adjoint) const {
    if constexpr (Recording) work_.tape.record(adjoint);
  }

private:
  const Pass<T, Dev>& pass_;
  Workspace<T, Dev>& work_;
};

/// Whether the values of a context carry tangents (autodiff/tangents.hpp).
template <class Ctx>
inline constexpr bool carries_tangents = false;

}  // namespace densenf
