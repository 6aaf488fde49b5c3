#include "densenf/data/pad.hpp"

#include <doctest/doctest.h>

using namespace densenf;

namespace {

/// `count` images of 2 channels whose values all differ within 200.
Images numbered(Index count, Index h, Index w) {
  Images images{{2, h, w}, count, 256, {}};
  for (Index i = 0; i < count * 2 * h * w; ++i)
    images.values.push_back(static_cast<std::uint8_t>(1 + i % 200));
  return images;
}

}  // namespace

TEST_CASE("pad puts images into the middle, and what cannot be shared evenly below and to the right") {
  const Images images{{1, 1, 2}, 2, 16, {1, 2, 3, 4}};
  const Images padded = pad(images, 2, 5, 9);
  CHECK(padded.shape == Shape{1, 2, 5});
  CHECK(padded.count == 2);
  CHECK(padded.levels == 16);
  CHECK(padded.values ==
        std::vector<std::uint8_t>{9, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 9, 9, 9, 9, 9, 9, 9});
  CHECK(pad(images, 3, 2).values == std::vector<std::uint8_t>{0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0});
}

TEST_CASE("crop takes the middle of every channel of every image") {
  const Images images{{2, 3, 3}, 1, 256, {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19}};
  CHECK(crop(images, 1, 1).values == std::vector<std::uint8_t>{5, 15});
  CHECK(crop(images, 2, 3).values == std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16});
  CHECK(crop(images, 3, 2).values == std::vector<std::uint8_t>{1, 2, 4, 5, 7, 8, 11, 12, 14, 15, 17, 18});
}

TEST_CASE("crop undoes pad, for even and odd borders") {
  for (const Index h : {Index{3}, Index{4}}) {
    const Images images = numbered(3, h, 5);
    for (Index more_h = 0; more_h < 4; ++more_h) {
      for (Index more_w = 0; more_w < 4; ++more_w) {
        const Images back = crop(pad(images, h + more_h, 5 + more_w, 255), h, 5);
        CHECK(back.shape == images.shape);
        CHECK(back.values == images.values);
      }
    }
  }
  const Images digits = pad(Images{{1, 28, 28}, 3, 256, std::vector<std::uint8_t>(3 * 784, 7)}, 32, 32);
  CHECK(digits.shape == Shape{1, 32, 32});
  CHECK(digits.image(2)[2 * 32 + 2] == 7);
  CHECK(digits.image(2)[2 * 32 + 1] == 0);
  CHECK(digits.image(2)[29 * 32 + 29] == 7);
  CHECK(digits.image(2)[30 * 32 + 29] == 0);
}

TEST_CASE("labels stay with their images") {
  Images images = numbered(3, 3, 4);
  CHECK(pad(images, 5, 5).labels.empty());
  images.labels = {4, 0, 2};
  CHECK(pad(images, 5, 5).labels == images.labels);
  CHECK(crop(images, 1, 2).labels == images.labels);
  images.labels.pop_back();
  CHECK_THROWS_AS(pad(images, 5, 5), ShapeError);
  CHECK_THROWS_AS(crop(images, 1, 2), ShapeError);
}

TEST_CASE("images that cannot be padded or cropped are refused") {
  const Images images = numbered(2, 3, 4);
  CHECK_THROWS_WITH_AS(pad(images, 3, 3),
                       "Images of 2x3x4 cannot be padded to 3 x 3 pixels: use crop to make them smaller.",
                       ShapeError);
  CHECK_THROWS_AS(crop(images, 4, 4), ShapeError);
  CHECK_THROWS_AS(crop(images, 0, 4), ShapeError);
  CHECK_THROWS_AS(crop(images, 3, -4), ShapeError);
  CHECK_THROWS_AS(pad(images, Index{1} << 40, Index{1} << 40), ShapeError);
  Images other = images;
  other.levels = 16;
  CHECK_THROWS_WITH_AS(pad(other, 4, 4, 16), "Images of 16 levels cannot have a border of 16.",
                       ArgumentError);
  other.values.pop_back();
  CHECK_THROWS_AS(pad(other, 4, 4), ShapeError);
  CHECK_THROWS_AS(crop(other, 2, 2), ShapeError);
}
