#pragma once

#include <zlib.h>

#include <memory>
#include <type_traits>

#include "densenf/io/file.hpp"

namespace densenf {

/// Reads the bytes of a file in order; a file whose name ends in .gz is unpacked on the way, whatever its
/// size, in constant memory. Every failure is a FileError: missing, unreadable, not what its name says, cut
/// short or damaged.
class ByteSource {
public:
  explicit ByteSource(const std::filesystem::path& path) : path_(path), file_(detail::open_to_read(path)) {
    if (path.extension() != ".gz") return;
    packed_.reset(::gzdopen(file_.get(), "rb"));
    if (!packed_) throw FileError("File '{}' cannot be unpacked: out of memory.", path.string());
    file_.release();  // gzclose closes it
    ::gzbuffer(packed_.get(), 1u << 16);
    // zlib hands out bytes as they are where the gzip signature is missing.
    if (::gzdirect(packed_.get()) != 0) {
      throw FileError("File '{}' is named .gz but is not a gzip file; fetch it again or rename it.",
                      path.string());
    }
  }

  const std::filesystem::path& path() const { return path_; }

  /// Fills as much of `out` as is left and returns how many bytes came.
  std::size_t read(std::span<std::byte> out) {
    if (!packed_) return detail::read_bytes(file_, out, path_);
    std::size_t done = 0;
    while (done < out.size()) {
      const std::size_t piece = std::min(out.size() - done, std::size_t{1} << 20);
      const int got = ::gzread(packed_.get(), out.data() + done, static_cast<unsigned>(piece));
      if (got > 0) done += static_cast<std::size_t>(got);
      if (got == static_cast<int>(piece)) continue;
      int code = Z_OK;
      ::gzerror(packed_.get(), &code);
      // A stream that ends before its end mark reads like an ordinary end of file, but leaves this code.
      if (code == Z_BUF_ERROR) throw FileError("File '{}' is cut short; fetch it again.", path_.string());
      if (got < 0) throw FileError("File '{}' is a damaged gzip file; fetch it again.", path_.string());
      break;
    }
    return done;
  }

private:
  struct Close {
    void operator()(gzFile file) const { ::gzclose(file); }
  };

  std::filesystem::path path_;
  detail::Descriptor file_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> packed_;
};

}  // namespace densenf
