#include "densenf/app/draw.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace densenf;
using namespace densenf::app;

namespace {

/// The picture as text, '#' where it is dark.
std::string dark(const Picture& p) {
  std::string text;
  for (Index y = 0; y < p.height; ++y) {
    for (Index x = 0; x < p.width; ++x) text += p.at(x, y).r < 128 ? '#' : '.';
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("rectangles are cut off at the picture's edges and mixed by opacity") {
  Picture p(4, 3, white);
  fill_rectangle(p, 1, 1, 2, 1, black);
  CHECK(dark(p) == "....\n.##.\n....\n");
  fill_rectangle(p, -5, 2, 6, 100, black);
  fill_rectangle(p, 3, -2, 9, 3, black);
  CHECK(dark(p) == "...#\n.##.\n#...\n");
  fill_rectangle(p, 0, 0, 1, 1, {55, 155, 255}, 0.25);
  CHECK(p.at(0, 0) == Color{205, 230, 255});
}

TEST_CASE("strokes have their width, smooth edges, and no seams where they meet") {
  Picture p(9, 5, white);
  Strokes strokes(p, 1);
  strokes.line({1.5, 2.5}, {4.5, 2.5});
  strokes.line({4.5, 2.5}, {7.5, 2.5});
  strokes.paint(black, 0.5);
  for (Index x = 1; x <= 7; ++x) CHECK(p.at(x, 2) == Color{128, 128, 128});
  CHECK(p.at(0, 2) == white);
  CHECK(p.at(4, 1) == white);

  Picture between(9, 6, white);
  Strokes half(between, 1);  // between two rows, half of it in each
  half.line({1.5, 3}, {4.5, 3});
  half.line({4.5, 3}, {7.5, 3});
  half.paint(black);
  for (Index x = 1; x <= 7; ++x) {
    CHECK(between.at(x, 2) == Color{128, 128, 128});
    CHECK(between.at(x, 3) == Color{128, 128, 128});
  }

  Picture q(7, 7, white);
  Strokes dot(q, 3);
  dot.line({3.5, 3.5}, {3.5, 3.5});
  dot.paint(black);
  CHECK(q.at(3, 3) == black);
  CHECK(q.at(3, 2) == black);
  CHECK(q.at(3, 1) == white);
  CHECK(q.at(2, 2).r > 0);  // the corner lies 1.41 from the center, the edge 1.5
  CHECK(q.at(2, 2).r < 128);

  Picture r(6, 6, white);
  Strokes diagonal(r, 1);
  diagonal.line({-100, -100}, {100, 100});
  diagonal.paint(black);
  CHECK(dark(r) == "#.....\n.#....\n..#...\n...#..\n....#.\n.....#\n");
  CHECK_THROWS_AS(diagonal.line({0, std::numeric_limits<double>::quiet_NaN()}, {1, 1}), ArgumentError);
  CHECK_THROWS_AS(diagonal.line({0, 0}, {std::numeric_limits<double>::infinity(), 1}), ArgumentError);
}

TEST_CASE("text is drawn in both directions, turned but not mirrored") {
  const Index width = text_width("F1", 1);
  REQUIRE(width > 6);
  Picture p(width, text_height, white);
  draw_text(p, 0, 0, "F1", 1, black);
  const std::string across = dark(p);
  CHECK(across.substr(0, 4) == "####");  // the upper bar of the F
  Picture q(text_height, width, white);
  draw_text(q, 0, width, "F1", 1, black, Reading::upwards);
  for (Index y = 0; y < text_height; ++y) {
    for (Index x = 0; x < width; ++x) CHECK(q.at(y, width - 1 - x) == p.at(x, y));
  }
  Picture twice(2 * width, 2 * text_height, white);
  draw_text(twice, 0, 0, "F1", 2, black);
  for (Index y = 0; y < 2 * text_height; ++y) {
    for (Index x = 0; x < 2 * width; ++x) CHECK(twice.at(x, y) == p.at(x / 2, y / 2));
  }
}

TEST_CASE("every printable character fits its line, and others are refused") {
  std::string all;
  for (char c = 0x20; c < 0x7f; ++c) all += c;
  const Index width = text_width(all, 1);
  Picture room(width, text_height + 10, white);
  draw_text(room, 0, 5, all, 1, black);
  const std::string text = dark(room);
  const auto row = static_cast<std::size_t>(width + 1);
  CHECK(text.substr(0, 5 * row).find('#') == std::string::npos);
  CHECK(text.substr((5 + text_height) * row).find('#') == std::string::npos);
  // Were the corners cut short, the last characters would be missing.
  Picture last(width, text_height + 10, white);
  draw_text(last, text_width(all.substr(0, all.size() - 1), 1), 5, "~", 1, black);
  for (Index x = width - 5; x < width; ++x) {
    for (Index y = 0; y < last.height; ++y) CHECK(last.at(x, y) == room.at(x, y));
  }
  for (const char* bad : {"\xc3\xa4", "\x7f", "a\nb", "\t"}) {
    CHECK_THROWS_AS(text_width(bad, 1), ArgumentError);
    CHECK_THROWS_AS(draw_text(room, 0, 0, bad, 1, black), ArgumentError);
  }
}
