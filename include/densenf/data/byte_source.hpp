#pragma once

#include <zlib.h>

#include <array>
#include <memory>
#include <type_traits>

#include "densenf/io/file.hpp"

namespace densenf {

/// Reads the bytes of a file in order; one that is packed by gzip is unpacked on the way, whatever its size
/// and name, in constant memory. Every failure is a FileError: missing, unreadable, named .gz but not packed,
/// cut short or damaged.
class ByteSource {
public:
  explicit ByteSource(const std::filesystem::path& path) : path_(path), file_(detail::open_to_read(path)) {
    if (!begins_as_gzip()) {
      const std::string ending = path.extension().string();
      if (ending == ".gz" || ending == ".GZ") {
        throw FileError("File '{}' is named {} but is not a gzip file; fetch it again or rename it.",
                        path.string(), ending);
      }
      return;
    }
    packed_.reset(::gzdopen(file_.get(), "rb"));
    if (!packed_) throw FileError("File '{}' cannot be unpacked: out of memory.", path.string());
    file_.release();  // gzclose closes it
    ::gzbuffer(packed_.get(), 1u << 16);
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
  /// Whether the first bytes are the signature, the one method and the flags of gzip: no more than one in
  /// 2^27 files of random bytes begins so. What cannot be read twice, such as a pipe, is taken as it is.
  bool begins_as_gzip() const {
    std::array<unsigned char, 4> head{};
    const ssize_t got = ::pread(file_.get(), head.data(), head.size(), 0);
    return got == std::ssize(head) && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && head[3] < 0x20;
  }

  struct Close {
    void operator()(gzFile file) const { ::gzclose(file); }
  };

  std::filesystem::path path_;
  detail::Descriptor file_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> packed_;
};

}  // namespace densenf
