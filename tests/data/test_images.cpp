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

TEST_CASE("a part of a set keeps its labels") {
  const Images images{{1, 1, 2}, 3, 16, {0, 1, 2, 3, 4, 5}, {7, 8, 9}};
  const Images part = images.part(1, 2);
  CHECK(part.shape == images.shape);
  CHECK(part.count == 2);
  CHECK(part.levels == 16);
  CHECK(part.values == std::vector<std::uint8_t>{2, 3, 4, 5});
  CHECK(part.labels == std::vector<Label>{8, 9});
  CHECK(images.part(3, 0).labels.empty());
  CHECK(images.part(3, 0).count == 0);
  CHECK_THROWS_AS(images.part(2, 2), ArgumentError);
  CHECK_THROWS_AS(images.part(-1, 2), ArgumentError);
  const Images unlabeled{{1, 1, 2}, 3, 16, {0, 1, 2, 3, 4, 5}};
  CHECK(unlabeled.labels.empty());
  CHECK(unlabeled.part(1, 2).labels.empty());
  CHECK_NOTHROW(require_labels(unlabeled));
}

TEST_CASE("a set has a label for each image, or none") {
  Images images{{1, 1, 2}, 3, 16, {0, 1, 2, 3, 4, 5}, {7, 8}};
  CHECK_THROWS_WITH_AS(require_labels(images),
                       "A set of 3 images needs a label for each of them, or none, but has 2.", ShapeError);
  CHECK_THROWS_AS(images.part(0, 1), ShapeError);
  images.labels.resize(4);
  CHECK_THROWS_AS(require_labels(images), ShapeError);
  images.labels.resize(3);
  CHECK_NOTHROW(require_labels(images));
  CHECK_NOTHROW(require_labels(Images{}));
}
