#pragma once

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "densenf/app/attempts.hpp"
#include "densenf/app/learning_curve.hpp"
#include "densenf/app/machine.hpp"
#include "densenf/app/report.hpp"
#include "densenf/app/run_folder.hpp"
#include "densenf/app/run_log.hpp"
#include "densenf/app/run_options.hpp"
#include "densenf/app/sample_strip.hpp"
#include "densenf/app/svg_plot.hpp"
#include "densenf/app/tensorboard.hpp"
#include "densenf/io/png.hpp"

namespace densenf::app {

namespace detail {

/// Seconds since 1970.
inline double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A curve of those points that are finite.
class FiniteSeries {
public:
  explicit FiniteSeries(std::string name) : series_{std::move(name), {}, {}} {}
  void add(double x, double y) {
    if (!std::isfinite(x) || !std::isfinite(y)) return;
    series_.x.push_back(x);
    series_.y.push_back(y);
  }
  const Series& get() const { return series_; }

private:
  Series series_;
};

/// What values cover without the first twentieth of a run, in which a loss falls from where nothing else is;
/// nothing while there is little to leave out.
inline std::optional<AxisRange> range_after_the_beginning(std::span<const Series> series) {
  double end = 0;
  for (const Series& s : series) end = s.x.empty() ? end : std::max(end, s.x.back());
  std::size_t left = 0;
  AxisRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const Series& s : series) {
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      if (s.x[i] < 0.05 * end) continue;
      range = {std::min(range.low, s.y[i]), std::max(range.high, s.y[i])};
      ++left;
    }
  }
  constexpr std::size_t few = 10;
  return left > few ? std::optional(range) : std::nullopt;
}

struct TimeUnit {
  const char* name;
  double seconds;
};

/// The one in which a duration is a number from 2 on, where there is one.
inline TimeUnit time_unit(double seconds) {
  for (const TimeUnit unit : {TimeUnit{"days", 86400}, {"hours", 3600}, {"minutes", 60}}) {
    if (seconds >= 2 * unit.seconds) return unit;
  }
  return {"seconds", 1};
}

}  // namespace detail

/// What a run writes for people who watch it (see RunOptions), beside its checkpoints. While the run goes on
/// nothing here throws: what could not be written is told once.
class RunRecord {
public:
  /// Starts the files, or goes on with what they have up to a step (-1: with nothing). `started`: when the
  /// run began for the first time, in seconds since 1970. Throws FileError when one is no file of a run or
  /// cannot be written.
  RunRecord(const RunFolder& folder, const RunOptions& options, Index done, const LogSums& sums,
            double started)
      : folder_(folder),
        options_(options),
        log_(folder / "log.csv", done, sums),
        curve_(folder / "curve.csv", done),
        strip_(folder / "samples", done),
        done_(std::max<Index>(done, 0)),
        started_(started) {}

  /// Tables for the page: how the run is made.
  void set_tables(std::vector<ReportTable> tables) { tables_ = std::move(tables); }

  /// Steps are about to be taken.
  void begin() {
    began_ = detail::now();
    began_at_ = done_;
    if (options_.tensorboard) {
      attempt_("TensorBoard's file could not be begun", [&] {
        const std::string name = fmt::format("{:.6f}.{}.{}", began_, host_name(), ::getpid());
        events_.emplace(folder_ / "tensorboard", name, done_ + 1, began_);
      });
    }
    write_report("running");
  }

  /// A step was done.
  void add_step(const StepFacts& s) {
    done_ = s.step;
    epoch_ = s.epoch;
    log_.count(s);
    if (s.step % options_.log_every != 0 && s.step != options_.steps) return;
    attempt_("The log could not be continued", [&] {
      const LogLine line = log_.write(s);
      add_events({{"bits_per_dim/training", line.bits},
                  {"training/gradient_norm", line.gradient_norm},
                  {"training/learning_rate", line.learning_rate},
                  {"training/images_per_second", line.images_per_second},
                  {"training/epoch", line.epoch}});
    });
  }

