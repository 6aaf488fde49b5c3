// needs: images
#include "densenf/io/write_zip.hpp"

#include <doctest/doctest.h>

#include "densenf/io/zip_member.hpp"
#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string content(const std::filesystem::path& path, const std::string& name) {
  const std::vector<std::byte> bytes = detail::read_all(*ZipMember::find(path, name));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("what is written to a zip file is read from it") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.zip";
  const std::string large(3'000'000, 'x'), zeros("a\0b", 3);
  const std::vector<ZipContents> members{{"large", large}, {"empty", ""}, {"zeros", zeros}};
  write_zip(path, members);
  CHECK(content(path, "large") == large);
  CHECK(content(path, "empty").empty());
  CHECK(content(path, "zeros") == zeros);
  CHECK(ZipMember::find(path, "large")->stored());
  CHECK(folder.names() == std::vector<std::string>{"a.zip"});
}

TEST_CASE("a zip file that cannot be written leaves the old one") {
  const TemporaryFolder folder;
  put(folder / "a.zip", "old");
  const std::vector<ZipContents> twice{{"same", "1"}, {"same", "2"}};
  CHECK(
      contains(message_of<FileError>([&] { write_zip(folder / "a.zip", twice); }), "a.zip' cannot be made"));
  CHECK(get(folder / "a.zip") == "old");
  const std::vector<ZipContents> one{{"name", "1"}};
  CHECK_THROWS_AS(write_zip(folder / "none" / "a.zip", one), FileError);
  CHECK_THROWS_AS(write_zip(folder.path(), one), FileError);
  CHECK(folder.names() == std::vector<std::string>{"a.zip"});
}

TEST_CASE("a member is read up to a bound") {
  const TemporaryFolder folder;
  const std::vector<ZipContents> members{{"a", std::string(1000, 'x')}};
  write_zip(folder / "a.zip", members);
  CHECK(detail::read_all(*ZipMember::find(folder / "a.zip", "a"), 1000).size() == 1000);
  CHECK(
      contains(message_of<FileError>([&] { detail::read_all(*ZipMember::find(folder / "a.zip", "a"), 999); }),
               "larger than it should be"));
}
