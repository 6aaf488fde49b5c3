#include "densenf/io/picture.hpp"

#include <doctest/doctest.h>

using namespace densenf;

TEST_CASE("a grid puts images, channels and pixels where they belong") {
  // Three images 3 x 1 x 2 with levels 0 to 3, in two columns.
  const std::vector<std::uint8_t> values{0, 1, 2, 3, 1, 0, 3, 3, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2};
  const Picture p = image_grid(values, {3, 1, 2}, 4, {0, 2, 1, {9, 9, 9}});
  REQUIRE(p.width == 2 * (2 * 2 + 1) + 1);
  REQUIRE(p.height == 2 * (2 + 1) + 1);
  CHECK(p.at(0, 0) == Color{9, 9, 9});
  CHECK(p.at(1, 1) == Color{0, 170, 85});  // first image, left pixel
  CHECK(p.at(2, 2) == Color{0, 170, 85});
  CHECK(p.at(3, 1) == Color{85, 255, 0});
  CHECK(p.at(5, 1) == Color{9, 9, 9});
  CHECK(p.at(6, 1) == Color{255, 0, 0});  // second image
  CHECK(p.at(9, 2) == Color{255, 0, 0});
  CHECK(p.at(1, 3) == Color{9, 9, 9});
  CHECK(p.at(3, 4) == Color{85, 85, 170});  // third image, right pixel
  CHECK(p.at(7, 4) == Color{9, 9, 9});      // no fourth image
}

TEST_CASE("a grid is as square as it can be, or as wide as asked") {
  const std::vector<std::uint8_t> values(10);
  CHECK(image_grid(values, {1, 1, 1}, 256, {0, 1, 0, white}).width == 4);
  CHECK(image_grid(values, {1, 1, 1}, 256, {0, 1, 0, white}).height == 3);
  CHECK(image_grid(values, {1, 1, 1}, 256, {5, 1, 0, white}).width == 5);
  CHECK(image_grid(values, {1, 1, 1}, 256, {5, 1, 0, white}).height == 2);
  CHECK(image_grid(values, {1, 1, 1}, 256, {20, 1, 0, white}).width == 20);
}

TEST_CASE("gray levels reach from black to white") {
  const std::vector<std::uint8_t> values{0, 8, 16};
  const Picture p = image_grid(values, {1, 1, 3}, 17, {1, 1, 0, white});
  CHECK(p.rgb == std::vector<std::uint8_t>{0, 0, 0, 128, 128, 128, 255, 255, 255});
  const std::vector<std::uint8_t> bytes{0, 1, 254, 255};
  CHECK(image_grid(bytes, {1, 1, 4}, 256, {1, 1, 0, white}).rgb ==
        std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1, 254, 254, 254, 255, 255, 255});
}

TEST_CASE("what cannot be drawn is refused") {
  const std::vector<std::uint8_t> values{0, 1, 2, 3};
  CHECK_THROWS_AS(image_grid(values, {2, 1, 1}), ShapeError);
  CHECK_THROWS_AS(image_grid(values, {1, 1, 3}), ShapeError);
  CHECK_THROWS_AS(image_grid({}, {1, 1, 3}), ShapeError);
  CHECK_THROWS_AS(image_grid(values, {1, 1, 0}), ShapeError);
  CHECK_THROWS_WITH_AS(image_grid(values, {1, 1, 2}, 3),
                       "Value 3 of image 1 is not below the 3 levels to draw.", ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 1), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 257), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {-1, 1, 0, white}), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {0, 0, 0, white}), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {0, 1, -1, white}), ArgumentError);
  // Products that overflow.
  constexpr Index big = Index{1} << 62;
  CHECK_THROWS_AS(image_grid(values, {1, Index{1} << 32, Index{1} << 32}), ShapeError);
  CHECK_THROWS_AS(image_grid(values, {-1, -2, 2}), ShapeError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {big, 1, 0, white}), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {0, big, 0, white}), ArgumentError);
  CHECK_THROWS_AS(image_grid(values, {1, 2, 2}, 256, {0, 1, big, white}), ArgumentError);
  CHECK_THROWS_AS(Picture(0, 1, white), ArgumentError);
  CHECK_THROWS_AS(Picture(1, 1000001, white), ArgumentError);
}