  /// A point of the curve, with which the evaluation of its step is complete.
  void add_point(const LearningCurve::Point& p) {
    attempt_("The learning curve could not be continued", [&] { curve_.append(p); });
    attempt_("The learning curve could not be drawn",
             [&] { save_png(folder_ / "curve.png", curve_.picture()); });
    add_events({{"bits_per_dim/held_out", p.held_out}});
    write_report("running");
  }

  /// Samples of this step: N x C x H x W, with values below picture_levels.
  void add_samples(std::span<const std::uint8_t> values, const Shape& shape) {
    attempt_("Samples could not be drawn", [&] {
      const Picture all =
          image_grid(values, shape, options_.picture_levels, {.magnification = options_.magnification});
      save_png(folder_ / "samples.png", all);
      if (events_) {
        const std::vector<std::byte> png = read_file(folder_ / "samples.png");
        events_->add_picture(detail::now(), done_, "samples", all.width, all.height, png);
      }
      // Of the same few images each time, some 128 pixels wide.
      constexpr Index few = 16, side = 4;
      const Index count = std::min<Index>(few, std::ssize(values) / shape.size());
      strip_.add(done_, image_grid(values.first(static_cast<std::size_t>(count * shape.size())), shape,
                                   options_.picture_levels,
                                   {.magnification =
                                        std::max<Index>(1, 128 / (side * std::max(shape.h, shape.w)))}));
    });
  }

  /// The page as of now. `state`: what the run is doing; `figures`: what it came to.
  void write_report(const std::string& state, const Facts& figures = {}) {
    attempt_("The report could not be written", [&] {
      const std::string html = report_html(report(state, figures));
      AtomicFile file(folder_ / "report.html");
      file.write(html);
      file.commit();
    });
  }

  /// Brings log and curve to disk, so that a checkpoint that is written next never knows of steps that they
  /// lost.
  void sync() {
    attempt_("Log and curve could not be brought to disk", [&] {
      log_.sync();
      curve_.sync();
    });
  }

  const LearningCurve& curve() const { return curve_; }
  const RunLog& log() const { return log_; }
  double started() const { return started_; }

private:
  void add_events(std::initializer_list<Scalar> scalars) {
    if (!events_) return;
    attempt_("TensorBoard's file could not be continued",
             [&] { events_->add(detail::now(), done_, std::span(scalars.begin(), scalars.size())); });
  }

  // ---- the page ---------------------------------------------------------------------------------

  Report report(const std::string& state, const Facts& figures) const {
    Report r;
    const std::string folder = std::filesystem::absolute(folder_.name()).lexically_normal().string();
    r.title = options_.model.empty() ? folder : fmt::format("{}: {}", options_.model, folder);
    r.summary = {{"state", state}, {"steps", fmt::format("{} of {}", done_, options_.steps)}};
    add_progress(r.summary, state == "running");
    r.summary.insert(r.summary.end(), figures.begin(), figures.end());
    r.plots = plots();
    if (options_.samples > 0) add_pictures(r);
    r.tables = tables_;
    return r;
  }

  void add_progress(Facts& facts, bool running) const {
    const std::vector<LogLine> lines = log_.lines();
    const double time = detail::now();
    if (done_ > began_at_) facts.emplace_back("epochs", fmt::format("{:.2f}", epoch_));
    if (!curve_.points().empty()) {
      const LearningCurve::Point& last = curve_.points().back();
      facts.emplace_back("training, bits/dim", fmt::format("{:.4f}", last.training));
      facts.emplace_back("held out (ELBO), bits/dim", fmt::format("{:.4f}", last.held_out));
    }
    if (const LearningCurve::Point* best = curve_.best())
      facts.emplace_back("best held out", fmt::format("{:.4f}, at step {}", best->held_out, best->step));
    if (!lines.empty()) {
      facts.emplace_back("images/s", fmt::format("{:.1f}", lines.back().images_per_second));
      facts.emplace_back("time of training", format_duration(lines.back().seconds));
    }
    if (running && done_ > began_at_) {
      const double left = (time - began_) / static_cast<double>(done_ - began_at_) *
                          static_cast<double>(options_.steps - done_);
      facts.emplace_back("time left", format_duration(left));
    }
    facts.emplace_back("started", format_time(started_));
    facts.emplace_back("as of", format_time(time));
  }

