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
  // Only the name says that a file is packed: pictures may begin with any bytes.
  put(folder / "b.bin", get(folder / "a.bin.gz"));
  CHECK(read_all(folder / "b.bin", 100) == get(folder / "a.bin.gz"));
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
