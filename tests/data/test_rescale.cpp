#include "densenf/data/rescale.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace densenf;

namespace {

Picture random_picture(Index width, Index height) {
  Picture p(width, height, black);
  std::uint32_t state = 1;
  for (std::uint8_t& v : p.rgb) v = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  return p;
}

std::vector<std::uint8_t> image(const Picture& p, const PictureRegion& part, const Shape& shape) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(shape.size()));
  rescale(p, part, shape, out);
  return out;
}

}  // namespace

TEST_CASE("the middle of a picture") {
  CHECK(middle(178, 218, 148, 148) == PictureRegion{15, 35, 148, 148});
  CHECK(middle(5, 4, 2, 3) == PictureRegion{1, 0, 2, 3});
  CHECK(middle(5, 4, 5, 4) == PictureRegion{0, 0, 5, 4});
  CHECK_THROWS_AS(middle(5, 4, 6, 4), ShapeError);
  CHECK_THROWS_AS(middle(5, 4, 5, 5), ShapeError);
  CHECK_THROWS_AS(middle(5, 4, 0, 4), ShapeError);
}

TEST_CASE("the largest middle of a ratio") {
  CHECK(middle_of_ratio(500, 375, 64, 64) == PictureRegion{62, 0, 375, 375});
  CHECK(middle_of_ratio(375, 500, 64, 64) == PictureRegion{0, 62, 375, 375});
  CHECK(middle_of_ratio(100, 100, 3, 2) == PictureRegion{0, 16, 100, 67});
  CHECK(middle_of_ratio(100, 100, 2, 3) == PictureRegion{16, 0, 67, 100});
  CHECK(middle_of_ratio(8, 4, 2, 1) == PictureRegion{0, 0, 8, 4});
  CHECK(middle_of_ratio(1, 1, 3, 2) == PictureRegion{0, 0, 1, 1});
  CHECK(middle_of_ratio(1, 1000, 1000, 1) == PictureRegion{0, 499, 1, 1});
  CHECK(middle_of_ratio(1000, 1, 1, 1000) == PictureRegion{499, 0, 1, 1});
  for (Index w = 1; w < 30; ++w) {
    for (Index h = 1; h < 30; ++h) {
      const PictureRegion r = middle_of_ratio(w, h, 5, 3);
      CHECK((r.w == w || r.h == h));
      // Half a pixel off at most, but for the pixel that there is at least.
      CHECK((std::abs(3 * r.w - 5 * r.h) * 2 <= 5 || r.w == 1 || r.h == 1));
    }
  }
}

TEST_CASE("a part of its own size is copied, channels first") {
  const Picture p = random_picture(6, 5);
  const auto out = image(p, {1, 2, 4, 3}, {3, 3, 4});
  for (Index c = 0; c < 3; ++c) {
    for (Index y = 0; y < 3; ++y) {
      for (Index x = 0; x < 4; ++x)
        CHECK(out[static_cast<std::size_t>((c * 3 + y) * 4 + x)] == p.pixel(x + 1, y + 2)[c]);
    }
  }
}

TEST_CASE("each pixel is the mean of what it covers, to the nearest") {
  for (const auto& [w, h] : {std::pair<Index, Index>{12, 9}, {7, 11}, {5, 5}, {64, 3}, {3, 2}}) {
    const Picture p = random_picture(w + 2, h + 1);
    const PictureRegion part{1, 1, w, h};
    const Shape shape{3, 5, 4};
    const auto out = image(p, part, shape);
    for (Index c = 0; c < 3; ++c) {
      for (Index y = 0; y < shape.h; ++y) {
        for (Index x = 0; x < shape.w; ++x) {
          // Every pixel of the part cut into shape.h x shape.w pieces, of which a new pixel has h x w.
          Index sum = 0;
          for (Index v = y * h; v < (y + 1) * h; ++v) {
            for (Index u = x * w; u < (x + 1) * w; ++u) sum += p.pixel(1 + u / shape.w, 1 + v / shape.h)[c];
          }
          const Index mean = (2 * sum + w * h) / (2 * w * h);
          CHECK(out[static_cast<std::size_t>((c * shape.h + y) * shape.w + x)] == mean);
        }
      }
    }
  }
}

TEST_CASE("an extreme picture keeps its color, and a gray one its gray") {
  Picture line(20'000, 1, Color{200, 100, 50});
  const auto out = image(line, {0, 0, 20'000, 1}, {3, 4, 4});
  CHECK(out == [] {
    std::vector<std::uint8_t> expected(16, 200);
    expected.insert(expected.end(), 16, 100);
    expected.insert(expected.end(), 16, 50);
    return expected;
  }());
  CHECK(image(line, {0, 0, 1, 1}, {1, 1, 2}) == std::vector<std::uint8_t>{124, 124});  // 124.2
  for (int gray = 0; gray < 256; ++gray) {
    const auto level = static_cast<std::uint8_t>(gray);
    CHECK(image(Picture(3, 3, {level, level, level}), {0, 0, 3, 3}, {1, 1, 1})[0] == gray);
  }
}

TEST_CASE("what does not fit is refused") {
  const Picture p = random_picture(4, 4);
  CHECK_THROWS_AS(image(p, {0, 0, 4, 4}, {2, 1, 1}), ShapeError);
  CHECK_THROWS_AS(image(p, {0, 1, 4, 4}, {3, 1, 1}), ShapeError);
  CHECK_THROWS_AS(image(p, {-1, 0, 4, 4}, {3, 1, 1}), ShapeError);
  CHECK_THROWS_AS(image(p, {0, 0, 0, 4}, {3, 1, 1}), ShapeError);
  CHECK_THROWS_AS(image(p, {0, 0, 5, 4}, {3, 1, 1}), ShapeError);
  std::vector<std::uint8_t> out(2);
  CHECK_THROWS_AS(rescale(p, {0, 0, 4, 4}, {3, 1, 1}, out), ShapeError);
}
