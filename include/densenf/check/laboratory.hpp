#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/flow/start.hpp"

namespace densenf {

/// Draws noise once and then gives the same numbers again, also after they were changed in between.
class RepeatedNoise : public NoiseSource<double, Cpu> {
public:
  /// One draw, channels last.
  struct Draw {
    bool normal;
    Index n;
    Shape shape;
    std::vector<double> values;
  };

  explicit RepeatedNoise(std::uint64_t seed)
      : key_{seed, static_cast<std::uint32_t>(Stream::evaluation), 0, 0} {}

  void normal(const Cpu& cpu, Tensor<double> out) override { give(cpu, out, true); }
  void uniform(const Cpu& cpu, Tensor<double> out) override { give(cpu, out, false); }

  void rewind() { next_ = 0; }

  std::vector<Draw> draws;

private:
  void give(const Cpu& cpu, Tensor<double> out, bool normal) {
    if (next_ == draws.size()) {
      Draw draw{normal, out.n, out.shape(), std::vector<double>(static_cast<std::size_t>(out.size()))};
      const auto values = make_tensor(draw.values.data(), out.n, out.shape());
      key_.draw = static_cast<std::uint32_t>(next_);
      normal ? kernels::fill_normal(cpu, key_, 0, values) : kernels::fill_uniform(cpu, key_, 0, values);
      draws.push_back(std::move(draw));
    }
    const Draw& draw = draws[next_++];
    if (draw.normal != normal || draw.n != out.n || draw.shape != out.shape()) {
      throw ArgumentError(
          "Draw number {} was {} images of {}, but is now {} of {}: a piece must always ask for the same "
          "draws.",
          next_, draw.n, to_string(draw.shape), out.n, to_string(out.shape()));
    }
    kernels::copy(cpu, make_tensor(static_cast<const double*>(draw.values.data()), draw.n, draw.shape), out);
  }

  NoiseKey key_;
  std::size_t next_ = 0;
};

/// Everything that a piece of a model needs to run alone, in double precision: parameters away from any
/// special start, state, noise that stays the same from pass to pass, and memory that is full of NaN before
/// each pass, so that numbers which nobody wrote are noticed.
class Laboratory {
public:
  using Value = Var<double>;
  using Evaluating = Context<double, Cpu, false>;
  using Recording = Context<double, Cpu, true>;

  explicit Laboratory(std::uint64_t seed)
      : noise(seed), work(Cpu(1)), key_{seed, static_cast<std::uint32_t>(Stream::data), 0, 0} {}

  /// Collects the parameters that `declare(builder)` declares, gives them values and returns what it
  /// returned.
  template <class Declare>
  auto declare(const Declare& declare) {
    Builder builder(table);
    auto made = declare(builder);
    work.inverses.declare(table);
    parameters = started(table.parameters, table.parameters_size, -0.2, 0.2);
    // Upwards only: variances stay positive, and flags count as set.
    state = started(table.state, table.state_size, 0.1, 0.4);
    return made;
  }

  /// Numbers between low and high, different ones at each call.
  std::vector<double> uniform(Index count, double low, double high) {
    std::vector<double> values(static_cast<std::size_t>(count));
    ++key_.draw;
    kernels::fill_uniform(work.device, key_, 0, make_tensor(values.data(), 1, Shape{count, 1, 1}));
    for (double& v : values) v = low + (high - low) * v;
    return values;
  }

  /// Gets ready for a pass that leaves state as it is.
  Evaluating begin(Phase phase) {
    work.begin(phase, parameters.data(), state.data(), noise);
    const auto mark = work.memory.mark();
    // As much as any pass has used, and at first as much as a small piece may use.
    const auto bytes = static_cast<Index>(std::max(work.memory.peak_bytes(), std::size_t{1} << 17));
    std::memset(work.memory.allocate<std::byte>(bytes), poison, static_cast<std::size_t>(bytes));
    work.memory.release(mark);
    work.replay = true;
    noise.rewind();
    return Evaluating(work);
  }

  /// What no pass has written. All bits set: a NaN.
  static bool poisoned(double v) {
    unsigned char bytes[sizeof v];
    std::memcpy(bytes, &v, sizeof v);
    for (const unsigned char b : bytes) {
      if (b != poison) return false;
    }
    return true;
  }

  ParameterTable table;
  std::vector<double> parameters, state;
  RepeatedNoise noise;
  Workspace<double, Cpu> work;

private:
  static constexpr unsigned char poison = 0xff;

  std::vector<double> started(const std::vector<ParamSpec>& specs, Index size, double low, double high) {
    std::vector<double> values(static_cast<std::size_t>(size));
    start_values(work.device, specs, key_.seed, values.data());
    for (const ParamSpec& spec : specs) {
      const std::vector<double> move = uniform(spec.place.size, low, high);
      for (std::size_t i = 0; i < move.size(); ++i)
        values[static_cast<std::size_t>(spec.place.offset) + i] += move[i];
    }
    return values;
  }

  NoiseKey key_;
};

/// The numbers of a view, channels last.
inline std::vector<double> values_of(const Tensor<const double>& x) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(x.size()));
  for (Index p = 0; p < x.pixels(); ++p) values.insert(values.end(), x.pixel(p), x.pixel(p) + x.c);
  return values;
}

/// Where number i of a channels-last tensor is, for messages.
inline std::string place_of(Index i, const Shape& s) {
  return fmt::format("image {}, channel {}, row {}, column {}", i / s.size(), i % s.c, i / s.c / s.w % s.h,
                     i / s.c % s.w);
}

}  // namespace densenf
