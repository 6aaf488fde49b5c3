#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "densenf/app/draw.hpp"

namespace densenf::app {

/// Points of one curve, joined by lines or drawn as dots. x and y have the same length.
struct Series {
  std::string name;  ///< for the legend; empty for none
  std::vector<double> x;
  std::vector<double> y;
  bool dots = false;
};

struct PlotOptions {
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
  Index width = 900;   ///< of the picture, in pixels
  Index height = 600;  ///< of the picture, in pixels
  Index text_scale = 2;
};

/// What an axis covers.
struct AxisRange {
  double low = 0;
  double high = 1;
};

namespace detail {

inline constexpr Color ink{60, 60, 60};
inline constexpr Color grid_line{228, 228, 228};

struct Tick {
  double value;
  std::string label;
};

/// Round numbers (1, 2 or 5 times a power of ten apart) inside the range, about `wanted` of them.
inline std::vector<Tick> round_ticks(AxisRange range, Index wanted) {
  const double raw = (range.high - range.low) / static_cast<double>(std::max<Index>(wanted, 1));
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= raw * (1 - 1e-9)) step = factor * power;
  }
  const double first = std::ceil(range.low / step - 1e-9);
  const auto steps = static_cast<Index>(std::floor(range.high / step + 1e-9) - first);
  const int decimals = static_cast<int>(std::max(0.0, -std::floor(std::log10(step) + 1e-9)));
  const bool plain = decimals <= 5 && std::max(std::abs(range.low), std::abs(range.high)) < 1e6;
  std::vector<Tick> ticks;
  for (Index i = 0; i <= steps; ++i) {
    const double value = (first + static_cast<double>(i)) * step;
    ticks.push_back({value, plain ? fmt::format("{:.{}f}", value, decimals) : fmt::format("{:.4g}", value)});
  }
  return ticks;
}

/// Throws ArgumentError unless an axis can be drawn; gives a range without width some.
inline AxisRange checked_range(AxisRange range, const char* axis) {
  if (range.low == range.high) {
    const double room = std::max(0.5, 0.1 * std::abs(range.low));
    range = {range.low - room, range.high + room};
  }
  // An axis finer than the numbers on it has no round numbers to show.
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  if (!(range.low < range.high) || !std::isfinite(range.high - range.low) ||
      range.high - range.low < 1e-12 * size) {
    throw ArgumentError("The {} axis cannot be drawn from {} to {}.", axis, range.low, range.high);
  }
  return range;
}

struct PlotRanges {
  AxisRange x, y;
};

/// What the points of all series cover. Throws ArgumentError as line_plot does.
inline PlotRanges covered_by(std::span<const Series> series) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  AxisRange x{inf, -inf};
  AxisRange y{inf, -inf};
  for (const Series& s : series) {
    if (s.x.size() != s.y.size()) {
      throw ArgumentError("Series '{}' has {} values of x but {} of y.", s.name, s.x.size(), s.y.size());
    }
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      if (!std::isfinite(s.x[i]) || !std::isfinite(s.y[i])) {
        throw ArgumentError("Point {} of series '{}' is ({}, {}); only finite values can be plotted.", i,
                            s.name, s.x[i], s.y[i]);
      }
      x = {std::min(x.low, s.x[i]), std::max(x.high, s.x[i])};
      y = {std::min(y.low, s.y[i]), std::max(y.high, s.y[i])};
    }
  }
  if (x.low > x.high)
    throw ArgumentError("A plot needs at least one point; none of {} series has one.", series.size());
  return {x, y};
}

inline AxisRange widened(AxisRange r, double by) {
  return {r.low - by * (r.high - r.low), r.high + by * (r.high - r.low)};
}

/// The picture around a plot: title, axes with round numbers, grid lines, labels.
class Frame {
public:
  Frame(Picture& picture, AxisRange x, AxisRange y, const PlotOptions& options, Index room_right, bool grid)
      : x_range_(x), y_range_(y), scale_(options.text_scale), text_(text_height * scale_), gap_(4 * scale_) {
    const auto y_ticks = round_ticks(y, options.height / (10 * text_height));
    Index widest = 0;
    for (const Tick& t : y_ticks) widest = std::max(widest, text_width(t.label, scale_));
    left = 3 * gap_ + widest + (options.y_label.empty() ? 0 : text_ + 2 * gap_);
    top = options.title.empty() ? 2 * gap_ : text_ + 3 * gap_;
    width = options.width - left - 3 * gap_ - room_right;
    height = options.height - top - text_ - 3 * gap_ - (options.x_label.empty() ? 0 : text_ + gap_);
    if (width < 50 || height < 50) {
      throw ArgumentError("A plot of {} x {} pixels has no room beside its labels; make it larger.",
                          options.width, options.height);
    }
    draw_axes(picture, round_ticks(x, options.width / (12 * text_height)), y_ticks, grid);
    draw_labels(picture, options);
  }

