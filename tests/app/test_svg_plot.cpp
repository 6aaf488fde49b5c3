#include "densenf/app/svg_plot.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using densenf_test::contains;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// The coordinates of the only curve.
std::vector<double> points(const std::string& svg) {
  const std::string begin = "points=\"";
  const std::size_t at = svg.find(begin) + begin.size();
  std::string text = svg.substr(at, svg.find('"', at) - at);
  for (char& c : text) c = c == ',' ? ' ' : c;
  std::vector<double> numbers;
  const char* next = text.c_str();
  for (char* end = nullptr;; next = end) {
    const double number = std::strtod(next, &end);
    if (end == next) return numbers;
    numbers.push_back(number);
  }
}

}  // namespace

TEST_CASE("a curve goes through its points, from the left to the right and upwards") {
  const std::vector<Series> series{{"", {0, 5, 10}, {0, 1, 4}}};
  const std::vector<double> p = points(svg_line_plot(series));
  REQUIRE(p.size() == 6);
  // Coordinates have one digit behind the point.
  CHECK(std::abs((p[2] - p[0]) - (p[4] - p[2])) <= 0.2);
  CHECK(p[2] > p[0]);
  CHECK(std::abs((p[1] - p[5]) - 4 * (p[1] - p[3])) <= 0.5);
  CHECK(p[5] < p[1]);
}

TEST_CASE("each series has its color, and a legend where it has a name; a single point is a dot") {
  const std::vector<Series> series{{"one", {1}, {2}}, {"two", {1, 2}, {3, 4}}, {"", {1}, {1}, true}};
  const std::string svg = svg_line_plot(series, {.title = "Both"});
  CHECK(count(svg, "<polyline") == 2);
  CHECK(count(svg, "<circle") == 1);
  CHECK(contains(svg, ">one</text>"));
  CHECK(contains(svg, ">two</text>"));
  CHECK(contains(svg, ">Both</text>"));
  CHECK(count(svg, "#3f7fc4") == 2);  // the first color: a curve and its place in the legend
  CHECK(points(svg).size() == 4);
}

TEST_CASE("texts are escaped, tags are closed, and no coordinate is without end") {
  const std::vector<Series> series{{"<b>\"&", {0, 1, 2}, {1e300, 2, 1}}};
  const std::string svg = svg_line_plot(series, {.title = "<script>"}, AxisRange{1, 2});
  CHECK_FALSE(contains(svg, "<script>"));
  CHECK_FALSE(contains(svg, "<b>"));
  CHECK(contains(svg, "&lt;b&gt;&quot;&amp;"));
  CHECK(count(svg, "<svg") == 2);
  CHECK(count(svg, "</svg>") == 2);
  CHECK(count(svg, "<text") == count(svg, "</text>"));
  CHECK_FALSE(contains(svg, "inf"));
  CHECK_FALSE(contains(svg, "nan"));
  for (const double p : points(svg)) CHECK(std::abs(p) < 1e6);
}

TEST_CASE("what cannot be drawn is refused as line_plot does") {
  CHECK_THROWS_AS(svg_line_plot(std::vector<Series>{}), ArgumentError);
  CHECK_THROWS_AS(svg_line_plot(std::vector<Series>{{"", {0, 1}, {1}}}), ArgumentError);
  CHECK_THROWS_AS(svg_line_plot(std::vector<Series>{{"", {0}, {std::nan("")}}}), ArgumentError);
  CHECK_THROWS_AS(svg_line_plot(std::vector<Series>{{"", {0}, {1}}}, {.width = 60, .height = 60}),
                  ArgumentError);
}
