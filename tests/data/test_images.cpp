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
