#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/autodiff/context.hpp"

// Derivatives of a network along a direction. A network is a template over its context, and its values have
// the type that the context says; so it is run on values that carry their tangents, for which operations have
// overloads beside their own definitions. What these compute is made of operations again: on a context that
// records, tangents are differentiated like everything else.
namespace densenf {

/// A value x and its tangent: dx/dt, where the value depends on a number t. Without data it is 0.
template <class T>
struct Dual : Var<T> {
  Var<T> tangent = {};

  const Var<T>& primal() const { return *this; }
  bool moves() const { return tangent.value.data != nullptr; }

  constexpr Dual channels(Index first, Index count) const {
    return {Var<T>::channels(first, count), moves() ? tangent.channels(first, count) : Var<T>{}};
  }
};

/// A context whose values carry tangents, over another context in which everything is computed. A network
/// may be run again at the same place with other tangents, after again(): what does not depend on the
/// tangents is computed the first time only. It must then do the same operations again.
///
/// An operation without an overload for it does not compile.
template <class Context>
class Tangents {
public:
  using Scalar = typename Context::Scalar;
  using Device = typename Context::Device;
  using Value = Dual<Scalar>;
  using Plain = Var<Scalar>;
  static constexpr bool records = Context::records;

  explicit Tangents(const Context& context)
      : context_(context), known_(context.workspace().known_values), first_(known_.size()), next_(first_) {}
  ~Tangents() { known_.resize(first_); }
  Tangents(const Tangents&) = delete;
  Tangents& operator=(const Tangents&) = delete;

  /// Where everything is computed.
  const Context& plain() const { return context_; }

  /// A value that does not depend on tangents: make(plain()), the first time.
  template <class Make>
  Plain value(const Make& make) const {
    if (!again_) {
      const Plain made = make(context_);
      known_.push_back(made);
      return made;
    }
    return known_[next_++];
  }
  /// Work that does not depend on tangents: run(plain()), the first time.
  template <class Run>
  void compute(const Run& run) const {
    if (!again_) run(context_);
  }

  /// From now on the network is run again, with other tangents.
  void again() {
    again_ = true;
    next_ = first_;
  }

  // ---- what networks ask of their context ----

  const auto& pass() const { return context_.pass(); }
  bool training() const { return context_.training(); }
  bool updates_state() const { return !again_ && context_.updates_state(); }
  static constexpr bool starts() { return false; }
  Value parameter(Param p) const { return {context_.parameter(p), {}}; }
  Value state_value(Param p) const { return {context_.state_value(p), {}}; }
  const Scalar* state(Param p) const { return context_.state(p); }
  Scalar* next_state(Param p) const { return context_.next_state(p); }
  std::string name_in_message(const Value& v) const { return context_.name_in_message(v.primal()); }

  /// A value that operations are about to compute, range by range, with a tangent.
  Value output(Index n, const Shape& s) const {
    return {value([&](const auto& c) { return c.output(n, s); }), context_.output(n, s)};
  }
  Value output_like(const Value& x, Index channels) const {
    return output(x.n(), {channels, x.value.h, x.value.w});
  }

  // ---- what operations ask of it, none of which knows tangents unless it has an overload for them ----

  template <class Never = void>
  const Device& device() const {
    require_overload<Never>();
    return context_.device();
  }
  template <class Never = void>
  auto& memory() const {
    require_overload<Never>();
    return context_.memory();
  }
  template <class Never = void>
  auto& scratch() const {
    require_overload<Never>();
    return context_.scratch();
  }
  template <class Adjoint>
  void record(const Adjoint&) const {
    require_overload<void>();
  }

private:
  template <class Never>
  static constexpr void require_overload() {
    static_assert(
        !std::is_void_v<Never>,
        "An operation in this network has no tangents: it needs an overload for Tangents, beside its "
        "definition in densenf/ops.");
  }

