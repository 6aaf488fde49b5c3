#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>

#include "densenf/app/progress.hpp"

using densenf::ArgumentError;
using densenf::Index;
using densenf::app::format_duration;
using densenf::app::format_progress;
using densenf::app::Progress;

namespace {

/// A file and a clock under the test's control.
struct Stage {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), &std::fclose};
  double now = 100;

  Progress::Settings settings(bool terminal, double seconds_between_lines) {
    return {.out = file.get(),
            .terminal = terminal,
            .seconds_between_lines = seconds_between_lines,
            .clock = [this] { return now; }};
  }
  std::string written() {
    std::rewind(file.get());
    std::string text;
    for (int c; (c = std::fgetc(file.get())) != EOF;) text += static_cast<char>(c);
    return text;
  }
};

}  // namespace

TEST_CASE("times are hours, minutes and seconds") {
  CHECK(format_duration(0) == "0:00:00");
  CHECK(format_duration(59.4) == "0:00:59");
  CHECK(format_duration(59.6) == "0:01:00");
  CHECK(format_duration(3599.5) == "1:00:00");
  CHECK(format_duration(12 * 3600 + 34 * 60 + 56) == "12:34:56");
  CHECK(format_duration(1'000'000) == "277:46:40");
  CHECK(format_duration(std::numeric_limits<double>::quiet_NaN()) == "unknown");
  CHECK(format_duration(std::numeric_limits<double>::infinity()) == "unknown");
  CHECK(format_duration(-1) == "unknown");
}

TEST_CASE("a line of progress has everything on it") {
  CHECK(format_progress({.step = 120,
                         .total = 5000,
                         .bits_per_dim = 3.45123,
                         .images_per_second = 412.34,
                         .seconds_left = 754}) ==
        "step 120/5000  3.4512 bits/dim  412.3 images/s  0:12:34 left");
}

TEST_CASE("a line of progress is as short as the terminal needs it") {
  const densenf::app::ProgressReport report{
      .step = 120, .total = 5000, .bits_per_dim = 3.45123, .images_per_second = 412.34, .seconds_left = 754};
  const std::string whole = "step 120/5000  3.4512 bits/dim  412.3 images/s  0:12:34 left";
  CHECK(format_progress(report, 59) == "step 120/5000  3.4512 bits/dim  0:12:34 left");
  CHECK(format_progress(report, 60) == whole);
  CHECK(format_progress(report, 44) == "step 120/5000  3.4512 bits/dim  0:12:34 left");
  CHECK(format_progress(report, 43) == "step 120/5000  3.4512 bits/dim");
  CHECK(format_progress(report, 13) == "step 120/5000");
  CHECK(format_progress(report, 7) == "step 12");
  for (Index most = 1; most <= 80; ++most)
    CHECK(densenf::Index(format_progress(report, most).size()) <= most);
}

TEST_CASE("no line reaches the last column of a terminal, whose width is asked for each time") {
  Stage stage;
  Index columns = 32;
  Progress::Settings settings = stage.settings(true, 0);
  settings.columns = [&] { return columns; };
  Progress progress(0, 3, settings);
  const auto step = [&] {
    stage.now += 1;
    progress.update(2.0, 2);
  };
  step();  // 39 characters without the speed, 25 without the time
  columns = 26;
  step();
  columns = 25;
  step();
  CHECK(stage.written() ==
        "\rstep 1/3  2.0000 bits/dim\x1b[K\rstep 2/3  2.0000 bits/dim\x1b[K\rstep 3/3\x1b[K\n");
}

TEST_CASE("the width of a terminal is known, that of a file is not") {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(master >= 0);
  REQUIRE(::grantpt(master) == 0);
  REQUIRE(::unlockpt(master) == 0);
  struct winsize size {};
  size.ws_col = 60;
  size.ws_row = 20;
  REQUIRE(::ioctl(master, TIOCSWINSZ, &size) == 0);
  std::FILE* terminal = std::fopen(::ptsname(master), "w");
  REQUIRE(terminal != nullptr);
  CHECK(densenf::app::terminal_columns(terminal) == 60);
  std::fclose(terminal);
  ::close(master);
  CHECK(densenf::app::terminal_columns(Stage().file.get()) == 0);
}

TEST_CASE("a pipe whose reader has gone is told of, a full disk is not") {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  std::FILE* pipe = ::fdopen(ends[1], "w");
  {
    Stage stage;
    Progress::Settings settings = stage.settings(false, 0);
    settings.out = pipe;
    Progress progress(0, 2, settings);
    CHECK_FALSE(progress.reader_gone());
    progress.update(1.0, 1);
    CHECK(progress.reader_gone());
  }
  std::fclose(pipe);
  std::signal(SIGPIPE, SIG_DFL);

  if (std::FILE* full = std::fopen("/dev/full", "w")) {  // Linux has it
    CHECK(densenf::app::write_text(full, "text"));
    std::fclose(full);
  }
}

