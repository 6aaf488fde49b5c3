#include "densenf/io/csv.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

TEST_CASE("a curve grows by rows and goes on where it stopped") {
  const TemporaryFolder folder;
  const auto path = folder / "curve.csv";
  {
    CurveFile curve(path, {"step", "bits per dim"});
    CHECK(get(path) == "step,bits per dim\n");
    curve.append({100, 4.25});
    curve.append({200, 0.1});
    CHECK(get(path) == "step,bits per dim\n100,4.25\n200,0.1\n");
  }
  CurveFile(path, {"step", "bits per dim"}).append({300, 1e-20});
  CHECK(get(path) == "step,bits per dim\n100,4.25\n200,0.1\n300,1e-20\n");
  CurveFile(path, {"step", "bits per dim"}, 200).append({250, 3});
  CHECK(get(path) == "step,bits per dim\n100,4.25\n200,0.1\n250,3\n");
  put(path, get(path) + "400,1.");  // killed while writing
  CurveFile(path, {"step", "bits per dim"}).append({400, 1.5});
  CHECK(get(path) == "step,bits per dim\n100,4.25\n200,0.1\n250,3\n400,1.5\n");
  CHECK(folder.names() == std::vector<std::string>{"curve.csv"});
}

TEST_CASE("a disk that fills up takes whole rows only") {
  const TemporaryFolder folder;
  const auto path = folder / "curve.csv";
  CurveFile curve(path, {"step", "bits"});
  curve.append({100, 4.25});
  const std::string before = get(path);
  struct rlimit unlimited {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  struct rlimit little = unlimited;
  little.rlim_cur = before.size() + 3;  // less than the next row
  std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const std::string said = message_of<FileError>([&] { curve.append({200, 3.25}); });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK_MESSAGE(contains(said, "curve.csv"), said);
  CHECK(get(path) == before);
  curve.append({300, 2.25});
  CHECK_NOTHROW(curve.sync());
  CHECK(get(path) == before + "300,2.25\n");
}

TEST_CASE("a curve file that is something else stays as it is") {
  const TemporaryFolder folder;
  const auto path = folder / "curve.csv";
  put(path, "step,loss\n1,2\n");
  CHECK(contains(message_of<FileError>([&] { CurveFile(path, {"step", "bits"}); }), "the columns step,bits"));
  put(path, "step,loss\nnotes\n");
  CHECK(contains(message_of<FileError>([&] { CurveFile(path, {"step", "loss"}); }), "row 'notes'"));
  put(path, "step,loss\n\x1b[2J\xff\n");
  CHECK(contains(message_of<FileError>([&] { CurveFile(path, {"step", "loss"}); }), "row '\\x1b[2J\\xff',"));
  CHECK(contains(message_of<FileError>([&] { read_curve(path); }), "row '\\x1b[2J\\xff',"));
  // A row that is kept could not be read afterwards, when others have gone already.
  for (const char* row : {"1", "1,2,3", "1,2\t3,4", "1,2x", "1,", "nan,2"}) {
    const std::string text = fmt::format("step,loss\n9,1\n{}\n", row);
    put(path, text);
    CHECK(contains(message_of<FileError>([&] { CurveFile(path, {"step", "loss"}, 5); }), "has the row '"));
    CHECK(get(path) == text);
  }
  CHECK_THROWS_AS(CurveFile(path, {}), ArgumentError);
  CHECK_THROWS_AS(CurveFile(path, {"a,b"}), ArgumentError);
  CHECK_THROWS_AS(CurveFile(path, {""}), ArgumentError);
  CHECK_THROWS_AS(CurveFile(folder / "no" / "c.csv", {"a"}), FileError);
  CHECK_THROWS_AS(CurveFile(folder.path(), {"a"}), FileError);
  CHECK_THROWS_AS(CurveFile("", {"a"}), FileError);
  // Whether this is there cannot be told.
  CHECK_THROWS_AS(CurveFile(folder / std::string(300, 'n'), {"a"}), FileError);
  CurveFile curve(folder / "new.csv", {"a", "b"});
  CHECK_THROWS_AS(curve.append({1.0}), ArgumentError);
  put(folder / "empty.csv", "");
  CurveFile(folder / "empty.csv", {"a"}).append({1});
  CHECK(get(folder / "empty.csv") == "a\n1\n");
}
