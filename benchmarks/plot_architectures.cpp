// Draws what trained architectures have in common.
//
//     plot_architectures curves <picture.png> <title> <name> <folder> [<name> <folder> ...]
//     plot_architectures samples <picture.png> <name> <folder> [<name> <folder> ...]
//
// Folders are those of runs of architecture_<name>_<data>. `curves` draws the held-out bits/dim over steps
// and over seconds, with the names in the order of the curves' ends; `samples` some samples of each in a row.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "densenf/app/plot.hpp"
#include "densenf/io/csv.hpp"
#include "densenf/io/npy.hpp"
#include "densenf/io/png.hpp"

namespace {

using namespace densenf;
using namespace densenf::app;

constexpr Index text_scale = 2;

struct Run {
  std::string name;
  std::filesystem::path folder;
};

/// Copies a picture into another one.
void paste(const Picture& from, Picture& to, Index left, Index top) {
  for (Index y = 0; y < from.height; ++y) {
    for (Index x = 0; x < from.width; ++x) to.set(left + x, top + y, from.at(x, y));
  }
}

/// A curve of held-out bits/dim.
struct Curve {
  std::string name;
  std::vector<double> steps, seconds, bits;
};

Curve curve_of(const Run& run) {
  Curve curve{run.name, {}, {}, {}};
  for (const std::vector<double>& row : read_curve(run.folder / "curve.csv")) {
    if (!std::isfinite(row.at(3))) continue;
    curve.steps.push_back(row[0]);
    curve.seconds.push_back(row[1]);
    curve.bits.push_back(row[3]);
  }
  if (curve.bits.empty()) throw FileError("{} has no points yet.", (run.folder / "curve.csv").string());
  return curve;
}

/// Where the curves are cut off above: beginnings, which are steep, would else leave no room for their ends.
double highest_shown(const std::vector<Curve>& curves) {
  const double best = curves.front().bits.back(), worst = curves.back().bits.back();
  return worst + std::max(0.5, 0.5 * (worst - best));
}

/// Without names: those are in the legend.
Picture panel(const std::vector<Curve>& curves, std::vector<double> Curve::*over, bool logarithmic,
              const PlotOptions& options) {
  const double highest = highest_shown(curves);
  std::vector<Series> series;
  for (const Curve& c : curves) {
    Series s{"", {}, {}};
    for (std::size_t i = 0; i < c.bits.size(); ++i) {
      if (c.bits[i] > highest) continue;
      const double at = (c.*over)[i];
      s.x.push_back(logarithmic ? std::log10(at) : at);
      s.y.push_back(c.bits[i]);
    }
    series.push_back(std::move(s));
  }
  return line_plot(series, options);
}

void draw_curves(const std::string& path, const std::string& title, const std::vector<Run>& runs) {
  std::vector<Curve> curves;
  for (const Run& run : runs) curves.push_back(curve_of(run));
  std::ranges::stable_sort(curves, {}, [](const Curve& c) { return c.bits.back(); });
  constexpr Index panel_width = 720, line = 13 * text_scale, gap = 10;
  std::vector<std::string> lines;
  Index widest = 0;
  for (const Curve& c : curves) {
    lines.push_back(fmt::format("{:.3f} {}", c.bits.back(), c.name));
    widest = std::max(widest, text_width(lines.back(), text_scale));
  }
  const Index height = std::max<Index>(560, (std::ssize(lines) + 4) * line);
  Picture picture(2 * panel_width + widest + 5 * gap + 24, height, white);
  const auto options = [&](std::string of, std::string x) {
    return PlotOptions{.title = std::move(of),
                       .x_label = std::move(x),
                       .y_label = "held-out bits/dim",
                       .width = panel_width,
                       .height = height,
                       .text_scale = text_scale};
  };
  paste(panel(curves, &Curve::steps, true, options(title, "log10 of steps")), picture, 0, 0);
  paste(panel(curves, &Curve::seconds, false, options(title, "seconds of training")), picture, panel_width,
        0);
  const Index left = 2 * panel_width + gap;
  draw_text(picture, left, 2 * line - line / 2, "at the end", text_scale, black);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Index top = (static_cast<Index>(i) + 3) * line;
    fill_rectangle(picture, left, top + 2 * text_scale, 24, 5, app::detail::series_color(i));
    draw_text(picture, left + 24 + gap, top, lines[i], text_scale, black);
  }
  save_png(path, picture);
}

/// The first samples of a run, in a row.
Picture samples_of(const Run& run) {
  constexpr Index most = 14, digit = 64;
  const Table<float> rows = load_npy<float>(run.folder / "samples.npy");
  const bool digits = rows.columns() == digit;
  if (!digits && rows.columns() != 3 * 32 * 32) {
    throw FileError("{} has samples of {} values, which are neither digits nor CIFAR-10's.",
                    (run.folder / "samples.npy").string(), rows.columns());
  }
  const Index count = std::min(most, rows.rows());
  std::vector<std::uint8_t> values;
  for (Index i = 0; i < count * rows.columns(); ++i)
    values.push_back(
        static_cast<std::uint8_t>(std::clamp(rows.values[static_cast<std::size_t>(i)], 0.0f, 255.0f)));
  return image_grid(values, digits ? Shape{1, 8, 8} : Shape{3, 32, 32}, digits ? 17 : 256,
                    {.columns = most, .magnification = digits ? 7 : 2});
}

void draw_samples(const std::string& path, const std::vector<Run>& runs) {
  std::vector<Picture> pictures;
  Index widest = 0, width = 0, height = 0;
  for (const Run& run : runs) {
    pictures.push_back(samples_of(run));
    widest = std::max(widest, text_width(run.name, text_scale));
    width = std::max(width, pictures.back().width);
    height += pictures.back().height;
  }
  constexpr Index gap = 8;
  Picture all(widest + 3 * gap + width, height, white);
  Index top = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Index middle = top + (pictures[i].height - text_height * text_scale) / 2;
    draw_text(all, gap, middle, runs[i].name, text_scale, black);
    paste(pictures[i], all, widest + 2 * gap, top);
    top += pictures[i].height;
  }
  save_png(path, all);
}

std::vector<Run> runs_in(const std::vector<std::string>& arguments, std::size_t first) {
  std::vector<Run> runs;
  for (std::size_t i = first; i + 1 < arguments.size(); i += 2)
    runs.push_back({arguments[i], arguments[i + 1]});
  return runs;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string what = arguments.empty() ? "" : arguments[0];
  if (what == "curves" && arguments.size() >= 5 && arguments.size() % 2 == 1)
    draw_curves(arguments[1], arguments[2], runs_in(arguments, 3));
  else if (what == "samples" && arguments.size() >= 4 && arguments.size() % 2 == 0)
    draw_samples(arguments[1], runs_in(arguments, 2));
  else
    throw ArgumentError(
        "plot_architectures takes curves, a picture and a title, or samples and a picture, and then a name "
        "and "
        "a folder for each run.");
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