  /// Where a value lies in the picture.
  Point at(double x, double y) const {
    return {static_cast<double>(left) + fraction(x, x_range_) * static_cast<double>(width),
            static_cast<double>(top) + (1 - fraction(y, y_range_)) * static_cast<double>(height)};
  }

  Index gap() const { return gap_; }

  Index left, top, width, height;  ///< the plot's own pixels

private:
  static double fraction(double value, AxisRange range) {
    return (value - range.low) / (range.high - range.low);
  }

  void draw_axes(Picture& picture, const std::vector<Tick>& x_ticks, const std::vector<Tick>& y_ticks,
                 bool grid) {
    for (const Tick& t : x_ticks) {
      const auto x = static_cast<Index>(at(t.value, y_range_.low).x);
      if (grid) fill_rectangle(picture, x, top, 1, height, grid_line);
      fill_rectangle(picture, x, top + height, 1, gap_, ink);
      draw_text(picture, x - text_width(t.label, scale_) / 2, top + height + gap_ + gap_ / 2, t.label, scale_,
                ink);
    }
    for (const Tick& t : y_ticks) {
      const auto y = static_cast<Index>(at(x_range_.low, t.value).y);
      if (grid) fill_rectangle(picture, left, y, width, 1, grid_line);
      fill_rectangle(picture, left - gap_, y, gap_, 1, ink);
      draw_text(picture, left - 2 * gap_ - text_width(t.label, scale_), y - text_ / 2 + scale_, t.label,
                scale_, ink);
    }
    fill_rectangle(picture, left - 1, top, 1, height + 1, ink);
    fill_rectangle(picture, left, top + height, width, 1, ink);
  }

  void draw_labels(Picture& picture, const PlotOptions& options) const {
    draw_text(picture, left + (width - text_width(options.title, scale_)) / 2, top - text_ - gap_,
              options.title, scale_, black);
    draw_text(picture, left + (width - text_width(options.x_label, scale_)) / 2,
              options.height - text_ - gap_ / 2, options.x_label, scale_, ink);
    draw_text(picture, gap_, top + (height + text_width(options.y_label, scale_)) / 2, options.y_label,
              scale_, ink, Reading::upwards);
  }

  AxisRange x_range_;
  AxisRange y_range_;
  Index scale_;
  Index text_;
  Index gap_;
};

/// Of the colors the first ones are the most unlike each other.
inline Color series_color(std::size_t i) {
  constexpr std::array<Color, 20> colors{{{38, 96, 164},   {214, 96, 31},  {44, 140, 90},   {176, 48, 96},
                                          {118, 88, 178},  {150, 112, 40}, {90, 90, 90},    {0, 176, 196},
                                          {232, 150, 0},   {120, 180, 40}, {240, 110, 170}, {100, 50, 20},
                                          {0, 60, 90},     {200, 30, 30},  {150, 160, 220}, {110, 110, 0},
                                          {190, 140, 110}, {20, 90, 30},   {150, 0, 170},   {170, 170, 170}}};
  return colors[i % colors.size()];
}

/// Names and colors of the series, in a box at the top right of the plot.
inline void draw_legend(Picture& picture, const Frame& frame, std::span<const Series> series, Index scale) {
  Index widest = 0;
  Index lines = 0;
  for (const Series& s : series) {
    widest = std::max(widest, text_width(s.name, scale));
    lines += s.name.empty() ? 0 : 1;
  }
  if (lines == 0) return;
  const Index gap = frame.gap();
  const Index line = text_height * scale + gap;
  const Index sample = 12 * scale;
  const Index width = widest + sample + 3 * gap;
  const Index left = frame.left + frame.width - width - 2 * gap;
  Index y = frame.top + 2 * gap;
  fill_rectangle(picture, left, y, width, lines * line + gap, white, 0.85);
  y += gap;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].name.empty()) continue;
    if (series[i].dots) {
      fill_rectangle(picture, left + gap + sample / 2 - scale, y + 3 * scale, 2 * scale, 2 * scale,
                     series_color(i));
    } else {
      fill_rectangle(picture, left + gap, y + 3 * scale, sample, scale + 1, series_color(i));
    }
    draw_text(picture, left + 2 * gap + sample, y, series[i].name, scale, ink);
    y += line;
  }
}

