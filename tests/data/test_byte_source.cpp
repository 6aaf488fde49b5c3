#include "densenf/data/byte_source.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "data_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string read_all(const std::filesystem::path& path, std::size_t piece) {
  ByteSource source(path);
  std::string all;
  std::vector<std::byte> bytes(piece);
  while (const std::size_t got = source.read(bytes)) {
    all.append(reinterpret_cast<const char*>(bytes.data()), got);
  }
  return all;
}

}  // namespace

TEST_CASE("plain and packed files give the same bytes, in pieces of any size") {
  const TemporaryFolder folder;
  std::string content(200000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * i >> 5);
  put(folder / "a.bin", content);
  put_packed(folder / "a.bin.gz", content);
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{65536}, std::size_t{3} << 20}) {
    CHECK(read_all(folder / "a.bin", piece) == content);
    CHECK(read_all(folder / "a.bin.gz", piece) == content);
  }
  // Pictures may begin with any bytes: nearly those of gzip are not enough.
  for (const char* begin :
       {"\x1f", "\x1f\x8b", "\x1f\x8b\x08", "\x1f\x8b\x08\xff", "\x1f\x8b\x07\x01 and more"}) {
    put(folder / "b.bin", begin);
    CHECK(read_all(folder / "b.bin", 100) == begin);
  }
}

TEST_CASE("a packed file is unpacked whatever its name") {
  const TemporaryFolder folder;
  put_packed(folder / "a.gz", "some bytes");
  const std::string packed = get(folder / "a.gz");
  for (const char* name : {"train-images-idx3-ubyte", "a.bin", "A.GZ", "a.gz.1"}) {
    put(folder / name, packed);
    CHECK(read_all(folder / name, 100) == "some bytes");
  }
  put(folder / "B.GZ", "plain text");
  CHECK(contains(message_of<FileError>([&] { read_all(folder / "B.GZ", 7); }),
                 "is named .GZ but is not a gzip"));
}

TEST_CASE("packed files of several members, with zeros behind them, and pages of error text") {
  const TemporaryFolder folder;
  put_packed(folder / "a.gz", "first ");
  put_packed(folder / "b.gz", "second");
  const std::string both = get(folder / "a.gz") + get(folder / "b.gz");
  put(folder / "both.gz", both);
  put(folder / "zeros.gz", both + std::string(512, '\0'));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CHECK(read_all(folder / "both.gz", piece) == "first second");
    CHECK(read_all(folder / "zeros.gz", piece) == "first second");
  }
  put(folder / "cut.gz", both.substr(0, both.size() - 9));
  CHECK(contains(message_of<FileError>([&] { read_all(folder / "cut.gz", 100); }), "is cut short"));
  put(folder / "page.gz", "<!DOCTYPE html><html><body>404 Not Found</body></html>");
  CHECK(contains(message_of<FileError>([&] { read_all(folder / "page.gz", 100); }),
                 "is named .gz but is not a gzip file; fetch it again"));
}

TEST_CASE("a folder, or a path through a file, is a FileError") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "sub.gz");
  put(folder / "file", "x");
  CHECK(contains(message_of<FileError>([&] { ByteSource(folder / "sub.gz"); }), "is a folder"));
  CHECK_THROWS_AS(ByteSource(folder / "file" / "x"), FileError);
  CHECK_THROWS_AS(ByteSource(""), FileError);
}

TEST_CASE("a source closes its file once") {
  const TemporaryFolder folder;
  put_packed(folder / "a.gz", "bytes");
  auto source = std::make_unique<ByteSource>(folder / "a.gz");
  errno = 0;
  source.reset();
  CHECK(errno == 0);  // closing twice sets it, and might close what another thread has just opened
}

TEST_CASE("a packed file that is cut anywhere, damaged or not packed is a FileError") {
  const TemporaryFolder folder;
  put_packed(folder / "a.gz", "some bytes, and some more, and some bytes again: 0123456789");
  const std::string whole = get(folder / "a.gz");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put(folder / "b.gz", whole.substr(0, length));
    CHECK(contains(message_of<FileError>([&] { read_all(folder / "b.gz", 7); }), "b.gz' is "));
  }
  for (std::size_t at = whole.size() - 8; at < whole.size() - 4; ++at) {  // the check sum
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    put(folder / "b.gz", damaged);
    CHECK(contains(message_of<FileError>([&] { read_all(folder / "b.gz", 100); }), "damaged gzip file"));
  }
  put(folder / "b.gz", "plain text");
  CHECK(contains(message_of<FileError>([&] { read_all(folder / "b.gz", 7); }), "is not a gzip file"));
  CHECK(contains(message_of<FileError>([&] { read_all(folder / "none.gz", 7); }), "cannot be opened"));
}
