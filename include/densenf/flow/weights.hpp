#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/core/buffer.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/flow/condition.hpp"
#include "densenf/flow/start.hpp"

namespace densenf {

namespace detail {
/// Called for an extent of a literal shape that is none. The call itself is the error, and the compiler
/// quotes the line with its sentence.
void not_a_literal(const char* sentence);

/// By reference: a value would be read, and be an error without a sentence, before this is called.
template <class Extent>
constexpr Index literal_extent(const Extent& extent) {
#if defined(__GNUC__) && !defined(__CUDACC__)  // nvcc does not see through the reference
  if (!__builtin_constant_p(extent))
    not_a_literal("For an extent that only the running program knows write Shape{c, h, w}, not {c, h, w}.");
#endif
  return static_cast<Index>(extent);
}
}  // namespace detail

/// The shape of a model's images. A literal, {3, 32, 32}, is checked by the compiler; a Shape when the
/// program runs (ShapeError).
template <class Model>
struct InputShape {
  template <std::integral C, std::integral H, std::integral W>
  consteval InputShape(const C& c, const H& h, const W& w)
      : shape{detail::literal_extent(c), detail::literal_extent(h), detail::literal_extent(w)} {
    static_cast<void>(Model::output_shape(shape));
  }
  InputShape(const Shape& s) : shape(s) {
    value_count("A flow", 1, shape);  // whatever is computed from it can be counted, too
    static_cast<void>(Model::output_shape(shape));
  }
  Shape shape;
};

/// A model, its base distribution and its condition, with the numbers of all their parameters and their state
/// on a device. What a Session computes with: constant weights may be shared by any number of them, in any
/// number of threads.
///
/// Copies have numbers of their own. Every change of a number gives the weights a new version.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Weights {
  static_assert((Model::takes_context || Base::takes_context) == (Condition::channels > 0),
                "A model whose pieces take a context needs a condition that makes it, Given<Channels> for "
                "instance, and a model without such pieces has NoCondition.");

public:
  using Scalar = T;
  using DeviceType = Device;
  using ConditionType = Condition;

  /// With random parameters; the same seed gives the same ones on every device.
  explicit Weights(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : shape_(shape.shape), device_(std::move(device)) {
    table_ = declared(shape_, model_, base_, condition_);
    parameters_ = Buffer<T, Device>(device_, table_.parameters_size);
    state_ = Buffer<T, Device>(device_, table_.state_size, "state");
    initialize(seed);
  }

  /// What weights for images of this shape consist of, without memory for their numbers.
  static ParameterTable table_for(InputShape<Model> shape) {
    Model model;
    Base base;
    Condition condition;
    return declared(shape.shape, model, base, condition);
  }

  Weights(const Weights& other)
      : shape_(other.shape_),
        device_(other.device_),
        table_(other.table_),
        condition_(other.condition_),
        model_(other.model_),
        base_(other.base_),
        parameters_(device_, table_.parameters_size),
        state_(device_, table_.state_size, "state"),
        settled_(other.settled_) {
    parameters_.assign(other.parameters_);
    state_.assign(other.state_);
    synchronize(device_);  // sessions may read them in another stream
  }
  /// Takes the numbers of weights of the same model for images of the same shape; ShapeError for others,
  /// whose sessions have no room for them.
  Weights& operator=(const Weights& other) {
    if (other.shape_ != shape_) {
      throw ShapeError("Weights for images of {} cannot become those for images of {}: make others.",
                       to_string(shape_), to_string(other.shape_));
    }
    if (this != &other) {
      change([&](auto& parameters, auto& state) {
        parameters.assign(other.parameters_);
        state.assign(other.state_);
      });
      settled_ = other.settled_;
      synchronize(device_);
    }
    return *this;
  }
  Weights(Weights&&) noexcept = default;

  const Shape& shape() const { return shape_; }
  const Device& device() const { return device_; }
  const Model& model() const { return model_; }
  const Base& base() const { return base_; }
  const Condition& condition() const { return condition_; }
  const ParameterTable& table() const { return table_; }

  /// The flat buffers, laid out by table().
  const Buffer<T, Device>& parameters() const { return parameters_; }
  const Buffer<T, Device>& state() const { return state_; }
  /// Weights whose version has stayed the same have the same numbers.
  std::uint64_t version() const { return version_; }

  // ---- passes, in contexts whose pass has these weights' view; `given` is the condition of the images, on
  // the device, and unused where there is none ----

  WeightsView<T> view() const { return {&table_, parameters_.data(), state_.data(), version_}; }

  /// Runs the model on x: returns what arrives at the base, and adds each image's log-probability or bound.
  template <class Ctx, class V = typename Ctx::Value>
  V run(const Ctx& ctx, const V& x, const V& given, LogProb log_prob) const {
    return with_context(ctx, given, [&](const auto&... context) {
      const V z = model_.apply(ctx, x, log_prob, context...);
      base_.log_prob(ctx, z, 1, log_prob, context...);
      return z;
    });
  }
  /// Draws from the model, at the pass's temperature.
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, Index count, const V& given) const {
    return with_context(ctx, given, [&](const auto&... context) {
      return model_.invert(ctx, base_.sample(ctx, count, ctx.pass().temperature, context...), context...);
    });
  }
  /// What the model makes z of.
  template <class Ctx, class V = typename Ctx::Value>
  V invert(const Ctx& ctx, const V& z, const V& given) const {
    return with_context(ctx, given,
                        [&](const auto&... context) { return model_.invert(ctx, z, context...); });
  }

