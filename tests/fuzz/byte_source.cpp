#include "densenf/data/byte_source.hpp"

#include <algorithm>

#include "fuzz.hpp"

using namespace densenf;

namespace {

/// All bytes, so many at a time.
std::string bytes_of(const std::filesystem::path& path, std::size_t at_once) {
  ByteSource source(path);
  std::string all;
  std::vector<std::byte> piece(at_once);
  while (const std::size_t got = source.read(piece)) {
    fuzz::require(got <= piece.size(), "more bytes than there is room for");
    all.append(reinterpret_cast<const char*>(piece.data()), got);
  }
  fuzz::require(source.read(piece) == 0, "bytes behind the end");
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Bytes bytes(data, size);
  const std::string given(bytes.begin(), bytes.end());
  const fuzz::File file(bytes);
  fuzz::reading(file, [&] {
    const std::string all = bytes_of(file.path(), 5000);
    fuzz::require(all == bytes_of(file.path(), 7), "other bytes in other pieces");
    if (!fuzz::is_packed(bytes)) fuzz::require(all == given, "other bytes than the file has");
  });
  std::vector<std::uint8_t> gzip = fuzz::packed(bytes);
  const fuzz::File packed(gzip, "packed.gz");
  const bool read =
      fuzz::reading(packed, [&] { fuzz::require(bytes_of(packed.path(), 100) == given, "other bytes"); });
  fuzz::require(read, "a gzip file is refused");

  gzip.pop_back();
  const fuzz::File cut(gzip, "cut.gz");
  fuzz::require(!fuzz::reading(cut, [&] { bytes_of(cut.path(), 100); }),
                "a gzip file without its end is read");
  return 0;
}
