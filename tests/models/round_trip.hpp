#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../coding_error.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/train/trainer.hpp"

namespace densenf_test {

using namespace densenf;

/// All 0, all 255, a checkerboard of both, and noise.
inline Batch<std::uint8_t> extreme_images(const Shape& shape) {
  Batch<std::uint8_t> x{shape, 4, {}};
  std::uint32_t random = 1;
  for (Index i = 0; i < 4 * shape.size(); ++i) {
    const Index image = i / shape.size(), row = i / shape.w % shape.h, column = i % shape.w;
    random = random * 1664525u + 1013904223u;
    const std::uint8_t values[] = {0, 255, static_cast<std::uint8_t>((row + column) % 2 * 255),
                                   static_cast<std::uint8_t>(random >> 24)};
    x.values.push_back(values[image]);
  }
  return x;
}

/// Extreme images come back to rounding from a float flow that is new, that has started, and after 200 steps
/// of training; returns these images. A gray level above 128 is rounded by up to 2^-17; a model of a few
/// dozen pieces, each of which rounds, and stretches what the ones before have rounded, stays far below a
/// thousand times that.
template <class Model>
Batch<std::uint8_t> check_round_trips(Flow<Model>& flow) {
  constexpr double allowed = 0.01;
  const Batch<std::uint8_t> x = extreme_images(flow.shape());
  CHECK(coding_error(flow, x) < allowed);
  Trainer<Flow<Model>> trainer(flow, {.optimizer = Adam{}});
  CHECK(std::isfinite(trainer.step(x)));
  CHECK(coding_error(flow, x) < allowed);
  for (int i = 0; i < 200; ++i) trainer.step(x);
  CHECK(coding_error(flow, x) < allowed);
  return x;
}

template <class Model>
void check_round_trips(const Shape& shape) {
  Flow<Model> flow(shape, Cpu(1));
  check_round_trips(flow);
}

}  // namespace densenf_test
