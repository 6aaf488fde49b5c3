#include "densenf/metrics/inception_input.hpp"

#include <doctest/doctest.h>

using namespace densenf;

namespace {

/// A gray picture of these levels, row by row.
Picture gray(Index width, std::initializer_list<int> levels) {
  Picture picture(width, std::ssize(levels) / width, black);
  std::size_t i = 0;
  for (const int level : levels) {
    for (int c = 0; c < 3; ++c) picture.rgb[i++] = static_cast<std::uint8_t>(level);
  }
  return picture;
}

/// What it becomes, as levels again.
std::vector<float> scaled(const Picture& picture, Index side) {
  std::vector<float> out(static_cast<std::size_t>(3 * side * side));
  inception_input(picture, out, side);
  for (float& value : out) value = 128 + 128 * value;
  const std::size_t plane = out.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    CHECK(out[i + plane] == out[i]);
    CHECK(out[i + 2 * plane] == out[i]);
  }
  out.resize(plane);
  return out;
}

}  // namespace

TEST_CASE("pixels lie where TensorFlow's ResizeBilinear had them") {
  // Enlarged twofold: at 0, 0.5, 1 and 1.5, of which the last is beyond and repeats the border.
  CHECK(scaled(gray(2, {10, 20, 50, 80}), 4) == std::vector<float>{10, 15, 20, 20,  //
                                                                   30, 40, 50, 50,  //
                                                                   50, 65, 80, 80,  //
                                                                   50, 65, 80, 80});
  // To half the size: pixels 0 and 2, without a mean.
  CHECK(scaled(gray(4, {1, 2, 3, 4,     //
                        5, 6, 7, 8,     //
                        9, 10, 11, 12,  //
                        13, 14, 15, 16}),
               2) == std::vector<float>{1, 3, 9, 11});
  // Three columns to two, at 0 and 1.5; one row is repeated.
  CHECK(scaled(gray(3, {0, 100, 200}), 2) == std::vector<float>{0, 150, 0, 150});
  CHECK(scaled(gray(1, {7}), 3) == std::vector<float>(9, 7));
}

TEST_CASE("levels are centered, color by color, and a picture of the network's size stays as it is") {
  Picture picture(inception_side, inception_side, {0, 128, 255});
  picture.set(298, 1, {64, 65, 66});
  const std::size_t plane = 299 * 299;
  std::vector<float> out(3 * plane);
  inception_input(picture, out);
  CHECK(out[0] == -1);
  CHECK(out[plane] == 0);
  CHECK(out[2 * plane] == 127.0F / 128);
  const std::size_t there = 299 + 298;
  CHECK(out[there] == -0.5F);
  CHECK(out[plane + there] == -63.0F / 128);
  CHECK(out[2 * plane + there] == -62.0F / 128);
  CHECK(out[there + 1] == -1);
}

TEST_CASE("memory of another size, and no picture") {
  std::vector<float> out(26);
  CHECK_THROWS_AS(inception_input(gray(1, {7}), out, 3), ShapeError);
  out.resize(27);
  CHECK_THROWS_AS(inception_input(Picture(), out, 3), ArgumentError);
  Picture short_of_values = gray(2, {1, 2});
  short_of_values.rgb.pop_back();
  CHECK_THROWS_AS(inception_input(short_of_values, out, 3), ArgumentError);
}
