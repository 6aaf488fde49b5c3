#pragma once

#include <array>
#include <cerrno>
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
#include <sys/ioctl.h>
#include <unistd.h>
#endif

#include "densenf/core/shape.hpp"

namespace densenf::app {

/// What one line of progress says.
struct ProgressReport {
  Index step = 0;  ///< steps that are done
  Index total = 0;
  double bits_per_dim = 0;  ///< mean since the last line
  double images_per_second = 0;
  double seconds_left = 0;
  std::string what = "step";  ///< what is counted
};

/// Hours, minutes and seconds as h:mm:ss, to the nearest second; "unknown" when not a finite, positive time.
inline std::string format_duration(double seconds) {
  if (!(seconds >= 0 && std::isfinite(seconds))) return "unknown";
  const auto s = static_cast<long long>(std::llround(seconds));
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// "step 120/5000  3.4512 bits/dim  412.3 images/s  0:12:34 left", or as much of it as `most` characters have
/// room for (0: as many as it takes): first the speed is left out, then the time, then the bits per
/// dimension.
inline std::string format_progress(const ProgressReport& r, Index most = 0) {
  const std::string count = fmt::format("{} {}/{}", r.what, r.step, r.total);
  const std::string bits = fmt::format("  {:.4f} bits/dim", r.bits_per_dim);
  const std::string left = fmt::format("  {} left", format_duration(r.seconds_left));
  const std::array<std::string, 4> from_long_to_short{
      count + bits + fmt::format("  {:.1f} images/s", r.images_per_second) + left, count + bits + left,
      count + bits, count};
  for (const std::string& line : from_long_to_short) {
    if (most == 0 || std::cmp_less_equal(line.size(), most)) return line;
  }
  return count.substr(0, static_cast<std::size_t>(most));
}

/// The width of the terminal that `out` is seen on, in characters; 0 when it is not known.
inline Index terminal_columns(std::FILE* out) {
#ifdef _WIN32
  static_cast<void>(out);
  return 0;
#else
  struct winsize size {};
  return ::ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? static_cast<Index>(size.ws_col) : 0;
#endif
}

/// Writes text to where people look. False when nobody will read it any more, because it is a pipe whose
/// reader has gone; any other failure is not an error: a run is worth more than what it says about itself.
inline bool write_text(std::FILE* out, const std::string& text) {
  const bool written = std::fputs(text.c_str(), out) >= 0 && std::fflush(out) == 0;
  return written || errno != EPIPE;
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
/// then. Failure to write is not an error: see write_text.
class Progress {
public:
  struct Settings {
    std::FILE* out = stderr;
    bool terminal = is_terminal(stderr);  ///< overwrite the line
    double seconds_between_lines = is_terminal(stderr) ? 0.5 : 10.0;
    std::function<double()> clock = [] {  ///< seconds since any fixed time
      return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    };
    /// Of the terminal, 0 for any number; asked for each line, because windows change. Empty: those of `out`.
    std::function<Index()> columns = {};
    std::string what = "step";  ///< what is counted
    bool keep_last = true;      ///< print a line at the end, due or not, and let it stand
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

  ~Progress() {
    if (line_open_ && !settings_.keep_last) say("\r\x1b[K");
    if (settings_.keep_last) end_line();
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One step is done. Prints if a line is due, and after the last step. Throws ArgumentError when
  /// `total` steps were done before.
  void update(double bits_per_dim, Index images) {
    if (step_ == total_) throw ArgumentError("All {} steps were done before: there is no next one.", total_);
    ++step_;
    ++steps_since_line_;
    bits_since_line_ += bits_per_dim;
    images_since_line_ += images;
    const double now = settings_.clock();
    const bool at_end = step_ == total_ && settings_.keep_last;
    if (now - last_line_ < settings_.seconds_between_lines && !at_end) return;
    print(report(now));
    last_line_ = now;
    steps_since_line_ = images_since_line_ = 0;
    bits_since_line_ = 0;
    if (at_end) end_line();
  }

  /// Leaves the line as it stands, so that what is printed next begins on a new one.
  void end_line() {
    if (!line_open_) return;
    line_open_ = false;
    say("\n");
  }

  /// Whether a line could not be written because nobody will read it any more: see write_text.
  bool reader_gone() const { return reader_gone_; }

private:
  ProgressReport report(double now) const {
    // A clock may not have advanced yet; then a rate is unknown, and fmt says so.
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const double since_line = now - last_line_, since_start = now - started_;
    ProgressReport r{.step = step_, .total = total_, .what = settings_.what};
    r.bits_per_dim = bits_since_line_ / static_cast<double>(steps_since_line_);
    r.images_per_second = since_line > 0 ? static_cast<double>(images_since_line_) / since_line : unknown;
    r.seconds_left = since_start > 0 ? since_start * static_cast<double>(total_ - step_) /
                                           static_cast<double>(step_ - first_step_)
                                     : unknown;
    return r;
  }

  void print(const ProgressReport& r) {
    if (settings_.terminal) {
      const Index columns = settings_.columns ? settings_.columns() : terminal_columns(settings_.out);
      // Back to column 0, and clear what a longer line before left over. A line as wide as the terminal would
      // leave the cursor beyond its end.
      say(fmt::format("\r{}\x1b[K", format_progress(r, columns > 1 ? columns - 1 : 0)));
    } else {
      say(format_progress(r) + "\n");
    }
    line_open_ = settings_.terminal;
  }

  void say(const std::string& text) { reader_gone_ = !write_text(settings_.out, text) || reader_gone_; }

  Settings settings_;
  Index first_step_, step_, total_;
  double started_ = 0, last_line_ = 0;
  double bits_since_line_ = 0;
  Index steps_since_line_ = 0, images_since_line_ = 0;
  bool line_open_ = false, reader_gone_ = false;
};

}  // namespace densenf::app
