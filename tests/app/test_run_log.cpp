#include "densenf/app/run_log.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using namespace densenf_test;

namespace {
StepFacts step(Index number, double bits) {
  return {.step = number,
          .epoch = 0.5 * static_cast<double>(number),
          .bits = bits,
          .gradient_norm = 2,
          .learning_rate = 0.25,
          .images = 8,
          .step_seconds = 0.5,
          .seconds = 0.5 * static_cast<double>(number)};
}
}  // namespace

TEST_CASE("a line is about the steps since the last one") {
  const TemporaryFolder folder;
  RunLog log(folder / "log.csv", -1);
  log.count(step(1, 5));
  log.count(step(2, 4));
  log.write(step(2, 4));
  log.count(step(3, 1));
  const LogLine line = log.write(step(3, 1));
  CHECK(line.bits == 1);
  CHECK(line.images_per_second == 16);
  CHECK(get(folder / "log.csv") ==
        "step,epoch,seconds,train,gradient_norm,learning_rate,images_per_second\n"
        "2,1,1,4.5,2,0.25,16\n3,1.5,1.5,1,2,0.25,16\n");
  CHECK(log.lines().size() == 2);
}

TEST_CASE("a log goes on from a step with the sums that a checkpoint has kept") {
  const TemporaryFolder folder;
  LogSums sums;
  {
    RunLog log(folder / "log.csv", -1);
    log.count(step(1, 5));
    log.write(step(1, 5));
    log.count(step(2, 4));
    sums = log.sums();
    log.count(step(3, 9));
    log.write(step(3, 9));
  }
  RunLog log(folder / "log.csv", 2, sums);
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].bits == 5);
  log.count(step(3, 2));
  CHECK(log.write(step(3, 2)).bits == 3);
  CHECK(read_curve(folder / "log.csv").size() == 2);
}

TEST_CASE("a file that is no log stays as it is") {
  const TemporaryFolder folder;
  put(folder / "log.csv", "something,else\n1,2\n");
  CHECK_THROWS_AS(RunLog(folder / "log.csv", -1), FileError);
  CHECK(get(folder / "log.csv") == "something,else\n1,2\n");
}
