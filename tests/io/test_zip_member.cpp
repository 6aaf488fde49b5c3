// needs: images
#include "densenf/io/zip_member.hpp"

#include <doctest/doctest.h>

#include "densenf/io/bytes_at.hpp"
#include "temporary_folder.hpp"
#include "zip_file.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string numbers(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(i * i * 31 >> 3);
  return text;
}

std::string rest_of(ZipMember&& member) {
  std::string text;
  std::vector<std::byte> piece(1000);
  while (const std::size_t got = member.read(piece))
    text.append(reinterpret_cast<const char*>(piece.data()), got);
  return text;
}

}  // namespace

TEST_CASE("members are read in order, packed or not, and where they are stored from any place") {
  const TemporaryFolder folder;
  const std::string content = numbers(100'000);
  put_zip(folder / "a.zip", {{"packed", content, true}, {"stored", content, false}, {"empty", "", false}});
  for (const char* name : {"packed", "stored"}) {
    auto member = ZipMember::find(folder / "a.zip", name);
    REQUIRE(member.has_value());
    CHECK(member->size() == content.size());
    CHECK(member->stored() == (std::string_view(name) == "stored"));
    CHECK(rest_of(std::move(*member)) == content);
  }
  CHECK(rest_of(*ZipMember::find(folder / "a.zip", "empty")).empty());
  CHECK(!ZipMember::find(folder / "a.zip", "other").has_value());
  auto empty = ZipMember::find(folder / "a.zip", "empty");
  empty->seek(0);
  CHECK_THROWS_AS(empty->seek(1), FileError);
  auto stored = ZipMember::find(folder / "a.zip", "stored");
  for (const std::size_t at : {std::size_t{0}, std::size_t{99'999}, std::size_t{500}, std::size_t{100'000}}) {
    stored->seek(at);
    CHECK(rest_of(std::move(*stored)) == content.substr(at));
  }
  CHECK_THROWS_AS(stored->seek(100'001), FileError);
  auto packed = ZipMember::find(folder / "a.zip", "packed");
  CHECK_THROWS_AS(packed->seek(5), FileError);
}

TEST_CASE("bytes at any place: of a file, of a stored member, of memory") {
  const TemporaryFolder folder;
  const std::string content = numbers(50'000);
  put(folder / "plain", content);
  put_zip(folder / "a.zip", {{"stored", content, false}});
  const FileBytes plain(folder / "plain");
  const StoredBytes stored(std::move(*ZipMember::find(folder / "a.zip", "stored")));
  const auto bytes = std::as_bytes(std::span(content));
  const MemoryBytes memory({bytes.begin(), bytes.end()});
  for (const BytesAt* source : std::vector<const BytesAt*>{&plain, &stored, &memory}) {
    CHECK(source->size() == content.size());
    for (const std::size_t at : {std::size_t{0}, std::size_t{49'000}, std::size_t{17}, std::size_t{50'000}}) {
      std::vector<std::byte> out(std::min<std::size_t>(1000, content.size() - at));
      source->read(at, out);
      CHECK(std::equal(out.begin(), out.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)));
    }
    std::vector<std::byte> out(1001);
    CHECK_THROWS_AS(source->read(49'000, out), FileError);
    CHECK_THROWS_AS(source->read(60'000, out), FileError);
  }
  CHECK_THROWS_AS(FileBytes(folder.path()), FileError);
  CHECK_THROWS_AS(FileBytes("/dev/zero"), FileError);
}

TEST_CASE("what is no zip file, cut short or damaged is refused") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.zip";
  put_zip(path, {{"packed", numbers(1000), true}, {"stored", numbers(300), false}});
  const std::string whole = get(path);
  const auto read_both = [&] {
    for (const char* name : {"packed", "stored"}) {
      auto member = ZipMember::find(path, name);
      if (!member) throw FileError("There is no {}.", name);
      const std::string got = rest_of(std::move(*member));
      CHECK(got == numbers(std::string_view(name) == "packed" ? 1000 : 300));
    }
  };
  CHECK_NOTHROW(read_both());
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    put(path, std::string_view(whole).substr(0, length));
    CHECK_THROWS_AS(read_both(), FileError);
  }
  // Bytes of the contents themselves: a checksum follows.
  for (const std::size_t at : {std::size_t{50}, whole.find(numbers(300).substr(0, 50)) + 40}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    put(path, damaged);
    CHECK_THROWS_AS(read_both(), FileError);
  }
  // Anywhere: what is read is right, or there is a sentence.
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x81);
    put(path, damaged);
    try {
      read_both();
    } catch (const FileError&) {
    }
  }
  const std::size_t entry = whole.rfind("PK\1\2");  // of "stored": two sizes are 20 and 24 bytes behind
  std::string other_size = whole;
  other_size.replace(entry + 20, 4, std::string(4, '\0'));
  put(path, other_size);
  CHECK(contains(message_of<FileError>([&] { ZipMember::find(path, "stored"); }), "not the one noted"));
  CHECK(contains(message_of<FileError>([&] { ZipMember::find(folder / "none.zip", "a"); }), "none.zip"));
  CHECK(contains(message_of<FileError>([&] { ZipMember::find(folder.path(), "a"); }), "is a folder"));
  put(path, "no zip file");
  CHECK(contains(message_of<FileError>([&] { ZipMember::find(path, "a"); }), "cannot be read as a zip file"));
}
