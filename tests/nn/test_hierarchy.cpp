// The networks of a HierarchicalCoupling, and what it takes.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "densenf/check/test_bench.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/anf.hpp"

using namespace densenf;

namespace {

/// Sets every parameter to 0, but for one weight of each 1x1 convolution and the middle of each 3x3 one,
/// which are 1: what a convolution sees goes on as it is.
void pass_on(TestBench<>& bench) {
  for (const ParamSpec& spec : bench.table.parameters) {
    for (Index i = 0; i < spec.place.size; ++i)
      bench.parameters.data()[spec.place.offset + spec.buffer_index(i)] =
          spec.name.ends_with("weight") && i % spec.taps == spec.taps / 2 ? 1 : 0;
  }
}

/// What a network of one channel without blocks makes of levels whose pixels are numbered, the image of 8x4.
template <class Network>
std::vector<std::vector<double>> raw_of_numbered_levels() {
  TestBench bench(1);
  const auto network = bench.declare([](Builder& b) {
    Network n;
    n.declare(b, {1, 1, 1}, 1);
    return n;
  });
  pass_on(bench);
  const auto ctx = bench.begin(Phase::evaluation);
  std::vector<std::vector<double>> raw(3);
  network.run(
      ctx,
      [&](Index level) {
        const Shape s{1, Index{8} >> level, Index{4} >> level};
        std::vector<double> values;
        for (Index i = 0; i < s.size(); ++i) values.push_back(static_cast<double>(100 * level + i));
        return Var<double>{bench.batch(values.data(), 1, s)};
      },
      [&](Index level, const Var<double>& made) {
        CHECK(made.shape() == Shape{1, Index{8} >> level, Index{4} >> level});
        for (Index p = 0; p < made.value.pixels(); ++p)
          raw[static_cast<std::size_t>(level)].push_back(made.value(p, 0));
      });
  return raw;
}

/// But for the rounding of a fast 3x3 convolution.
void check_near(const std::vector<double>& got, const std::vector<double>& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - want[i]) < 1e-9);
}

template <class Piece>
std::string refusal(const Shape& shape) {
  try {
    Piece::output_shape(shape);
  } catch (const ShapeError& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("BottomUp: each level sees every other pixel of the one before, and what that became") {
  const auto raw = raw_of_numbered_levels<nn::BottomUp<1, 0>>();
  CHECK(raw[0].empty());
  check_near(raw[1], std::vector<double>{0, 2, 8, 10, 16, 18, 24, 26});
  // The pixels (0, 0) and (2, 0) of level 1, whose numbers are 100 and 104, are added.
  check_near(raw[2], std::vector<double>{100, 16 + 104});
}

TEST_CASE("TopDown: each level sees the pixels of the ones above, four times each") {
  const auto raw = raw_of_numbered_levels<nn::TopDown<1, 0>>();
  CHECK(raw[2].empty());
  check_near(raw[1], std::vector<double>{200, 200, 200, 200, 201, 201, 201, 201});
  std::vector<double> image;
  for (Index y = 0; y < 8; ++y)
    for (Index x = 0; x < 4; ++x) image.push_back(static_cast<double>(200 + y / 4 + 100 + y / 2 * 2 + x / 2));
  check_near(raw[0], image);
}

TEST_CASE("HierarchicalCoupling: a step starts as the identity") {
  using Step = Compose<AnfEncoder<LatentLevels<2>, 3, 1>, AnfDecoder<LatentLevels<2>, 3, 1>>;
  Flow<WithBase<Step, StandardNormal>, double> flow({6, 1, 2});
  const Batch<double> x{{6, 1, 2}, 1, {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12}};
  CHECK(flow.encode(x).base.values == x.values);
}

TEST_CASE("HierarchicalCoupling: channels that are not those of a hierarchy are refused in one sentence") {
  using Piece = AnfEncoder<LatentLevels<1, 2>, 2, 1>;  // 4 and 2 channels of the latents
  const std::string sentence =
      "A hierarchy needs channels of an image, squeezed once for each latent, and of the latents. Got ";
  CHECK(refusal<Piece>({22, 1, 3}) == "none");
  CHECK(refusal<Piece>({38, 1, 1}) == "none");
  CHECK(refusal<Piece>({6, 1, 1}).starts_with(sentence + "6x1x1"));
  CHECK(refusal<Piece>({5, 1, 1}).starts_with(sentence + "5x1x1"));
  CHECK(refusal<Piece>({26, 2, 2}).starts_with(sentence + "26x2x2"));
}