/// The viridis color map (van der Walt and Smith, CC0) at ten places, straight lines between them.
inline Color heat_color(double fraction) {
  constexpr std::array<Color, 10> stops{{{68, 1, 84},
                                         {72, 40, 120},
                                         {62, 73, 137},
                                         {49, 104, 142},
                                         {38, 130, 142},
                                         {31, 158, 137},
                                         {53, 183, 121},
                                         {110, 206, 88},
                                         {181, 222, 43},
                                         {253, 231, 37}}};
  const double place = fraction * static_cast<double>(stops.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  const double t = place - static_cast<double>(i);
  const auto mix = [t](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + t * (b - a)));
  };
  return {mix(stops[i].r, stops[i + 1].r), mix(stops[i].g, stops[i + 1].g), mix(stops[i].b, stops[i + 1].b)};
}

}  // namespace detail

/// Curves over a common pair of axes, which cover all their points. Throws ArgumentError when there is no
/// point at all, when a series has x and y of different lengths or a value that is not finite, or when a text
/// is not printable ASCII.
inline Picture line_plot(std::span<const Series> series, const PlotOptions& options = {}) {
  const detail::PlotRanges all = detail::covered_by(series);
  const AxisRange x = detail::widened(detail::checked_range(all.x, "x"), 0.015);
  const AxisRange y = detail::widened(detail::checked_range(all.y, "y"), 0.04);
  Picture picture(options.width, options.height, white);
  const detail::Frame frame(picture, x, y, options, 0, true);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Series& s = series[i];
    Strokes strokes(picture, s.dots ? 4.0 : 2.2);
    for (std::size_t k = 0; k < s.x.size(); ++k) {
      const std::size_t from = s.dots || k == 0 ? k : k - 1;
      strokes.line(frame.at(s.x[from], s.y[from]), frame.at(s.x[k], s.y[k]));
    }
    strokes.paint(detail::series_color(i), s.dots ? 0.7 : 1.0);
  }
  detail::draw_legend(picture, frame, series, options.text_scale);
  return picture;
}

/// A function on a grid as colors, with a bar that explains them. `values`: rows x columns, the first row at
/// y.low, the first column at x.low; each value fills its cell. Throws ShapeError when the number of values
/// is not rows * columns, ArgumentError when one is not finite or the axes cannot be drawn.
inline Picture heat_map(std::span<const double> values, Index columns, Index rows, AxisRange x, AxisRange y,
                        const PlotOptions& options = {}) {
  require_values("A heat map", 1, {1, rows, columns}, values.size());
  for (const double v : values) {
    if (!std::isfinite(v)) throw ArgumentError("A heat map needs finite values, but one is {}.", v);
  }
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  const AxisRange range = detail::checked_range({*lowest, *highest}, "color");
  const auto color = [range](double v) {
    return detail::heat_color((v - range.low) / (range.high - range.low));
  };

  const Index scale = options.text_scale;
  const auto ticks = detail::round_ticks(range, options.height / (10 * text_height));
  Index widest = 0;
  for (const detail::Tick& t : ticks) widest = std::max(widest, text_width(t.label, scale));
  const Index bar = 10 * scale;
  const Index gap = 4 * scale;

  Picture picture(options.width, options.height, white);
  const detail::Frame frame(picture, detail::checked_range(x, "x"), detail::checked_range(y, "y"), options,
                            bar + widest + 3 * gap, false);
  const Index bar_left = frame.left + frame.width + 2 * gap;
  for (Index row = 0; row < frame.height; ++row) {
    const Index up = frame.height - 1 - row;
    const double* line = values.data() + up * rows / frame.height * columns;
    for (Index column = 0; column < frame.width; ++column) {
      picture.set(frame.left + column, frame.top + row, color(line[column * columns / frame.width]));
    }
    const Color shade = detail::heat_color(static_cast<double>(up) / static_cast<double>(frame.height - 1));
    fill_rectangle(picture, bar_left, frame.top + row, bar, 1, shade);
  }
  for (const detail::Tick& t : ticks) {
    const double up = (t.value - range.low) / (range.high - range.low);
    const Index tick_y = frame.top + std::lround((1 - up) * static_cast<double>(frame.height - 1));
    fill_rectangle(picture, bar_left + bar, tick_y, gap / 2, 1, detail::ink);
    draw_text(picture, bar_left + bar + gap, tick_y - 4 * scale, t.label, scale, detail::ink);
  }
  return picture;
}

}  // namespace densenf::app
