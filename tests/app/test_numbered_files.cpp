#include "densenf/app/numbered_files.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using namespace densenf_test;

TEST_CASE("files are found by their names alone, in the order of their numbers") {
  const TemporaryFolder folder;
  const NumberedFiles files(folder.path(), "step_", ".png");
  for (const Index number : {1'234'567, 0, 200}) put(files.path(number), "");
  CHECK(files.path(200).filename() == "step_000200.png");
  for (const char* other :
       {"step_200.png", "step_0000200.png", "step_-00001.png", "step_.png", "step_000200.txt",
        "Step_000200.png", "step_99999999999999999999.png", "step_000200x.png"}) {
    put(folder / other, "");
  }
  CHECK(files.numbers() == std::vector<Index>{0, 200, 1'234'567});
  files.remove(200);
  CHECK(files.numbers() == std::vector<Index>{0, 1'234'567});
}

TEST_CASE("a folder that is not there has none; one that is a file cannot be read") {
  const TemporaryFolder folder;
  CHECK(NumberedFiles(folder / "none", "a", "b").numbers().empty());
  put(folder / "file", "");
  CHECK_THROWS_AS(NumberedFiles(folder / "file", "a", "b").numbers(), FileError);
}
