#include "densenf/data/image_source.hpp"

#include <doctest/doctest.h>

using namespace densenf;

TEST_CASE("images in memory are a source, and a source can be brought into memory") {
  const Images images{{1, 1, 2}, 3, 256, {0, 1, 2, 3, 4, 5}, {7, 8, 9}};
  const ImagesInMemory source(images);
  CHECK(source.count() == 3);
  CHECK(source.shape() == Shape{1, 1, 2});
  CHECK(source.levels() == 6);
  CHECK(source.in_memory());
  std::vector<std::uint8_t> out(2);
  source.read(1, out);
  CHECK(out == std::vector<std::uint8_t>{2, 3});
  const Images part = load_images(source, 1, 2);
  CHECK(part.count == 2);
  CHECK(part.shape == images.shape);
  CHECK(part.values == std::vector<std::uint8_t>{2, 3, 4, 5});
  CHECK(part.labels == std::vector<Label>{8, 9});
  CHECK(load_images(source).values == images.values);
  CHECK(load_images(source, 3, 0).count == 0);
  std::vector<std::byte> bytes;
  source.identify([&](auto piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  CHECK(bytes.size() == 6);
}

TEST_CASE("what is not there, or does not fit, is refused, and nothing is written") {
  Images images{{1, 1, 2}, 3, 256, {0, 1, 2, 3, 4, 5}, {7, 8, 9}};
  const ImagesInMemory source(images);
  std::vector<std::uint8_t> out(2, 99);
  CHECK_THROWS_AS(source.read(3, out), ArgumentError);
  CHECK_THROWS_AS(source.read(-1, out), ArgumentError);
  CHECK_THROWS_AS(load_images(source, 2, 2), ArgumentError);
  std::vector<std::uint8_t> longer(3, 99);
  CHECK_THROWS_WITH_AS(source.read(0, longer), "An image of 1x1x2 has 2 values, but memory for 3 was given.",
                       ShapeError);
  images.values.pop_back();
  CHECK_THROWS_AS(source.read(0, out), ShapeError);
  CHECK_THROWS_AS(source.labels(), ShapeError);
  CHECK_THROWS_AS(source.levels(), ShapeError);
  CHECK(out == std::vector<std::uint8_t>{99, 99});
  CHECK(longer == std::vector<std::uint8_t>{99, 99, 99});
}
