#include "densenf/io/file.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lets no file grow beyond a number of bytes: a disk that fills up.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit small{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("read_file gives every byte, at sizes around its pieces") {
  const TemporaryFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536},
                                 std::size_t{65537}, std::size_t{300001}}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 + i / 256);
    put(folder / "f", content);
    CHECK(as_text(read_file(folder / "f")) == content);
  }
  CHECK(contains(message_of<FileError>([&] { read_file(folder / "none"); }), "none' cannot be opened"));
  CHECK(contains(message_of<FileError>([&] { read_file(folder.path()); }), "is a folder"));
}

TEST_CASE("AtomicFile replaces a file only at commit and leaves nothing else behind") {
  const TemporaryFolder folder;
  const auto path = folder / "model";
  put(path, "old");
  {
    AtomicFile file(path);
    file.write("new ");
    CHECK(get(path) == "old");
    file.write("content");
    file.commit();
    CHECK(get(path) == "new content");
  }
  CHECK(get(path) == "new content");
  CHECK(folder.names() == std::vector<std::string>{"model"});
}

TEST_CASE("AtomicFile without commit leaves the old file and no temporary one") {
  const TemporaryFolder folder;
  put(folder / "model", "old");
  CHECK_THROWS_AS(([&] {
                    AtomicFile file(folder / "model");
                    file.write("half");
                    throw std::runtime_error("interrupted");
                  }()),
                  std::runtime_error);
  { AtomicFile never(folder / "other"); }
  CHECK(get(folder / "model") == "old");
  CHECK(folder.names() == std::vector<std::string>{"model"});
}

TEST_CASE("AtomicFile on a disk that fills up says so and keeps the old file") {
  const TemporaryFolder folder;
  put(folder / "model", "old");
  std::string message;
  {
    const FileSizeLimit limit(100000);
    message = message_of<FileError>([&] {
      AtomicFile file(folder / "model");
      file.write(std::string(200000, 'x'));
      file.commit();
    });
  }
  CHECK(contains(message, "model' failed"));
  CHECK(get(folder / "model") == "old");
  CHECK(folder.names() == std::vector<std::string>{"model"});
}

TEST_CASE("AtomicFile keeps permissions, follows links and refuses what is no file") {
  const TemporaryFolder folder;
  const auto path = folder / "real";
  put(path, "old");
  std::filesystem::permissions(path,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::create_symlink("real", folder / "link");
  {
    AtomicFile file(folder / "link");
    file.write("new");
    file.commit();
  }
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(get(path) == "new");
  CHECK(std::filesystem::status(path).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(contains(message_of<FileError>([&] { AtomicFile(folder.path()); }), "is a folder or a device"));
  CHECK(contains(message_of<FileError>([] { AtomicFile("/dev/null"); }), "is a folder or a device"));
  CHECK(contains(message_of<FileError>([&] { AtomicFile(folder / "no" / "file"); }), "takes no new file"));
}

TEST_CASE("what a killed process has left is removed by the next one that writes, and nothing else is") {
  const TemporaryFolder folder;
  const auto leftovers = [&] {
    std::size_t count = 0;
    for (const std::string& name : folder.names()) count += name.starts_with(".densenf-") ? 1 : 0;
    return count;
  };
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(folder / "model");
    file.write("half");
    ::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(leftovers() == 1);
  AtomicFile unfinished(folder / "other");
  unfinished.write("half");
  for (const char* name : {".densenf-notes", "my.densenf-1-1.tmp"}) put(folder / name, "kept");
  std::filesystem::create_directory(folder / ".densenf-folder.tmp");
  std::filesystem::create_symlink("my.densenf-1-1.tmp", folder / ".densenf-link.tmp");
  REQUIRE(::mkfifo((folder / ".densenf-pipe.tmp").c_str(), 0600) == 0);
  const auto write = [&] {
    AtomicFile file(folder / "model");
    file.write("whole");
    file.commit();
  };
  write();
  CHECK(leftovers() == 6);  // the child's is too young to be sure of
  for (const std::string& name : folder.names()) {
    if (name == ".densenf-link.tmp") continue;
    std::filesystem::last_write_time(folder / name,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  }
  write();
  CHECK(leftovers() == 5);
  unfinished.commit();
  CHECK(get(folder / "other") == "half");
  CHECK(get(folder / "model") == "whole");
  CHECK(get(folder / "my.densenf-1-1.tmp") == "kept");
}

TEST_CASE("AtomicFile replaces bytes in the middle and goes on at the end") {
  const TemporaryFolder folder;
  AtomicFile file(folder / "f");
  file.write("0123456789");
  file.overwrite(3, std::as_bytes(std::span(std::string_view("abc"))));
  file.write("x");
  file.commit();
  CHECK(get(folder / "f") == "012abc6789x");
}

TEST_CASE("paths that cannot be files are FileErrors before anything is written") {
  const TemporaryFolder folder;
  put(folder / "file", "old");
  CHECK(contains(message_of<FileError>([] { AtomicFile(""); }), "the path is empty"));
  CHECK(contains(message_of<FileError>([&] { AtomicFile(folder / "file" / "x"); }), "Not a directory"));
  CHECK(
      contains(message_of<FileError>([&] { AtomicFile(folder / std::string(300, 'n')); }), "name too long"));
  std::filesystem::create_symlink("loop", folder / "loop");
  CHECK_THROWS_AS(AtomicFile(folder / "loop"), FileError);
  CHECK_THROWS_AS(read_file(""), FileError);
  CHECK_THROWS_AS(read_file(folder / "file" / "x"), FileError);
  // Names are bytes, in whatever encoding.
  AtomicFile foreign(folder / "\xfc\xff");
  foreign.write("x");
  foreign.commit();
  CHECK(get(folder / "\xfc\xff") == "x");
  CHECK(contains(message_of<FileError>([&] { read_file(folder / "\xff"); }), "\xff' cannot be opened"));
  std::filesystem::remove(folder / "\xfc\xff");
  CHECK(folder.names().size() == 2);
}

TEST_CASE("AtomicFile takes a path without a folder") {
  const TemporaryFolder folder;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  {
    AtomicFile file("plain");
    file.write("x");
    file.commit();
  }
  std::filesystem::current_path(here);
  CHECK(get(folder / "plain") == "x");
}
