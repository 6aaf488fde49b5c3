#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "densenf/app/thinned_rows.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/io/csv.hpp"

namespace densenf::app {

/// What a training step was like.
struct StepFacts {
  Index step = 0;    ///< that was done, counted from 1
  double epoch = 0;  ///< passes through the training images up to its end
  double bits = 0;   ///< per dimension: the batch's mean loss
  double gradient_norm = 0;
  double learning_rate = 0;
  Index images = 0;         ///< in the batch
  double step_seconds = 0;  ///< that it took
  double seconds = 0;       ///< of training up to its end
};

/// A line of log.csv.
struct LogLine {
  double step = 0, epoch = 0, seconds = 0;
  double bits = 0;  ///< per dimension: mean over the steps since the last line
  double gradient_norm = 0, learning_rate = 0;
  double images_per_second = 0;  ///< over the same steps

  static constexpr std::size_t columns = 7;
  static std::vector<std::string> names() {
    return {"step", "epoch", "seconds", "train", "gradient_norm", "learning_rate", "images_per_second"};
  }
  static LogLine of(const std::array<double, columns>& v) {
    return {v[0], v[1], v[2], v[3], v[4], v[5], v[6]};
  }
  std::array<double, columns> values() const {
    return {step, epoch, seconds, bits, gradient_norm, learning_rate, images_per_second};
  }
};

/// What the next line of log.csv is made of. A checkpoint keeps it, so that a resumed run writes the same
/// lines.
struct LogSums {
  double bits = 0, seconds = 0;
  Index steps = 0, images = 0;
};

/// log.csv: how a run's steps go, a line now and then.
class RunLog {
public:
  /// Starts the file, or goes on with the lines that it has up to a step (-1: with none). Throws FileError
  /// when it is no log of a run or cannot be written.
  RunLog(const std::filesystem::path& path, Index last_step, const LogSums& sums = {})
      : file_(path, LogLine::names(), static_cast<double>(last_step)), sums_(sums) {
    for (const std::vector<double>& row : read_curve(path)) {
      std::array<double, LogLine::columns> values;
      std::copy(row.begin(), row.end(), values.begin());
      lines_.add(values);
    }
  }

  void count(const StepFacts& s) {
    sums_.bits += s.bits;
    sums_.seconds += s.step_seconds;
    sums_.images += s.images;
    ++sums_.steps;
  }

  /// Writes a line about the steps that were counted since the last one, of which `s` is the newest. Throws
  /// FileError when the file does not take it; then the next line is about these steps too.
  LogLine write(const StepFacts& s) {
    const double rate = static_cast<double>(sums_.images) / sums_.seconds;
    const LogLine line{static_cast<double>(s.step),
                       s.epoch,
                       s.seconds,
                       sums_.bits / static_cast<double>(sums_.steps),
                       s.gradient_norm,
                       s.learning_rate,
                       rate};
    file_.append(line.values());
    lines_.add(line.values());
    sums_ = {};
    return line;
  }

  /// Brings the lines to disk. Throws FileError.
  void sync() const { file_.sync(); }

  const LogSums& sums() const { return sums_; }

  /// All lines; of a long log, means of neighbors.
  std::vector<LogLine> lines() const {
    std::vector<LogLine> all;
    for (const auto& row : lines_.rows()) all.push_back(LogLine::of(row));
    return all;
  }

private:
  CurveFile file_;
  ThinnedRows<LogLine::columns> lines_;
  LogSums sums_;
};

}  // namespace densenf::app
