#include "densenf/flow/interpolate.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <vector>

#include "densenf/densenf.hpp"

using namespace densenf;

namespace {

using Halving =
    Flow<Compose<Dequantize<3, UniformNoise>, Center, Squeeze, Conv1x1, FactorOut<>, Conv1x1>, double>;

const Batch<std::uint8_t> first{{2, 2, 2}, 1, {0, 1, 2, 3, 4, 5, 6, 7}},
    second{{2, 2, 2}, 1, {7, 0, 7, 0, 3, 3, 1, 2}};

}  // namespace

TEST_CASE("interpolate: both ends are the images, and each part of the latents moves in a straight line") {
  Halving flow({2, 2, 2}, Cpu(1), 3);
  const Latents<double> a = flow.encode(first), b = flow.encode(second);
  REQUIRE(a.factored.size() == 2);  // the dequantization's numbers, and half of the channels
  constexpr std::array<double, 3> at{0, 0.25, 1};
  const Latents<double> way = interpolate(a, b, at);
  CHECK(way.base.count == 3);
  const auto straight = [](const Batch<double>& from, const Batch<double>& to, const Batch<double>& found) {
    const std::size_t n = from.values.size();
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(found.values[i] == from.values[i]);
      CHECK(found.values[n + i] == doctest::Approx(0.75 * from.values[i] + 0.25 * to.values[i]));
      CHECK(found.values[2 * n + i] == to.values[i]);
    }
  };
  straight(a.base, b.base, way.base);
  for (std::size_t part = 0; part < 2; ++part)
    straight(a.factored[part], b.factored[part], way.factored[part]);
  const Batch<double> images = flow.decode(way);
  const std::size_t size = first.values.size();
  for (std::size_t i = 0; i < size; ++i) {
    CHECK(images.values[i] == doctest::Approx(first.values[i]));
    CHECK(images.values[2 * size + i] == doctest::Approx(second.values[i]));
  }
  CHECK(interpolate(a, b, std::span<const double>()).base.count == 0);
}

TEST_CASE("interpolate: latents of several images, or of two flows, are an error") {
  Halving flow({2, 2, 2}, Cpu(1), 3);
  Flow<Compose<Dequantize<3, UniformNoise>, Center, Squeeze, Conv1x1>, double> other({2, 2, 2}, Cpu(1));
  constexpr std::array<double, 1> half{0.5};
  const Latents<double> a = flow.encode(first),
                        two = flow.encode(Batch<std::uint8_t>{{2, 2, 2}, 2, std::vector<std::uint8_t>(16)});
  CHECK_THROWS_AS(interpolate(a, two, half), ShapeError);
  CHECK_THROWS_AS(interpolate(a, other.encode(first), half), ShapeError);
}
