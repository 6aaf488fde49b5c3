#include "densenf/app/plot.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace densenf;
using namespace densenf::app;

namespace {

std::vector<std::string> labels(AxisRange range, Index wanted) {
  std::vector<std::string> found;
  for (const auto& tick : app::detail::round_ticks(range, wanted)) found.push_back(tick.label);
  return found;
}

using Names = std::vector<std::string>;

Index count(const Picture& p, Color color) {
  Index found = 0;
  for (Index y = 0; y < p.height; ++y) {
    for (Index x = 0; x < p.width; ++x) found += p.at(x, y) == color ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("ticks are round numbers inside the range, with as many digits as they need") {
  CHECK(labels({0, 1}, 5) == Names{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels({-1, 1}, 4) == Names{"-1.0", "-0.5", "0.0", "0.5", "1.0"});
  CHECK(labels({3, 1003}, 4) == Names{"500", "1000"});
  CHECK(labels({0, 100000}, 5) == Names{"0", "20000", "40000", "60000", "80000", "100000"});
  CHECK(labels({2.981, 2.989}, 4) == Names{"2.982", "2.984", "2.986", "2.988"});
  CHECK(labels({0, 4e-8}, 2) == Names{"0", "2e-08", "4e-08"});
  CHECK(labels({0, 3e9}, 3) == Names{"0", "1e+09", "2e+09", "3e+09"});
}

TEST_CASE("axes that cannot be drawn are refused, and a single value gets room") {
  const auto widened = app::detail::checked_range({5, 5}, "x");
  CHECK(widened.low == 4.5);
  CHECK(widened.high == 5.5);
  CHECK_THROWS_AS(app::detail::checked_range({1, 0}, "x"), ArgumentError);
  CHECK_THROWS_AS(app::detail::checked_range({-1e308, 1e308}, "x"), ArgumentError);
  CHECK_THROWS_AS(app::detail::checked_range({1e16, 1e16 + 2}, "x"), ArgumentError);
  CHECK_THROWS_AS(app::detail::checked_range({0, std::nan("")}, "x"), ArgumentError);
}

TEST_CASE("a line plot draws each series in its color, through its points") {
  std::vector<Series> series(2);
  series[0] = {"", {0, 10}, {3, 3}};
  series[1] = {"", {0, 5, 10}, {0, 1, 4}, true};
  const Picture p = line_plot(series);
  CHECK(p.width == 900);
  CHECK(p.height == 600);
  const Color line = app::detail::series_color(0);
  Index low = p.height, high = -1, left = p.width, right = -1;
  for (Index y = 0; y < p.height; ++y) {
    for (Index x = 0; x < p.width; ++x) {
      if (p.at(x, y) != line) continue;
      low = std::min(low, y), high = std::max(high, y);
      left = std::min(left, x), right = std::max(right, x);
    }
  }
  CHECK(high - low <= 2);     // level
  CHECK(right - left > 700);  // across the plot
  CHECK(low > 160);           // and at 3, where the axis goes from 0 to 4
  CHECK(high < 190);
  const Color none = app::detail::series_color(2);
  CHECK(count(p, none) == 0);
  series[0].name = "named";
  CHECK(count(line_plot(series), line) > count(p, line) + 20);  // the legend's sample
}

TEST_CASE("twenty series have colors of their own, unlike white's and the grid's") {
  const auto far = [](const Color& a, const Color& b) {
    return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b) >= 50;
  };
  for (std::size_t i = 0; i < 20; ++i) {
    const Color color = app::detail::series_color(i);
    CHECK(far(color, white));
    CHECK(far(color, app::detail::grid_line));
    for (std::size_t k = 0; k < i; ++k)
      CHECK_MESSAGE(far(color, app::detail::series_color(k)), i, " and ", k);
  }
  CHECK(app::detail::series_color(20) == app::detail::series_color(0));
}

TEST_CASE("plots of what is not there are refused") {
  const auto plot = [](const Series& s) { return line_plot(std::span(&s, 1)); };
  CHECK_THROWS_AS(line_plot({}), ArgumentError);
  CHECK_THROWS_AS(plot({"a", {}, {}}), ArgumentError);
  CHECK_THROWS_AS(plot({"a", {1, 2}, {1}}), ArgumentError);
  CHECK_THROWS_AS(plot({"a", {1, 2}, {1, std::nan("")}}), ArgumentError);
  CHECK_THROWS_AS(plot({"a", {1, INFINITY}, {1, 2}}), ArgumentError);
  CHECK_NOTHROW(plot({"a", {1}, {1}}));
  CHECK_THROWS_AS(plot({"\xc3\xa4", {1}, {1}}), ArgumentError);
  const Series s{"a", {1}, {1}};
  CHECK_THROWS_AS(line_plot(std::span(&s, 1), {"", "", "", 100, 60}), ArgumentError);
}

TEST_CASE("a heat map has its first value at the bottom left") {
  // Two rows, three columns; the highest value at the top right, the lowest at the bottom left.
  const std::vector<double> values{0, 1, 2, 3, 4, 9};
  const Picture p = heat_map(values, 3, 2, {-1, 1}, {-1, 1}, {"title", "x", "y", 500, 400});
  const auto at = [&p](int column, int row) { return p.at(100 + 120 * column, row == 0 ? 250 : 80); };
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 3; ++column) {
      const double value = values[static_cast<std::size_t>(row * 3 + column)];
      CHECK(at(column, row) == app::detail::heat_color(value / 9));
    }
  }
  CHECK(app::detail::heat_color(0) == Color{68, 1, 84});
  CHECK(app::detail::heat_color(1) == Color{253, 231, 37});
  CHECK_THROWS_AS(heat_map(values, 3, 3, {0, 1}, {0, 1}), ShapeError);
  CHECK_THROWS_AS(heat_map({}, Index{1} << 32, Index{1} << 32, {0, 1}, {0, 1}), ShapeError);
  CHECK_THROWS_AS(heat_map(values, 3, 2, {0, -1}, {0, 1}), ArgumentError);
  const std::vector<double> wrong{0, INFINITY};
  CHECK_THROWS_AS(heat_map(wrong, 2, 1, {0, 1}, {0, 1}), ArgumentError);
  const std::vector<double> flat{3, 3};
  CHECK_NOTHROW(heat_map(flat, 2, 1, {0, 1}, {0, 1}));
}
