#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "densenf/flow/flow.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/denseflow.hpp"

// Flows that are quick to compile and to run, with random parameters.
namespace small {

using namespace densenf;

using Net = nn::ResidualDense<6, 1, 4>;

/// Over vectors of 2, with an exact likelihood.
using Exact = Compose<ActNorm, Conv1x1, AffineCoupling<Net>, SwitchHalves, LuConv1x1, AffineCoupling<Net>>;

/// DenseFlow in small, for 1x8x8 images of 8 gray levels.
using Module = GlowModule<IntraUnit<4, 1, 2>>;
using Bounded = Compose<Dequantize<3, VariationalNoise<1, 4, 4, 1, 2, 2>>, Center, Squeeze,  //
                        CrossUnit<2, 2, Unit<2, Module>>, Transition,                        //
                        CrossUnit<1, 2, Unit<2, Module>>>;
inline constexpr Shape digits{1, 8, 8};

/// Moves all parameters away from their start by up to `size`, and marks the flow as trained.
template <class FlowType>
void scramble(FlowType& flow, double size, std::uint64_t seed = 1) {
  using T = typename FlowType::Scalar;
  std::vector<T> values = flow.parameters().to_host(), moves(values.size());
  kernels::fill_uniform(Cpu(1), NoiseKey{seed}, 0,
                        make_tensor(moves.data(), 1, Shape{static_cast<Index>(moves.size()), 1, 1}));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<T>(size * (2 * moves[i] - 1));
  flow.set_parameters(values);
  std::vector<T> state = flow.state().to_host();
  for (const ParamSpec& spec : flow.table().state) {
    if (spec.name.ends_with("initialized")) state[static_cast<std::size_t>(spec.place.offset)] = 1;
  }
  flow.set_state(state);
}

/// `count` images of gray levels 0 ... 7.
inline Batch<std::uint8_t> images(Index count, std::uint32_t seed = 1) {
  Batch<std::uint8_t> batch{digits, count, {}};
  std::uint32_t x = seed;
  for (Index i = 0; i < count * digits.size(); ++i) {
    x = x * 1664525u + 1013904223u;
    batch.values.push_back(static_cast<std::uint8_t>(x >> 29));
  }
  return batch;
}

}  // namespace small
