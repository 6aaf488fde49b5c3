#include "densenf/app/run_folder.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <limits>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using densenf_test::get;
using densenf_test::put;
using densenf_test::TemporaryFolder;

TEST_CASE("a folder is made with those above it, and taken once") {
  const TemporaryFolder temporary;
  const auto path = temporary / "a" / "b";
  RunFolder first(path), second(path);
  first.take();
  CHECK(std::filesystem::is_directory(path));
  CHECK_THROWS_WITH_AS(second.take(), doctest::Contains("Another run is at work in"), FileError);
}

TEST_CASE("the lock of a process that was killed is free") {
  const TemporaryFolder temporary;
  const auto path = temporary / "run";
  const pid_t child = ::fork();
  if (child == 0) {
    RunFolder folder(path);
    folder.take();
    std::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK_NOTHROW(RunFolder(path).take());
}

TEST_CASE("the previous checkpoint is what the checkpoint was when it was kept") {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  const auto write = [&](const char* text) {
    AtomicFile file(folder.checkpoint());
    file.write(text);
    file.commit();
  };
  write("first");
  folder.keep_checkpoint();
  CHECK(get(folder.previous()) == "first");
  CHECK(get(folder.checkpoint()) == "first");
  folder.keep_checkpoint();  // once more, while both are one file
  write("second");
  CHECK(get(folder.previous()) == "first");
  folder.keep_checkpoint();
  write("third");
  CHECK(get(folder.previous()) == "second");
  CHECK(get(folder.checkpoint()) == "third");
  CHECK(temporary.names().size() == 2);
  folder.remove_checkpoints();
  CHECK(temporary.names().empty());
}

TEST_CASE("older checkpoints are kept under numbers, and those of later steps go") {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  put(folder.checkpoint(), "checkpoint");
  for (const Index step : {10, 20, 30}) folder.keep_checkpoint(step, 1);
  const NumberedFiles files(temporary.path(), "checkpoint_", ".safetensors");
  CHECK(files.numbers() == std::vector<Index>{20, 30});
  CHECK(get(folder.previous()) == "checkpoint");
  folder.keep_checkpoint(25, 5);
  CHECK(files.numbers() == std::vector<Index>{20, 25});
  folder.keep_checkpoint(25, 0);
  CHECK(files.numbers() == std::vector<Index>{25});
  put(folder.best_weights(), "weights");
  folder.remove_checkpoints();
  CHECK(temporary.names().empty());
}

TEST_CASE("a checkpoint that is a link elsewhere is kept as well") {
  const TemporaryFolder temporary, elsewhere;
  const RunFolder folder(temporary.path());
  put(elsewhere / "file", "first");
  std::filesystem::create_symlink(elsewhere / "file", folder.checkpoint());
  folder.keep_checkpoint();
  AtomicFile file(folder.checkpoint());
  file.write("second");
  file.commit();
  CHECK(get(folder.previous()) == "first");
  CHECK(get(elsewhere / "file") == "second");
}

TEST_CASE("a checkpoint that is not there cannot be kept, and the previous one stays") {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  put(folder.previous(), "good");
  CHECK_THROWS_AS(folder.keep_checkpoint(), FileError);
  CHECK(get(folder.previous()) == "good");
}

TEST_CASE("a disk without room is one sentence") {
  const TemporaryFolder temporary;
  const RunFolder folder(temporary.path());
  CHECK_NOTHROW(folder.require_room(0));
  constexpr std::uintmax_t too_much = std::numeric_limits<std::uintmax_t>::max() / 2;
  CHECK_THROWS_WITH_AS(folder.require_room(too_much), doctest::Contains("MB left"), FileError);
  // What will be replaced makes room, be it on the disk or not.
  const auto file = temporary / "file";
  put(file, "12345");
  const std::uintmax_t left = std::filesystem::space(temporary.path()).available;
  constexpr std::uintmax_t much = std::uintmax_t{1} << 43;  // a sparse file takes no room of its own
  std::error_code unable;
  std::filesystem::resize_file(file, much, unable);
  if (!unable) {
    CHECK_THROWS_AS(folder.require_room(left / 2 + much), FileError);
    CHECK_NOTHROW(folder.require_room(left / 2 + much, {file, temporary / "not there"}));
  }
}
