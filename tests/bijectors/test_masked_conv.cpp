// ctest-labels: bijectors
#include "densenf/bijectors/masked_conv.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "densenf/densenf.hpp"
#include "densenf/flow/noise.hpp"

using namespace densenf;

namespace {

/// How a line lies in an image, and which lines see it.
template <LineOrder order>
void check_who_sees_whom() {
  constexpr bool rows = order == LineOrder::downwards || order == LineOrder::upwards;
  constexpr bool forwards = order == LineOrder::downwards || order == LineOrder::rightwards;
  const Shape shape{2, 5, 6};
  Flow<WithBase<Compose<MaskedConv<order, AffineShiftsSigmoid2>>, StandardNormal>, double> flow(shape,
                                                                                                Cpu(1));
  std::vector<double> parameters(static_cast<std::size_t>(flow.parameters().size()));
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] = std::sin(static_cast<double>(i + 1));
  flow.set_parameters(parameters);
  Batch<double> x{shape, 1, {}};
  for (Index i = 0; i < shape.size(); ++i) x.values.push_back(std::cos(static_cast<double>(3 * i)));
  const std::vector<double> z = flow.encode(x).base.values;
  const auto line = [&](Index i) { return rows ? i / shape.w % shape.h : i % shape.w; };
  const auto across = [&](Index i) { return rows ? i % shape.w : i / shape.w % shape.h; };
  for (Index moved = 0; moved < shape.size(); ++moved) {
    Batch<double> other = x;
    other.values[static_cast<std::size_t>(moved)] += 0.5;
    const std::vector<double> there = flow.encode(other).base.values;
    for (Index i = 0; i < shape.size(); ++i) {
      const Index ahead = forwards ? line(i) - line(moved) : line(moved) - line(i);
      const bool sees = ahead >= 1 && ahead <= 2 && std::abs(across(i) - across(moved)) <= 1;
      const bool changes = there[static_cast<std::size_t>(i)] != z[static_cast<std::size_t>(i)];
      CHECK_MESSAGE(changes == (i == moved || sees), "number ", i, " when ", moved, " moves");
    }
  }
}

}  // namespace

TEST_CASE("MaskedConv: a number depends on the two lines before its own, and on nothing of its own line") {
  check_who_sees_whom<LineOrder::downwards>();
  check_who_sees_whom<LineOrder::upwards>();
  check_who_sees_whom<LineOrder::rightwards>();
  check_who_sees_whom<LineOrder::leftwards>();
}

TEST_CASE("MaskedConv: drawing allocates nothing after the first time") {
  using Model = WithBase<Compose<MaskedConv<LineOrder::downwards, AffineShiftsSigmoid2>>, StandardNormal>;
  Flow<Model, float> flow({3, 16, 4}, Cpu(1));
  flow.sample(4);
  const auto before = flow.workspace().memory.generation();
  flow.sample(4, {.seed = 1});
  CHECK(flow.workspace().memory.generation() == before);
}

TEST_CASE("MaskedConv: rows come back in float from a strongly shrinking map, 32 of them") {
  using Model = WithBase<Compose<MaskedConv<LineOrder::downwards, AffineShiftsSigmoid2>>, StandardNormal>;
  Flow<Model, float> flow({3, 32, 8}, Cpu(1));
  Batch<float> x{{3, 32, 8}, 3, {}};
  for (int i = 0; i < 3 * 3 * 32 * 8; ++i)
    x.values.push_back(static_cast<float>((i * 37 % 255) - 127) / 128.0f);
  flow.initialize(x);
  const Batch<float> back = flow.decode(flow.encode(x));
  for (std::size_t i = 0; i < x.values.size(); ++i)
    CHECK(back.values[i] == doctest::Approx(x.values[i]).epsilon(1e-5));
}
