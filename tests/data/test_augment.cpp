#include "densenf/data/augment.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace densenf;

namespace {

std::vector<int> placed(const std::vector<std::uint8_t>& from, const Shape& shape,
                        const Placement& placement) {
  std::vector<std::uint8_t> to(from.size(), 99);
  place(from, to, shape, placement);
  return {to.begin(), to.end()};
}

}  // namespace

TEST_CASE("an image is flipped, then moved, and its edges repeat") {
  const std::vector<std::uint8_t> image{1, 2, 3,  //
                                        4, 5, 6};
  const Shape shape{1, 2, 3};
  CHECK(placed(image, shape, {}) == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(placed(image, shape, {true, 0, 0}) == std::vector<int>{3, 2, 1, 6, 5, 4});
  CHECK(placed(image, shape, {false, 1, 0}) == std::vector<int>{1, 1, 2, 4, 4, 5});
  CHECK(placed(image, shape, {false, -1, 0}) == std::vector<int>{2, 3, 3, 5, 6, 6});
  CHECK(placed(image, shape, {false, 0, 1}) == std::vector<int>{1, 2, 3, 1, 2, 3});
  CHECK(placed(image, shape, {false, 0, -1}) == std::vector<int>{4, 5, 6, 4, 5, 6});
  CHECK(placed(image, shape, {true, 1, -1}) == std::vector<int>{6, 6, 5, 6, 6, 5});
  CHECK(placed(image, shape, {false, -9, 9}) == std::vector<int>{3, 3, 3, 3, 3, 3});
  // Channels move together and do not mix.
  CHECK(placed(image, {2, 1, 3}, {true, 1, 0}) == std::vector<int>{3, 3, 2, 6, 6, 5});
  std::vector<std::uint8_t> wrong(5);
  CHECK_THROWS_AS(place(image, wrong, shape, {}), ShapeError);
  CHECK_THROWS_AS(place(wrong, wrong, shape, {}), ShapeError);
  CHECK_THROWS_AS(place(wrong, wrong, {-1, -5, 1}, {}), ShapeError);
}

TEST_CASE("shifts reach the fraction, rounded up to whole pixels") {
  CHECK(shift_limit(0.04, 32) == 2);
  CHECK(shift_limit(0.04, 25) == 1);
  CHECK(shift_limit(0.07, 100) == 7);
  CHECK(shift_limit(0.04, 64) == 3);
  CHECK(shift_limit(0.0, 64) == 0);
  CHECK(shift_limit(0.001, 8) == 1);
}

TEST_CASE("flips and all shifts are equally likely and independent") {
  const Augmentation cifar{true, 0.04};
  std::map<std::tuple<bool, Index, Index>, int> seen;
  const int draws = 50000;
  for (int i = 0; i < draws; ++i) {
    const auto p = random_placement(cifar, {3, 32, 32}, 7, i / 64, i % 64);
    ++seen[{p.flip, p.right, p.down}];
  }
  CHECK(seen.size() == 2 * 5 * 5);
  double chi2 = 0;
  for (const auto& [placement, count] : seen) {
    CHECK(std::abs(std::get<1>(placement)) <= 2);
    CHECK(std::abs(std::get<2>(placement)) <= 2);
    chi2 += (count - draws / 50.0) * (count - draws / 50.0) / (draws / 50.0);
  }
  CHECK(chi2 < 94);  // 49 degrees of freedom: beyond this once in 10,000 seeds
  CHECK(chi2 > 17);
}

TEST_CASE("a placement depends on seed, step and slot, and on what is asked for") {
  const Augmentation wide{true, 0.5};
  const Shape shape{1, 64, 64};
  const auto same = [](const Placement& a, const Placement& b) {
    return a.flip == b.flip && a.right == b.right && a.down == b.down;
  };
  const Placement p = random_placement(wide, shape, 1, 2, 3);
  CHECK(same(p, random_placement(wide, shape, 1, 2, 3)));
  CHECK(!same(p, random_placement(wide, shape, 2, 2, 3)));
  CHECK(!same(p, random_placement(wide, shape, 1, 3, 3)));
  CHECK(!same(p, random_placement(wide, shape, 1, 2, 4)));
  for (Index slot = 0; slot < 50; ++slot) {
    CHECK(!random_placement({false, 0.5}, shape, 1, 2, slot).flip);
    CHECK(random_placement({true, 0}, shape, 1, 2, slot).right == 0);
    CHECK(random_placement({true, 0}, shape, 1, 2, slot).down == 0);
  }
  CHECK_THROWS_AS(random_placement({true, 0.5}, {1, -64, -64}, 1, 2, 3), ShapeError);
  CHECK_THROWS_AS(random_placement({true, 1.0}, shape, 1, 2, 3), ArgumentError);
  CHECK_THROWS_AS(random_placement({true, -0.1}, shape, 1, 2, 3), ArgumentError);
  CHECK_THROWS_AS(random_placement({true, std::nan("")}, shape, 1, 2, 3), ArgumentError);
}
