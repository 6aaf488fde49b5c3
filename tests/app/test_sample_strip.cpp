#include "densenf/app/sample_strip.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using namespace densenf_test;

namespace {
const Picture dot(1, 1, white);
}

TEST_CASE("there are never more than so many pictures, spread over the run") {
  const TemporaryFolder folder;
  SampleStrip strip(folder / "samples", -1);
  for (Index step = 100; step <= 10'000; step += 100) {
    strip.add(step, dot);
    CHECK(strip.steps().size() <= SampleStrip::most);
    CHECK(strip.steps().back() == step);
    CHECK(strip.steps().front() == 100);
  }
  REQUIRE(strip.steps().size() == SampleStrip::most);
  // The one that goes has the closest neighbors of all 11 inside of 13: these pairs span the run at most
  // twice, so the closest span at most 2/11 of it, and no gap that is made is longer.
  for (std::size_t i = 1; i < strip.steps().size(); ++i)
    CHECK(strip.steps()[i] - strip.steps()[i - 1] <= 2 * 10'000 / 11);
  for (const Index step : strip.steps()) CHECK(file_exists(strip.path(step)));
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "samples"), {}) == 12);
}

TEST_CASE("a strip goes on with the pictures up to a step, and leaves other files alone") {
  const TemporaryFolder folder;
  {
    SampleStrip strip(folder.path(), -1);
    for (const Index step : {1, 2, 3}) strip.add(step, dot);
  }
  put(folder / "mine.png", "mine");
  SampleStrip strip(folder.path(), 2);
  CHECK(strip.steps() == std::vector<Index>{1, 2});
  strip.add(2, dot);  // once more, after a run was interrupted behind it
  CHECK(strip.steps() == std::vector<Index>{1, 2});
  CHECK(SampleStrip(folder.path(), -1).steps().empty());
  CHECK(folder.names() == std::vector<std::string>{"mine.png"});
}

TEST_CASE("a strip that was left too long is thinned when it is taken up") {
  const TemporaryFolder folder;
  const NumberedFiles files(folder.path(), "step_", ".png");
  for (Index step = 1; step <= 14; ++step) put(files.path(step), "");
  CHECK(SampleStrip(folder.path(), 14).steps().size() == SampleStrip::most);
  CHECK(files.numbers().size() == SampleStrip::most);
}
