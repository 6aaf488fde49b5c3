#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/check/transfer.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/flow/start.hpp"
#include "densenf/kernels/cpu/all.hpp"

namespace densenf {

/// Draws noise once and then gives the same numbers again, also after they were changed in between.
template <class Device = Cpu>
class RepeatedNoise : public NoiseSource<double, Device> {
public:
  /// One draw, channels last, on the host.
  struct Draw {
    bool normal;
    Index n;
    Shape shape;
    std::vector<double> values;
  };

  explicit RepeatedNoise(std::uint64_t seed)
      : key_{seed, static_cast<std::uint32_t>(Stream::evaluation), 0, 0} {}

  void normal(const Device& device, Tensor<double> out) override { give(device, next_++, out, true); }
  void uniform(const Device& device, Tensor<double> out) override { give(device, next_++, out, false); }
  /// Throws ArgumentError where the batch is worked on in slices.
  void uniform_again(const Device& device, Index number, Index first, Tensor<double> out) override {
    if (first != 0) throw ArgumentError("A RepeatedNoise gives draws for whole batches.");
    give(device, repeated_.find(number, next_), out, false);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<double> out) override {
    if (first != 0) throw ArgumentError("A RepeatedNoise gives draws for whole batches.");
    give(device, repeated_.find(number, next_), out, true);
  }
  Index count_again(const Device&, Index number, const CountLaw& law) override {
    std::vector<double> u(1);
    give(Cpu(1), repeated_.find(number, next_), make_tensor(u.data(), 1, Shape{1, 1, 1}), false);
    return law.number(u.front());
  }

  void rewind() {
    next_ = 0;
    repeated_.clear();
  }

  std::vector<Draw> draws;

private:
  template <class To>
  void give(const To& device, std::size_t i, Tensor<double> out, bool normal) {
    if (i == draws.size()) {
      Draw draw{normal, out.n, out.shape(), std::vector<double>(static_cast<std::size_t>(out.size()))};
      const auto values = make_tensor(draw.values.data(), out.n, out.shape());
      key_.draw = static_cast<std::uint32_t>(i);
      normal ? kernels::fill_normal(Cpu(1), key_, 0, values) : kernels::fill_uniform(Cpu(1), key_, 0, values);
      draws.push_back(std::move(draw));
    }
    const Draw& draw = draws[i];
    if (draw.normal != normal || draw.n != out.n || draw.shape != out.shape()) {
      throw ArgumentError(
          "Draw number {} was {} images of {}, but is now {} of {}: a piece must always ask for the same "
          "draws.",
          i + 1, draw.n, to_string(draw.shape), out.n, to_string(out.shape()));
    }
    set_values(device, draw.values.data(), out);
  }

  NoiseKey key_;
  std::size_t next_ = 0;
  RepeatedDraws repeated_;
};

/// Everything that a piece of a model needs to run alone, in double precision: parameters away from any
/// special start, state, noise that stays the same from pass to pass, and memory that is full of NaN before
/// each pass, so that numbers which nobody wrote are noticed. All numbers are the same on every device.
template <class Device = Cpu>
class TestBench {
public:
  using Value = Var<double>;
  using Evaluating = Context<double, Device, false>;
  using Recording = Context<double, Device, true>;

  explicit TestBench(std::uint64_t seed, Device device = Device(1))
      : noise(seed), work(std::move(device)), key_{seed, static_cast<std::uint32_t>(Stream::data), 0, 0} {}

  /// Collects the parameters that `declare(builder)` declares, gives them values and returns what it
  /// returned.
  template <class Declare>
  auto declare(const Declare& declare) {
    Builder builder(table);
    auto made = declare(builder);
    work.declare(table);
    parameters = make_buffer(work.device, started(table.parameters, table.parameters_size, -0.2, 0.2));
    // Upwards only: variances stay positive, and flags count as set.
    state = make_buffer(work.device, started(table.state, table.state_size, 0.1, 0.4));
    return made;
  }

  /// Numbers of the host between low and high, different ones at each call.
  std::vector<double> uniform(Index count, double low, double high) {
    std::vector<double> values(static_cast<std::size_t>(count));
    ++key_.draw;
    kernels::fill_uniform(Cpu(1), key_, 0, make_tensor(values.data(), 1, Shape{count, 1, 1}));
    for (double& v : values) v = low + (high - low) * v;
    return values;
  }

  /// Gets ready for a pass that nobody asks what the state becomes. What else it is to do may be said in
  /// `pass` until it begins.
  Evaluating begin(Phase phase, MemoryPolicy policy = MemoryPolicy::store) {
    pass = Pass<double, Device>{.weights = {&table, parameters.data(), state.data()},
                                .noise = &noise,
                                .phase = phase,
                                .policy = policy};
    work.begin(pass);
    poison(work.memory);
    poison(work.scratch);
    noise.rewind();
    return Evaluating(pass, work);
  }

  /// After begin: the pass says in next_state what the state becomes.
  void ask_for_next_state() {
    next_state = make_buffer(work.device, state.to_host());
    pass.next_state = next_state.data();
  }

  /// After begin: the pass gives data-dependent starts to parameters whose flags are not set.
  void ask_for_starts() {
    pass.start_parameters = parameters.data();
    pass.start_state = state.data();
  }

  /// A batch of these numbers of the host, channels last, in the memory of the pass.
  Tensor<double> batch(const double* values, Index n, const Shape& s) {
    const Tensor<double> t = make_tensor(work.memory.template allocate<double>(n * s.size()), n, s);
    set_values(work.device, values, t);
    return t;
  }

  /// What no pass has written: a NaN of which all bits are set.
  static bool poisoned(double v) { return std::bit_cast<std::uint64_t>(v) == ~std::uint64_t{0}; }

  ParameterTable table;
  Buffer<double, Device> parameters, state, next_state;
  RepeatedNoise<Device> noise;
  Workspace<double, Device> work;
  Pass<double, Device> pass;

private:
  /// As much as any pass has used, and at first as much as a small piece may use.
  void poison(Arena<Device>& arena) {
    const auto mark = arena.mark();
    const std::size_t bytes = std::max(arena.peak_bytes(), std::size_t{1} << 17);
    set_all_bits(work.device, arena.template allocate<std::byte>(static_cast<Index>(bytes)), bytes);
    arena.release(mark);
  }

  std::vector<double> started(const std::vector<ParamSpec>& specs, Index size, double low, double high) {
    std::vector<double> values(static_cast<std::size_t>(size));
    initialize_values(Cpu(1), specs, key_.seed, values.data());
    for (const ParamSpec& spec : specs) {
      // Permutations and signs would be none any more.
      if (&specs == &table.state && spec.init.kind == Init::Kind::lu) continue;
      const std::vector<double> move = uniform(spec.place.size, low, high);
      for (std::size_t i = 0; i < move.size(); ++i)
        values[static_cast<std::size_t>(spec.place.offset) + i] += move[i];
    }
    return values;
  }

  NoiseKey key_;
};

/// Where number i of a channels-last tensor is, for messages.
inline std::string place_of(Index i, const Shape& s) {
  return fmt::format("image {}, channel {}, row {}, column {}", i / s.size(), i % s.c, i / s.c / s.w % s.h,
                     i / s.c % s.w);
}

}  // namespace densenf