  std::vector<std::string> plots() const {
    const std::vector<LogLine> lines = log_.lines();
    ThinnedRows<4> points;
    for (const LearningCurve::Point& p : curve_.points())
      points.add({p.step, p.seconds, p.training, p.held_out});
    const detail::TimeUnit unit = detail::time_unit(lines.empty() ? 0 : lines.back().seconds);
    std::vector<std::string> drawn;
    const auto draw = [&](const char* title, const std::string& x_label, const std::vector<Series>& series,
                          const std::optional<AxisRange>& y) {
      if (std::all_of(series.begin(), series.end(), [](const Series& s) { return s.x.empty(); })) return;
      drawn.push_back(
          svg_line_plot(series, {.title = title, .x_label = x_label, .width = 420, .height = 270}, y));
    };
    const auto bits = [&](const std::string& x_label, const auto& x_of_line, const auto& x_of_point) {
      detail::FiniteSeries training("training"), held_out("held out");
      for (const LogLine& line : lines) training.add(x_of_line(line), line.bits);
      for (const auto& p : points.rows()) held_out.add(x_of_point(p), p[3]);
      const std::vector<Series> both{training.get(), held_out.get()};
      draw("bits/dim", x_label, both, detail::range_after_the_beginning(both));
    };
    bits(
        "step", [](const LogLine& line) { return line.step; }, [](const auto& p) { return p[0]; });
    bits(
        fmt::format("{} of training", unit.name),
        [&](const LogLine& line) { return line.seconds / unit.seconds; },
        [&](const auto& p) { return p[1] / unit.seconds; });
    const auto over_steps = [&](double LogLine::*value) {
      detail::FiniteSeries series("");
      for (const LogLine& line : lines) series.add(line.step, line.*value);
      return std::vector<Series>{series.get()};
    };
    // Rates and speeds are read against 0; norms have outliers where a run begins.
    const auto from_0 = [](const std::vector<Series>& series) {
      const std::vector<double>& y = series.front().y;
      return AxisRange{0, y.empty() ? 0 : *std::max_element(y.begin(), y.end())};
    };
    const auto rates = over_steps(&LogLine::learning_rate), speeds = over_steps(&LogLine::images_per_second),
               norms = over_steps(&LogLine::gradient_norm);
    draw("learning rate", "step", rates, from_0(rates));
    draw("images/s", "step", speeds, from_0(speeds));
    draw("gradient norm", "step", norms, detail::range_after_the_beginning(norms));
    return drawn;
  }

  void add_pictures(Report& r) const {
    const auto add = [](std::vector<ReportPicture>& to, const std::string& caption,
                        const std::filesystem::path& path) {
      if (file_exists(path)) to.push_back({caption, read_file(path)});
    };
    if (strip_.steps().empty()) return;
    add(r.samples, fmt::format("step {}", strip_.steps().back()), folder_ / "samples.png");
    for (const Index step : strip_.steps()) add(r.strip, fmt::format("step {}", step), strip_.path(step));
  }

  const RunFolder& folder_;
  const RunOptions& options_;
  Attempts attempt_;
  RunLog log_;
  LearningCurve curve_;
  SampleStrip strip_;
  std::optional<EventFile> events_;
  std::vector<ReportTable> tables_;
  Index done_ = 0;      ///< steps
  double epoch_ = 0;    ///< that this is; known once this process has done a step
  double started_ = 0;  ///< for the first time, in seconds since 1970, as the next one is
  double began_ = 0;    ///< in this process, at this step:
  Index began_at_ = 0;
};

}  // namespace densenf::app