  /// Fresh random parameters and state.
  void initialize(std::uint64_t seed) {
    std::vector<T> parameters(static_cast<std::size_t>(table_.parameters_size));
    std::vector<T> state(static_cast<std::size_t>(table_.state_size), T(0));
    initialize_values(Cpu(1), table_.parameters, seed, parameters.data());
    initialize_values(Cpu(1), table_.state, seed, state.data());
    set_parameters(parameters);
    set_state(state);
    settled_ = Settled::never;
  }

  /// All numbers of the host, laid out by table(); a ShapeError unless there are as many as the buffer has.
  void set_parameters(std::span<const T> values) {
    change([&](auto& parameters, auto&) { parameters.assign(values); });
  }
  void set_state(std::span<const T> values) {
    change([&](auto&, auto& state) { state.assign(values); });
    settled_ = Settled::now;
  }
  /// Those from `first` on, which must lie within the buffer.
  void set_parameters_at(Index first, std::span<const T> values) {
    change([&](auto& parameters, auto&) { parameters.assign_at(first, values); });
  }
  void set_state_at(Index first, std::span<const T> values) {
    change([&](auto&, auto& state) { state.assign_at(first, values); });
    settled_ = Settled::now;
  }

  /// Calls f(parameters, state), which may change both on the device.
  template <class F>
  void change(const F& f) {
    starts_may_be_missing_ = true;
    take_step(f);
  }
  /// The same for the steps of a training, which leave the flags of data-dependent starts as they are.
  template <class F>
  void take_step(const F& f) {
    ++version_;
    if (settled_ == Settled::now) settled_ = Settled::before;
    f(parameters_, state_);
  }

  /// Whether the numbers of the state that follow from the parameters (see Flow::settle) are those of these
  /// parameters: they are when the state was set, or f(state) has brought them there.
  bool settled() const { return !table_.settles || settled_ == Settled::now; }
  /// Whether they never were, since the parameters are random.
  bool never_settled() const { return table_.settles && settled_ == Settled::never; }
  template <class F>
  void settle(const F& f) {
    ++version_;
    f(state_);
    settled_ = Settled::now;
  }
  /// Says that the state has been put back to what it was before it ever was settled.
  void unsettle() { settled_ = Settled::never; }

  /// Which parameters wait for their start from data. Looks at the device only where it must.
  std::vector<DataStart> missing_starts() {
    std::vector<DataStart> missing;
    if (!starts_may_be_missing_) return missing;
    for (const DataStart& s : table_.data_starts) {
      if (state_.to_host(s.flag.offset, 1).front() == T(0)) missing.push_back(s);
    }
    starts_may_be_missing_ = !missing.empty();
    return missing;
  }

private:
  static ParameterTable declared(const Shape& shape, Model& model, Base& base, Condition& condition) {
    ParameterTable table;
    Builder builder(table);
    if constexpr (requires { condition.declare(builder); }) condition.declare(builder);
    model.build(builder, shape);
    base.declare(builder, model.output());
    return table;
  }

  /// f(context), or f() where there is no condition.
  template <class Ctx, class V, class F>
  V with_context(const Ctx& ctx, const V& given, const F& f) const {
    if constexpr (Condition::channels > 0)
      return f(condition_.embed(ctx, given));
    else
      return f();
  }

  Shape shape_;
  Device device_;
  ParameterTable table_;
  Condition condition_;
  Model model_;
  Base base_;
  Buffer<T, Device> parameters_, state_;
  std::uint64_t version_ = 1;
  enum class Settled { never, before, now } settled_ = Settled::never;
  bool starts_may_be_missing_ = true;  ///< unless it is false, flags on the device say it
};

}  // namespace densenf