TEST_CASE("a line that is not to be kept goes when all is done, and is not forced off a terminal") {
  Stage stage;
  {
    Progress::Settings settings = stage.settings(true, 0);
    settings.what = "part";
    settings.keep_last = false;
    Progress progress(0, 1, settings);
    stage.now += 1;
    progress.update(2.0, 2);
  }
  CHECK(stage.written() == "\rpart 1/1  2.0000 bits/dim  2.0 images/s  0:00:00 left\x1b[K\r\x1b[K");

  Stage off;
  {
    Progress::Settings settings = off.settings(false, 10);
    settings.keep_last = false;
    Progress progress(0, 1, settings);
    off.now += 1;
    progress.update(2.0, 2);
  }
  CHECK(off.written().empty());
}

TEST_CASE("off a terminal there is a line now and then, with the means since the line before") {
  Stage stage;
  {
    Progress progress(0, 6, stage.settings(false, 10));
    const auto step = [&](double seconds, double bits) {
      stage.now += seconds;
      progress.update(bits, 20);
    };
    step(4, 8.0);
    step(4, 7.0);
    step(4, 6.0);  // 12 s: the mean of three; 60 images in 12 s; three steps left at 4 s each
    step(5, 4.0);
    step(5, 2.0);  // 10 s: the mean of two; 40 images in 10 s; one left at 22/5 s
    step(1, 1.0);  // the last, though no line was due
  }
  CHECK(stage.written() ==
        "step 3/6  7.0000 bits/dim  5.0 images/s  0:00:12 left\n"
        "step 5/6  3.0000 bits/dim  4.0 images/s  0:00:04 left\n"
        "step 6/6  1.0000 bits/dim  20.0 images/s  0:00:00 left\n");
}

TEST_CASE("a run that goes on counts only its own steps for the time left") {
  Stage stage;
  Progress progress(90, 100, stage.settings(false, 0));
  stage.now += 3;
  progress.update(2.0, 6);
  CHECK(stage.written() == "step 91/100  2.0000 bits/dim  2.0 images/s  0:00:27 left\n");
}

TEST_CASE("on a terminal a line takes the place of the one before, and the last one stays") {
  Stage stage;
  const std::string first = "\rstep 1/3  2.0000 bits/dim  2.0 images/s  0:00:02 left\x1b[K";
  const std::string second = "\rstep 2/3  2.0000 bits/dim  2.0 images/s  0:00:01 left\x1b[K";
  SUBCASE("when all steps are done") {
    Progress progress(0, 3, stage.settings(true, 0.5));
    for (int i = 0; i < 3; ++i) {
      stage.now += 1;
      progress.update(2.0, 2);
    }
    CHECK(stage.written() ==
          first + second + "\rstep 3/3  2.0000 bits/dim  2.0 images/s  0:00:00 left\x1b[K\n");
  }
  SUBCASE("when the run ends early") {
    {
      Progress progress(0, 3, stage.settings(true, 0.5));
      stage.now += 1;
      progress.update(2.0, 2);
      CHECK(stage.written() == first);
    }
    CHECK(stage.written() == first + "\n");
  }
  SUBCASE("when something else is to be printed") {
    Progress progress(0, 3, stage.settings(true, 0.5));
    stage.now += 1;
    progress.update(2.0, 2);
    progress.end_line();
    progress.end_line();
    CHECK(stage.written() == first + "\n");
    stage.now += 1;
    progress.update(2.0, 2);
    CHECK(stage.written() == first + "\n" + second);
  }
}

TEST_CASE("a clock that stands still leaves rates unknown") {
  Stage stage;
  Progress progress(0, 2, stage.settings(false, 0));
  progress.update(3.0, 10);
  CHECK(stage.written() == "step 1/2  3.0000 bits/dim  nan images/s  unknown left\n");
}

TEST_CASE("a loss that is NaN is shown as that") {
  Stage stage;
  Progress progress(0, 1, stage.settings(false, 0));
  stage.now += 1;
  progress.update(std::numeric_limits<double>::quiet_NaN(), 10);
  CHECK(stage.written() == "step 1/1  nan bits/dim  10.0 images/s  0:00:00 left\n");
}

TEST_CASE("counts that make no sense are refused") {
  Stage stage;
  CHECK_THROWS_AS(Progress(-1, 5, stage.settings(false, 1)), ArgumentError);
  CHECK_THROWS_AS(Progress(6, 5, stage.settings(false, 1)), ArgumentError);
  CHECK_THROWS_AS(Progress(0, 5, stage.settings(false, -1)), ArgumentError);
  Progress progress(0, 1, stage.settings(false, 1));
  progress.update(1.0, 1);
  CHECK_THROWS_WITH_AS(progress.update(1.0, 1), "All 1 steps were done before: there is no next one.",
                       ArgumentError);
}
