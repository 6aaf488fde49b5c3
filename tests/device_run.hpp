#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "densenf/check/transfer.hpp"
#include "densenf/densenf.hpp"

// Runs a piece of a model forward and backward on some device in some scalar type, from numbers that depend
// on neither: what must be the same on all of them is compared.
namespace device_run {

using namespace densenf;

/// Everything that came out, widened to double.
struct Outcome {
  std::vector<double> output, log_prob, parameters;  ///< parameters: their gradients
  std::vector<std::vector<double>> inputs;           ///< their gradients
  std::vector<double> state;                         ///< afterwards
};

template <class T>
std::vector<double> widened(const std::vector<T>& v) {
  return {v.begin(), v.end()};
}
template <class T>
std::vector<T> narrowed(const std::vector<double>& v) {
  std::vector<T> out(v.size());
  std::transform(v.begin(), v.end(), out.begin(), [](double x) { return static_cast<T>(x); });
  return out;
}

/// The numbers of a view on the device, channels last.
template <class T, class Device>
std::vector<double> numbers_of(const Device& device, const Tensor<T>& x) {
  return widened(values_of(device, as_const(x)));
}

/// A model's parameters or state, away from any special start: floats that are exact in double too.
inline std::vector<double> values_for(const std::vector<ParamSpec>& specs, Index size, double low,
                                      double high) {
  std::vector<float> values(static_cast<std::size_t>(size)), moves(values.size());
  initialize_values(Cpu(1), specs, 5, values.data());
  kernels::fill_uniform(Cpu(1), {6, 0, static_cast<std::uint64_t>(size), 0}, 0,
                        make_tensor(moves.data(), 1, Shape{size, 1, 1}));
  std::vector<double> out(values.size(), 0.0);
  for (const ParamSpec& s : specs) {
    for (auto i = static_cast<std::size_t>(s.place.offset);
         i < static_cast<std::size_t>(s.place.offset + s.place.size); ++i)
      out[i] = values[i] + static_cast<float>(low + (high - low) * moves[i]);
  }
  return out;
}

inline std::vector<double> uniform(Index count, double low, double high, std::uint32_t draw) {
  std::vector<float> values(static_cast<std::size_t>(count));
  kernels::fill_uniform(Cpu(1), {7, 1, 0, draw}, 0, make_tensor(values.data(), 1, Shape{count, 1, 1}));
  std::vector<double> out;
  for (const float v : values) out.push_back(static_cast<float>(low + (high - low) * v));
  return out;
}

/// f(ctx, declared, inputs, log_prob), where declare(builder) returned `declared`.
template <class T, class Device, class Declare, class F>
Outcome run(const Device& device, const std::vector<Shape>& shapes, Index n, double low, double high,
            Phase phase, MemoryPolicy policy, const Declare& declare, const F& f) {
  using V = Var<T>;
  Workspace<T, Device> work(device);
  ParameterTable table;
  Builder builder(table);
  const auto declared = declare(builder);
  work.declare(table);
  const auto on_device = [&](const std::vector<double>& values) {
    return make_buffer(device, narrowed<T>(values));
  };
  auto parameters = on_device(values_for(table.parameters, table.parameters_size, -0.2, 0.2));
  auto state = on_device(values_for(table.state, table.state_size, 0.1, 0.4));
  auto next_state = on_device(widened(state.to_host()));
  auto gradients = on_device(uniform(table.parameters_size, 1, 2, 90));
  PhiloxNoise<T, Device> noise(3, Stream::evaluation, 0);
  const Pass<T, Device> pass{.weights = {&table, parameters.data(), state.data()},
                             .noise = &noise,
                             .phase = phase,
                             .policy = policy,
                             .gradients = gradients.data(),
                             .next_state = phase == Phase::training ? next_state.data() : nullptr};
  work.begin(pass);
  Context<T, Device, true> ctx(pass, work);
  const auto start = work.tape.mark();

  std::vector<V> inputs;
  std::uint32_t draw = 0;
  for (const Shape& s : shapes) {
    const V x = ctx.variable(ctx.tensor(n, s));
    set_values(device, narrowed<T>(uniform(n * s.size(), low, high, draw++)).data(), x.value);
    inputs.push_back(x);
  }
  auto log_prob = make_buffer(device, uniform(n, -1, 1, 50));
  const auto seeds = make_buffer(device, uniform(n, -1, 1, 51));
  const LogProb sum{log_prob.data(), seeds.data()};

  Outcome out;
  V y{};
  if constexpr (std::is_void_v<decltype(f(ctx, declared, inputs, sum))>) {
    f(ctx, declared, inputs, sum);
  } else {
    y = f(ctx, declared, inputs, sum);
  }
  out.output = numbers_of(device, y.value);
  out.log_prob = log_prob.to_host();
  if (y.gradient != nullptr) {
    const Tensor<T> dy = ctx.tensor(y.n(), y.shape());
    set_values(device, narrowed<T>(uniform(dy.size(), -1, 1, 60)).data(), dy);
    copy(device, as_const(dy), ctx.gradient(y), kernels::Write::accumulate);
  }
  const Pass<T, Device> back = pass.backward();
  Context<T, Device, true> backward(back, work);
  work.tape.backward(backward, start);
  out.parameters = widened(gradients.to_host());
  for (const V& x : inputs) out.inputs.push_back(numbers_of(device, ctx.gradient(x)));
  out.state = widened(next_state.to_host());
  return out;
}

/// The largest difference, relative to the largest number (at least 1) of what is compared.
inline double difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double size = 1, worst = 0;
  for (const double v : b) size = std::max(size, std::abs(v));
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b[i]);
    worst = std::isfinite(d) ? std::max(worst, d) : INFINITY;
  }
  return worst / size;
}

inline void check_same(const std::string& what, const Outcome& got, const Outcome& want, double tolerance) {
  INFO(what);
  CHECK(difference(got.output, want.output) <= tolerance);
  CHECK(difference(got.log_prob, want.log_prob) <= tolerance);
  CHECK(difference(got.parameters, want.parameters) <= tolerance);
  CHECK(difference(got.state, want.state) <= tolerance);
  REQUIRE(got.inputs.size() == want.inputs.size());
  for (std::size_t i = 0; i < got.inputs.size(); ++i)
    CHECK(difference(got.inputs[i], want.inputs[i]) <= tolerance);
}

}  // namespace device_run
