#pragma once

#include <zlib.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../io/temporary_folder.hpp"
#include "densenf/core/error.hpp"

// What a harness of this folder is made of: LLVMFuzzerTestOneInput, which gives any bytes to one reader.
// libFuzzer calls it with bytes that reach new code; in an ordinary build driver/main.cpp calls it with seeds
// and with changes of them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

using Bytes = std::span<const std::uint8_t>;

/// Ends the program, which is how libFuzzer and the driver know that they have found something.
[[noreturn]] inline void finding(std::string_view what) {
  std::fprintf(stderr, "FINDING: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

inline void require(bool truth, std::string_view what) {
  if (!truth) finding(what);
}

/// What one allocation may take while a file is read: so many bytes for each byte of the file, for a number's
/// digits become a number, and fields of one character each a name or a place in a list, whose room may have
/// doubled; and so many for what every file takes: buffers of files and of zlib.
struct Allowance {
  std::size_t for_each_byte = 64;
  std::size_t for_any_file = std::size_t{1} << 18;
};

/// The largest allocation that driver/allocations.cpp lets pass.
inline std::size_t largest_allocation = std::numeric_limits<std::size_t>::max();

/// How many times a reader has taken the file; the driver wants it to be more with each seed.
inline std::size_t accepted = 0;

inline bool is_packed(Bytes bytes) { return bytes.size() > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

/// The same bytes as a gzip file, packed as little as possible: zlib itself is not what is looked at.
inline std::vector<std::uint8_t> packed(Bytes bytes) {
  z_stream stream{};
  constexpr int smallest_window_of_gzip = 16 + 9, least_memory = 1;
  require(::deflateInit2(&stream, Z_NO_COMPRESSION, Z_DEFLATED, smallest_window_of_gzip, least_memory,
                         Z_DEFAULT_STRATEGY) == Z_OK,
          "zlib does not begin");
  std::vector<std::uint8_t> out(::deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib only reads them
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  require(::deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib does not end");
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

/// How many bytes come out of a gzip file until its end, or until it is damaged.
inline std::size_t unpacked_size(Bytes bytes) {
  z_stream stream{};
  require(::inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK, "zlib does not begin");
  stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib only reads them
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<std::uint8_t, 1 << 14> room;
  std::size_t total = 0;
  for (int code = Z_OK; code == Z_OK;) {
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(room.size());
    code = ::inflate(&stream, Z_NO_FLUSH);
    total += room.size() - stream.avail_out;
    // gzip files may follow one another.
    if (code == Z_STREAM_END && stream.avail_in > 0) code = ::inflateReset(&stream);
  }
  ::inflateEnd(&stream);
  return total;
}

/// Makes a file. One that is there is removed first: some file systems bring to disk at once what takes the
/// place of cut content.
inline void put(const std::filesystem::path& path, Bytes bytes) {
  std::filesystem::remove(path);
  densenf_test::put(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

/// Bytes as a file. Readers take paths, some of them look at the name or want a regular file, and writers
/// rename: so it is a file in a folder, and not a descriptor of memory. Both are as fast where the folder for
/// temporary files (TMPDIR) lies in memory.
class File {
public:
  /// There is one file of a name at a time.
  explicit File(Bytes bytes, const std::string& name = "input")
      : path_(folder() / name), size_(is_packed(bytes) ? unpacked_size(bytes) : bytes.size()) {
    put(path_, bytes);
  }

  const std::filesystem::path& path() const { return path_; }
  /// How many bytes a reader gets out of it.
  std::size_t size() const { return size_; }
  /// What it holds now.
  std::string content() const { return densenf_test::get(path_); }

  /// Where a harness may write.
  static const densenf_test::TemporaryFolder& folder() {
    static const densenf_test::TemporaryFolder made;
    return made;
  }

private:
  std::filesystem::path path_;
  std::size_t size_;
};

/// What a reader says of a file, its sentence, may quote the file, but must not command a terminal.
inline void require_printable(const densenf::Error& e) {
  for (const char c : std::string_view(e.what()))
    require((c >= 0x20 && c <= 0x7e) || c == '\n', "a message carries bytes of the file to a terminal");
}

/// Calls read(), which reads the file and looks at what has come. Whether it was read: false when it was
/// refused in a sentence. What else is thrown, and an allocation beyond what is allowed, is a finding.
template <class Read>
bool reading(const File& file, const Read& read, const Allowance& allowed = {}) {
  struct Limit {
    explicit Limit(std::size_t bytes) { largest_allocation = bytes; }
    ~Limit() { largest_allocation = std::numeric_limits<std::size_t>::max(); }
  } const limit(allowed.for_any_file + allowed.for_each_byte * file.size());
  try {
    read();
    ++accepted;
    return true;
  } catch (const densenf::Error& e) {
    require_printable(e);
    return false;
  }
}

/// For readers of files that may be packed: calls read(path), which checks what it reads and returns it, for
/// the file and for the same file packed. What comes must be the same.
template <class Read>
void reading_packed_too(Bytes bytes, const Read& read, const Allowance& allowed = {}) {
  using Result = decltype(read(std::filesystem::path()));
  std::optional<Result> plain, unpacked;
  const File file(bytes);
  reading(
      file, [&] { plain = read(file.path()); }, allowed);
  if (is_packed(bytes)) return;  // what is packed twice is unpacked once
  const File again(packed(bytes), "packed");
  reading(
      again, [&] { unpacked = read(again.path()); }, allowed);
  require(plain == unpacked, "a file is read otherwise when it is packed");
}

/// Whether two lists of numbers have the same bits: a NaN is not equal to itself.
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  const auto bytes = [](const std::vector<T>& v) {
    return std::string_view(reinterpret_cast<const char*>(v.data()), v.size() * sizeof(T));
  };
  return bytes(a) == bytes(b);
}

}  // namespace fuzz
