#include "densenf/data/images.hpp"

#include <doctest/doctest.h>

using namespace densenf;

TEST_CASE("images are found by number, and only those that exist") {
  const Images images{{1, 1, 2}, 3, 256, {0, 1, 2, 3, 4, 5}};
  CHECK(images.image(1).size() == 2);
  CHECK(images.image(1)[0] == 2);
  CHECK(images.images(1, 2).size() == 4);
  CHECK(images.images(1, 2)[3] == 5);
  CHECK(images.images(3, 0).empty());
  CHECK_THROWS_AS(images.image(3), ArgumentError);
  CHECK_THROWS_AS(images.image(-1), ArgumentError);
  CHECK_THROWS_AS(images.images(2, 2), ArgumentError);
  CHECK_THROWS_AS(images.images(2, -1), ArgumentError);
}

TEST_CASE("images whose values are not what count and shape say are refused") {
  const Images few{{1, 1, 2}, 3, 256, {0, 1, 2, 3, 4}};
  CHECK_THROWS_WITH_AS(few.image(0), "A set needs 6 values for 3 images of 1x1x2, but has 5.", ShapeError);
  const Images negative{{-1, -1, 2}, 3, 256, {0, 1, 2, 3, 4, 5}};
  CHECK_THROWS_AS(negative.image(0), ShapeError);
  const Images huge{{1, Index{1} << 32, Index{1} << 32}, 1, 256, {}};
  CHECK_THROWS_AS(huge.image(0), ShapeError);
}
