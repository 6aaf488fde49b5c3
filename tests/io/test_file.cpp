#include "densenf/io/file.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

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
