#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "densenf/flow/noise.hpp"
#include "densenf/kernels/cpu/all.hpp"

using namespace densenf;

namespace {

const Cpu cpu(1);

std::vector<double> normal(NoiseSource<double, Cpu>& source, Index n, const Shape& s) {
  std::vector<double> values(static_cast<std::size_t>(n * s.size()));
  source.normal(cpu, make_tensor(values.data(), n, s));
  return values;
}

}  // namespace

TEST_CASE("PhiloxNoise: a draw is a function of seed, stream, step and its place in the order") {
  const auto draw = [](std::uint64_t seed, Stream stream, std::uint64_t step, int skip) {
    PhiloxNoise<double, Cpu> noise(seed, stream, step);
    for (int i = 0; i < skip; ++i) normal(noise, 1, {1, 1, 1});
    return normal(noise, 2, {3, 2, 2});
  };
  const std::vector<double> first = draw(1, Stream::training, 0, 0);
  CHECK(draw(1, Stream::training, 0, 0) == first);
  CHECK(draw(2, Stream::training, 0, 0) != first);
  CHECK(draw(1, Stream::sampling, 0, 0) != first);
  CHECK(draw(1, Stream::training, 1, 0) != first);
  CHECK(draw(1, Stream::training, 0, 1) != first);
}

TEST_CASE("PhiloxNoise: every image has its own numbers, whatever batch it is part of") {
  PhiloxNoise<double, Cpu> all(1, Stream::evaluation, 0), rest(1, Stream::evaluation, 0, 3);
  for (int draws = 0; draws < 2; ++draws) {
    const std::vector<double> whole = normal(all, 5, {3, 1, 3}), part = normal(rest, 2, {3, 1, 3});
    CHECK(std::vector<double>(whole.begin() + 3 * 9, whole.end()) == part);
  }
}

TEST_CASE("RecordedNoise and ReplayedNoise: what was handed out can be handed out again, in N,C,H,W") {
  PhiloxNoise<double, Cpu> counted(1, Stream::evaluation, 0);
  RecordedNoise<double, Cpu> recorded(counted);
  const std::vector<double> first = normal(recorded, 2, {3, 2, 2});
  std::vector<double> second(4);
  recorded.uniform(cpu, make_tensor(second.data(), 1, Shape{4, 1, 1}));
  REQUIRE(recorded.draws.size() == 2);
  CHECK(recorded.draws[0].values[1] == first[3]);  // channel 0 of the second pixel

  ReplayedNoise<double, Cpu> replayed(recorded.draws);
  CHECK(normal(replayed, 2, {3, 2, 2}) == first);
  std::vector<double> again(4);
  replayed.uniform(cpu, make_tensor(again.data(), 1, Shape{4, 1, 1}));
  CHECK(again == second);
  CHECK_THROWS_WITH_AS(normal(replayed, 1, {1, 1, 1}),
                       "The model asked for draw number 3, but only 2 were recorded.", ArgumentError);
}

TEST_CASE("ReplayedNoise: draws of another shape are refused") {
  const Batch<double> draw{{3, 2, 2}, 2, std::vector<double>(24)};
  ReplayedNoise<double, Cpu> other_shape({draw}), other_count({draw});
  CHECK_THROWS_WITH_AS(normal(other_shape, 2, {3, 2, 1}),
                       "Draw number 1 was recorded as 2 images of 3x2x2, but the model asks for 2 of 3x2x1.",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(normal(other_count, 1, {3, 2, 2}),
                       "Draw number 1 was recorded as 2 images of 3x2x2, but the model asks for 1 of 3x2x2.",
                       ArgumentError);
}

TEST_CASE("ReplayedNoise: draws whose values are not what their shape says are refused at once") {
  using Replayed = ReplayedNoise<double, Cpu>;
  const Batch<double> right{{3, 2, 2}, 2, std::vector<double>(24)};
  const Batch<double> few{{3, 2, 2}, 2, std::vector<double>(23)};
  const Batch<double> negative{{-3, -2, 2}, 2, std::vector<double>(24)};
  CHECK_THROWS_WITH_AS(Replayed({right, few}),
                       "Draw number 2 needs 24 values for 2 images of 3x2x2, but has 23.", ShapeError);
  CHECK_THROWS_AS(Replayed({negative}), ShapeError);
}

TEST_CASE("draws that a pass may ask for again are the same each time, and move no other draw") {
  const auto again = [](NoiseSource<double, Cpu>& source, Index number) {
    std::vector<double> values(6);
    source.uniform_again(cpu, number, 0, make_tensor(values.data(), 2, Shape{3, 1, 1}));
    return values;
  };
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0), same(1, Stream::training, 0),
      later(1, Stream::training, 1), rest(1, Stream::training, 0, 1);
  const std::vector<double> zero = again(noise, 0), one = again(noise, 1);
  CHECK(zero != one);
  CHECK(again(noise, 0) == zero);
  CHECK(normal(noise, 1, {4, 1, 1}) == normal(same, 1, {4, 1, 1}));
  CHECK(again(same, 1) == one);
  CHECK(again(later, 0) != zero);
  std::vector<double> second(3);
  rest.uniform_again(cpu, 0, 0, make_tensor(second.data(), 1, Shape{3, 1, 1}));
  CHECK(second == std::vector<double>(zero.begin() + 3, zero.end()));

  PhiloxNoise<double, Cpu> counted(1, Stream::training, 0);
  RecordedNoise<double, Cpu> recorded(counted);
  CHECK(again(recorded, 1) == one);
  const std::vector<double> between = normal(recorded, 2, {3, 1, 1});
  CHECK(again(recorded, 0) == zero);
  CHECK(again(recorded, 1) == one);
  CHECK(recorded.draws.size() == 3);  // each once, in the order of their first time

  ReplayedNoise<double, Cpu> replayed(recorded.draws);
  CHECK(again(replayed, 1) == one);
  CHECK(again(replayed, 1) == one);
  CHECK(normal(replayed, 2, {3, 1, 1}) == between);
  CHECK(again(replayed, 0) == zero);
  CHECK(again(replayed, 1) == one);
  CHECK_THROWS_AS(again(replayed, 2), ArgumentError);

  // Image by image they are the same.
  const auto image = [](NoiseSource<double, Cpu>& source, Index first) {
    std::vector<double> values(3);
    source.uniform_again(cpu, 0, first, make_tensor(values.data(), 1, Shape{3, 1, 1}));
    return values;
  };
  const std::vector<double> first(zero.begin(), zero.begin() + 3);
  PhiloxNoise<double, Cpu> by_image(1, Stream::training, 0);
  RecordedNoise<double, Cpu> images(by_image);
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(image(images, 0) == first);
    CHECK(image(images, 1) == second);
  }
  REQUIRE(images.draws.size() == 1);
  CHECK(images.draws[0].count == 2);
  CHECK(images.draws[0].values == zero);
  ReplayedNoise<double, Cpu> whole(images.draws);
  CHECK(image(whole, 1) == second);
  CHECK(image(whole, 0) == first);
  CHECK_THROWS_AS(image(whole, 2), ArgumentError);
}
