#pragma once

#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "densenf/io/file.hpp"

namespace densenf {

/// One file inside a zip file, of any size, open for reading in order; one that is stored as it is, also from
/// any place. One thread at a time may read. Every failure is a FileError that names the zip file.
class ZipMember {
public:
  /// Opens a member; nothing when the zip file has none of this name. Throws FileError when it is missing or
  /// no zip file, or the member is encrypted or packed in a way that libzip does not know.
  static std::optional<ZipMember> find(const std::filesystem::path& path, const std::string& name) {
    static_cast<void>(detail::open_to_read(path));  // whose sentences say more about what is no file
    int code = 0;
    std::unique_ptr<zip_t, Close> archive(::zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive) {
      zip_error_t error;
      ::zip_error_init_with_code(&error, code);
      const std::string reason = ::zip_error_strerror(&error);
      ::zip_error_fini(&error);
      throw FileError("File '{}' cannot be read as a zip file ({}): fetch it again.", path.string(), reason);
    }
    const zip_int64_t index = ::zip_name_locate(archive.get(), name.c_str(), ZIP_FL_ENC_RAW);
    if (index < 0) return std::nullopt;
    return ZipMember(path, name, std::move(archive), static_cast<zip_uint64_t>(index));
  }

  /// Bytes that it has unpacked, as the zip file claims.
  std::uint64_t size() const { return size_; }

  /// Whether it lies in the zip file as it is.
  bool stored() const { return stored_; }

  /// Fills as much of `out` as is left and returns how many bytes came. Throws FileError when the file is cut
  /// short or damaged; read in order to the end, also when the checksum or the size is not the one noted.
  std::size_t read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      const zip_int64_t got = ::zip_fread(file_.get(), out.data() + done, out.size() - done);
      if (got < 0) fail();
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  /// Goes to a place in a member that is stored. Throws FileError when it is not, or has no such place.
  void seek(std::uint64_t offset) {
    if (offset > size_) fail("it has no such place");
    if (size_ == 0) return;  // libzip 1.7 would crash
    if (::zip_fseek(file_.get(), static_cast<zip_int64_t>(offset), SEEK_SET) != 0) fail();
  }

  /// Throws FileError about this member.
  [[noreturn]] void fail(const char* reason) const {
    throw FileError("'{}' in zip file '{}' cannot be read ({}): fetch the file again.", name_, path_.string(),
                    reason);
  }

private:
  struct Close {
    void operator()(zip_t* archive) const { ::zip_discard(archive); }
    void operator()(zip_file_t* file) const { ::zip_fclose(file); }
  };

  ZipMember(const std::filesystem::path& path, const std::string& name, std::unique_ptr<zip_t, Close> archive,
            zip_uint64_t index)
      : path_(path), name_(name), archive_(std::move(archive)) {
    zip_stat_t status;
    ::zip_stat_init(&status);
    constexpr zip_uint64_t needed =
        ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (::zip_stat_index(archive_.get(), index, 0, &status) != 0 || (status.valid & needed) != needed)
      fail(::zip_strerror(archive_.get()));
    size_ = status.size;
    stored_ = status.comp_method == ZIP_CM_STORE && status.encryption_method == ZIP_EM_NONE;
    // Also because libzip 1.7 crashes where one of the two is 0.
    if (stored_ && status.comp_size != size_) fail("its size is not the one noted");
    file_.reset(::zip_fopen_index(archive_.get(), index, 0));
    if (!file_) fail(::zip_strerror(archive_.get()));
  }

  [[noreturn]] void fail() const { fail(::zip_file_strerror(file_.get())); }

  std::filesystem::path path_;
  std::string name_;
  std::unique_ptr<zip_t, Close> archive_;
  std::unique_ptr<zip_file_t, Close> file_;
  std::uint64_t size_ = 0;
  bool stored_ = false;
};

namespace detail {

/// All bytes of a member, of which there may be `most`. Memory is taken as they come, and not for what the
/// file claims. Throws FileError when there are more, or they cannot be read.
inline std::vector<std::byte> read_all(ZipMember member,
                                       std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  std::vector<std::byte> bytes;
  std::vector<std::byte> piece(std::size_t{1} << 20);
  while (const std::size_t got = member.read(piece)) {
    if (got > most - bytes.size()) member.fail("it is larger than it should be");
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
  }
  return bytes;
}

}  // namespace detail

}  // namespace densenf
