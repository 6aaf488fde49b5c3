#pragma once

#include <array>
#include <optional>
#include <string>

#include "densenf/app/html.hpp"
#include "densenf/app/plot.hpp"

namespace densenf::app {

namespace detail {

/// Lays out an SVG: what line_plot draws as pixels, as text that is legible at any size.
class SvgPlot {
public:
  SvgPlot(AxisRange x, AxisRange y, const PlotOptions& options)
      : x_range_(x), y_range_(y), options_(options), y_ticks_(round_ticks(y, options.height / 34)) {
    std::size_t widest = 0;
    for (const Tick& t : y_ticks_) widest = std::max(widest, t.label.size());
    left_ = 8 + digit * static_cast<double>(widest);
    width_ = static_cast<double>(options.width) - left_ - 14;
    top_ = 2.2 * line;
    height_ = static_cast<double>(options.height) - top_ - 2.6 * line;
    if (width_ < 50 || height_ < 50) {
      throw ArgumentError("A plot of {} x {} pixels has no room beside its labels; make it larger.",
                          options.width, options.height);
    }
    text_ = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" font-family=\"sans-serif\" "
        "font-size=\"{}\" fill=\"currentColor\">\n",
        options.width, options.height, escape_html(options.title), font);
    axes();
  }

  /// Names and colors in one line above the plot, the title at its left.
  void legend(std::span<const Series> series) {
    text(left_, font + 1, "start", options_.title, " font-weight=\"bold\"");
    double right = left_ + width_;
    for (std::size_t i = series.size(); i-- > 0;) {
      if (series[i].name.empty()) continue;
      text(right, font + 1, "end", series[i].name);
      right -= 0.95 * digit * static_cast<double>(series[i].name.size()) + 18;
      text_ += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2}\" y2=\"{2}\" stroke=\"{3}\" stroke-width=\"3\"/>\n",
          right, right + 14, 0.62 * font + 1, color(i));
      right -= 12;
    }
  }

  /// What lies outside of the axes is cut off, by an <svg> inside that has their extent.
  void curves(std::span<const Series> series) {
    text_ += fmt::format("<svg x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\">\n",
                         left_, top_, width_, height_);
    for (std::size_t i = 0; i < series.size(); ++i) {
      const Series& s = series[i];
      if (s.x.empty()) continue;
      if (s.dots) {
        for (std::size_t k = 0; k < s.x.size(); ++k)
          text_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"{}\"/>", across(s.x[k]),
                               down(s.y[k]), color(i));
        continue;
      }
      text_ += fmt::format(
          "<polyline stroke=\"{}\" stroke-width=\"1.8\" stroke-linejoin=\"round\" stroke-linecap=\"round\" "
          "points=\"",
          color(i));
      for (std::size_t k = 0; k < s.x.size(); ++k) point(s.x[k], s.y[k]);
      if (s.x.size() == 1) point(s.x[0], s.y[0]);  // a dot: a line that leads nowhere, with round ends
      text_ += "\"/>\n";
    }
    text_ += "</svg>\n";
  }

  std::string finish() && { return std::move(text_) + "</svg>\n"; }

private:
  static constexpr double font = 13, line = 15;
  static constexpr double digit = 7.6;  ///< the width of a digit, about

  /// Neither dark nor light, to be seen on pages of either kind.
  static const char* color(std::size_t i) {
    constexpr std::array<const char*, 6> colors{"#3f7fc4", "#d2691e", "#2f9160",
                                                "#b8487a", "#8a6cc8", "#96762a"};
    return colors[i % colors.size()];
  }

  /// Inside of the axes.
  double across(double x) const { return (x - x_range_.low) / (x_range_.high - x_range_.low) * width_; }
  /// A line may leave the axes, but no coordinate becomes so long that a reader stumbles over it.
  double down(double y) const {
    const double fraction = (y - y_range_.low) / (y_range_.high - y_range_.low);
    return (1 - std::clamp(fraction, -100.0, 100.0)) * height_;
  }

  void point(double x, double y) { text_ += fmt::format("{:.1f},{:.1f} ", across(x), down(y)); }

  void text(double x, double y, const char* anchor, const std::string& what, const char* more = "") {
    text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor,
                         more, escape_html(what));
  }

  void grid_line(double x1, double y1, double x2, double y2, double opacity) {
    text_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"currentColor\" "
        "opacity=\"{}\"/>\n",
        x1, y1, x2, y2, opacity);
  }

  void axes() {
    constexpr double faint = 0.15, clear = 0.6;
    const double bottom = top_ + height_;
    for (const Tick& t : y_ticks_) {
      const double y = top_ + down(t.value);
      grid_line(left_, y, left_ + width_, y, faint);
      text(left_ - 5, y + 0.35 * font, "end", t.label);
    }
    for (const Tick& t : round_ticks(x_range_, options_.width / 60)) {
      const double x = left_ + across(t.value);
      grid_line(x, top_, x, bottom, faint);
      text(x, bottom + line, "middle", t.label);
    }
    grid_line(left_, top_, left_, bottom, clear);
    grid_line(left_, bottom, left_ + width_, bottom, clear);
    text(left_ + width_ / 2, bottom + 2.2 * line, "middle", options_.x_label);
    text(left_, top_ - 0.4 * line, "start", options_.y_label, " opacity=\"0.7\"");
  }

  AxisRange x_range_, y_range_;
  PlotOptions options_;
  std::vector<Tick> y_ticks_;
  double left_ = 0, top_ = 0, width_ = 0, height_ = 0;
  std::string text_;
};

}  // namespace detail

/// Curves over a common pair of axes as an <svg> element for a page: lines and text take the page's color.
/// The axes cover all points, or `y` what it is given; then curves end where they leave it. Of the options
/// `text_scale` is not used. Throws ArgumentError as line_plot does, but takes any text.
inline std::string svg_line_plot(std::span<const Series> series, const PlotOptions& options = {},
                                 const std::optional<AxisRange>& y = std::nullopt) {
  const detail::PlotRanges all = detail::covered_by(series);
  detail::SvgPlot plot(detail::widened(detail::checked_range(all.x, "x"), 0.015),
                       detail::widened(detail::checked_range(y.value_or(all.y), "y"), 0.04), options);
  plot.legend(series);
  plot.curves(series);
  return std::move(plot).finish();
}

}  // namespace densenf::app
