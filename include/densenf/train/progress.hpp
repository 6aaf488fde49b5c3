#pragma once

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

#include "densenf/core/shape.hpp"

namespace densenf {

/// What one line of progress says.
struct ProgressReport {
  Index step = 0;  ///< steps that are done
  Index total = 0;
  double bits_per_dim = 0;  ///< mean since the last line
  double images_per_second = 0;
  double seconds_left = 0;
};

/// Hours, minutes and seconds as h:mm:ss, to the nearest second; "unknown" when not a finite, positive time.
inline std::string format_duration(double seconds) {
  if (!(seconds >= 0 && std::isfinite(seconds))) return "unknown";
  const auto s = static_cast<long long>(std::llround(seconds));
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// "step 120/5000  3.4512 bits/dim  412.3 images/s  0:12:34 left"
inline std::string format_progress(const ProgressReport& r) {
  return fmt::format("step {}/{}  {:.4f} bits/dim  {:.1f} images/s  {} left", r.step, r.total, r.bits_per_dim,
                     r.images_per_second, format_duration(r.seconds_left));
}

/// Whether lines written to `out` are seen on a terminal, where the last one can be overwritten.
inline bool is_terminal(std::FILE* out) {
#ifdef _WIN32
  return _isatty(_fileno(out)) != 0;
#else
  return isatty(fileno(out)) != 0;
#endif
}

/// Tells how a training run is doing: one line that is overwritten on a terminal, otherwise a line now and
/// then. Failure to write is not an error: the run is worth more than its progress.
class Progress {
public:
  struct Settings {
    std::FILE* out = stderr;
    bool terminal = is_terminal(stderr);  ///< overwrite the line
    double seconds_between_lines = is_terminal(stderr) ? 0.5 : 10.0;
    std::function<double()> clock = [] {  ///< seconds since any fixed time
      return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    };
  };

  /// `first_step` steps are done already, `total` will be. Throws ArgumentError unless 0 <= first_step <=
  /// total and the time between lines is 0 or more.
  Progress(Index first_step, Index total, Settings settings)
      : settings_(std::move(settings)), first_step_(first_step), step_(first_step), total_(total) {
    if (first_step < 0 || first_step > total) {
      throw ArgumentError("Progress needs 0 <= first step <= total, but got {} and {}.", first_step, total);
    }
    if (!(settings_.seconds_between_lines >= 0)) {
      throw ArgumentError("The time between lines must be 0 or more, not {} seconds.",
                          settings_.seconds_between_lines);
    }
    started_ = last_line_ = settings_.clock();
  }
  Progress(Index first_step, Index total) : Progress(first_step, total, Settings{}) {}

  ~Progress() { end_line(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One step is done. Prints if a line is due, and always after the last step. Throws ArgumentError when
  /// `total` steps were done before.
  void update(double bits_per_dim, Index images) {
    if (step_ == total_) throw ArgumentError("All {} steps were done before: there is no next one.", total_);
    ++step_;
    ++steps_since_line_;
    bits_since_line_ += bits_per_dim;
    images_since_line_ += images;
    const double now = settings_.clock();
    if (now - last_line_ < settings_.seconds_between_lines && step_ < total_) return;
    print(format_progress(report(now)));
    last_line_ = now;
    steps_since_line_ = images_since_line_ = 0;
    bits_since_line_ = 0;
    if (step_ == total_) end_line();
  }

  /// Leaves the line as it stands, so that what is printed next begins on a new one.
  void end_line() {
    if (!line_open_) return;
    line_open_ = false;
    std::fputc('\n', settings_.out);
    std::fflush(settings_.out);
  }

private:
  ProgressReport report(double now) const {
    // A clock may not have advanced yet; then a rate is unknown, and fmt says so.
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const double since_line = now - last_line_, since_start = now - started_;
    ProgressReport r{.step = step_, .total = total_};
    r.bits_per_dim = bits_since_line_ / static_cast<double>(steps_since_line_);
    r.images_per_second = since_line > 0 ? static_cast<double>(images_since_line_) / since_line : unknown;
    r.seconds_left = since_start > 0 ? since_start * static_cast<double>(total_ - step_) /
                                           static_cast<double>(step_ - first_step_)
                                     : unknown;
    return r;
  }

  void print(const std::string& line) {
    // Back to the column 0, and clear what a longer line before left over.
    const std::string text = settings_.terminal ? "\r" + line + "\x1b[K" : line + "\n";
    std::fputs(text.c_str(), settings_.out);
    std::fflush(settings_.out);
    line_open_ = settings_.terminal;
  }

  Settings settings_;
  Index first_step_, step_, total_;
  double started_ = 0, last_line_ = 0;
  double bits_since_line_ = 0;
  Index steps_since_line_ = 0, images_since_line_ = 0;
  bool line_open_ = false;
};

}  // namespace densenf
