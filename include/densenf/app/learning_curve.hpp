#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "densenf/app/plot.hpp"
#include "densenf/io/csv.hpp"

namespace densenf::app {

/// A run's learning curve: bits per dimension over steps, in a file that grows with it.
class LearningCurve {
public:
  struct Point {
    double step = 0, seconds = 0;       ///< of training
    double training = 0, held_out = 0;  ///< bits per dimension
  };

  /// Starts the file, or goes on with the points that it has up to a step (-1: with none). Throws FileError
  /// when it is no curve of a run or cannot be written.
  LearningCurve(const std::filesystem::path& path, Index last_step)
      : file_(path, {"step", "seconds", "train", "held_out"}, static_cast<double>(last_step)) {
    for (const std::vector<double>& row : read_curve(path))
      points_.push_back({row[0], row[1], row[2], row[3]});
  }

  void append(const Point& p) {
    file_.append({p.step, p.seconds, p.training, p.held_out});
    points_.push_back(p);
  }

  const std::vector<Point>& points() const { return points_; }

  /// Brings the points to disk. Throws FileError.
  void sync() const { file_.sync(); }

  /// The last point if it is that of `step`, else null.
  const Point* last(Index step) const {
    const bool there = !points_.empty() && points_.back().step == static_cast<double>(step);
    return there ? &points_.back() : nullptr;
  }

  /// The point with the lowest held-out value, the first of several; null where none is finite.
  const Point* best() const {
    const Point* best = nullptr;
    for (const Point& p : points_) {
      if (std::isfinite(p.held_out) && (best == nullptr || p.held_out < best->held_out)) best = &p;
    }
    return best;
  }

  /// Both curves, without the points that are not finite. Throws ArgumentError when there is no other.
  Picture picture() const {
    Series training{"training", {}, {}}, held_out{"held out (ELBO)", {}, {}};
    for (const Point& p : points_) {
      add(training, p.step, p.training);
      add(held_out, p.step, p.held_out);
    }
    return line_plot(std::vector<Series>{training, held_out},
                     {.title = "Learning curve", .x_label = "step", .y_label = "bits/dim"});
  }

private:
  static void add(Series& series, double x, double y) {
    if (!std::isfinite(x) || !std::isfinite(y)) return;
    series.x.push_back(x);
    series.y.push_back(y);
  }

  CurveFile file_;
  std::vector<Point> points_;
};

}  // namespace densenf::app