  const Context& context_;
  std::vector<Plain>& known_;
  std::size_t first_;
  mutable std::size_t next_;
  bool again_ = false;
};

template <class Context>
inline constexpr bool carries_tangents<Tangents<Context>> = true;

/// make(context) as a value that does not depend on a network's image, such as a weight: on a context with
/// tangents it is computed once, and without any.
template <class Ctx, class Make, class V = typename Ctx::Value>
V without_tangent(const Ctx& ctx, const Make& make) {
  if constexpr (carries_tangents<Ctx>)
    return {ctx.value(make), {}};
  else
    return make(ctx);
}

/// The Jacobian of a network, or of any other function of values, at x, times vectors. `run(context, x)` is
/// called with a context and a value of its type.
template <class Context, class Run>
class Linearization {
public:
  using Plain = typename Context::Value;

  Linearization(const Context& context, const Run& run, const Plain& x)
      : tangents_(context), run_(run), x_(x) {}

  /// J t, differentiable by what `run` depends on and by t where the context records. The first call computes
  /// what the function makes of x, too.
  Plain times(const Plain& t) {
    if (computed_) tangents_.again();
    const Dual<typename Context::Scalar> y =
        run_(std::as_const(tangents_), Dual<typename Context::Scalar>{x_, t});
    if (!computed_) value_ = y.primal();
    computed_ = true;
    return y.tangent;
  }

  /// What the function makes of x, after the first product.
  const Plain& value() const { return value_; }

private:
  Tangents<Context> tangents_;
  const Run& run_;
  Plain x_, value_;
  bool computed_ = false;
};

/// The transposed Jacobian of a network, or of any other function of values, at x, times vectors: what its
/// backward pass does, which is recorded once and run for each of them. Nothing else is differentiated, so
/// parameters are constants. All memory is given back in the end.
template <class T, class Device, class Run>
class Pullback {
public:
  template <bool Recording>
  Pullback(const Context<T, Device, Recording>& context, const Run& run, const Tensor<T>& x)
      : pass_(differentiating(context.pass())),
        ctx_(pass_, context.workspace()),
        memory_(ctx_.memory().mark()),
        tape_(ctx_.tape().mark()) {
    auto* gradient = ctx_.tape().template make<Gradient<T>>();
    x_ = {x, gradient, 0};
    y_ = run(std::as_const(ctx_), x_);
    recorded_ = ctx_.tape().mark();
  }
  ~Pullback() {
    ctx_.tape().forget(tape_);
    ctx_.memory().release(memory_);
  }
  Pullback(const Pullback&) = delete;
  Pullback& operator=(const Pullback&) = delete;

  /// product = J' vector; vector and product may be the same memory.
  void times(const Tensor<const T>& vector, const Tensor<T>& product) {
    const auto scope = ctx_.memory().scope();
    x_.gradient->tensor = {nullptr, x_.value.n, x_.value.h, x_.value.w, x_.value.c, x_.value.c};
    x_.gradient->written = false;
    const auto dy = ctx_.gradient_target(y_);
    copy(ctx_.device(), vector, dy.tensor, dy.write);
    ctx_.hold_gradient(x_);
    ctx_.tape().run(ctx_, tape_, recorded_);
    copy(ctx_.device(), as_const(ctx_.gradient(x_)), product);
  }

  /// What the function makes of x.
  const Tensor<T>& value() const { return y_.value; }

private:
  static Pass<T, Device> differentiating(Pass<T, Device> pass) {
    pass.gradients = nullptr;
    pass.next_state = nullptr;
    pass.gradient_listener = nullptr;
    pass.operations = nullptr;
    pass.slice = 0;
    pass.repeats_adjoints = true;
    return pass;
  }

  Pass<T, Device> pass_;
  Context<T, Device, true> ctx_;
  typename Arena<Device>::Mark memory_;
  typename Tape<Context<T, Device, true>>::Mark tape_, recorded_;
  Var<T> x_, y_;
};

template <class T, class Device, bool Recording, class Run>
Pullback(const Context<T, Device, Recording>&, const Run&, const Tensor<T>&) -> Pullback<T, Device, Run>;

}  // namespace densenf
