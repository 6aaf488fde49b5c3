#pragma once

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "densenf/io/file.hpp"
#include "densenf/io/zip_member.hpp"

namespace densenf {

/// Bytes that are read from any place, by several threads at once.
class BytesAt {
public:
  virtual ~BytesAt() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills `out` with the bytes from `offset` on. Throws FileError when the file is cut short or cannot be
  /// read.
  virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// Of a file.
class FileBytes : public BytesAt {
public:
  explicit FileBytes(const std::filesystem::path& path) : path_(path), file_(detail::open_to_read(path)) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode))
      throw FileError("'{}' is no file that can be read from any place.", path.string());
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  std::uint64_t size() const override { return size_; }

  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    while (!out.empty()) {
      const ssize_t got = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        const int code = errno;
        throw FileError("Reading file '{}' failed at byte {}: {}.", path_.string(), offset,
                        got == 0 ? "it ends there" : detail::system_message(code));
      }
      offset += static_cast<std::uint64_t>(got);
      out = out.subspan(static_cast<std::size_t>(got));
    }
  }

private:
  std::filesystem::path path_;
  detail::Descriptor file_;
  std::uint64_t size_ = 0;
};

/// Of a member of a zip file that is stored as it is. libzip reads for one thread at a time.
class StoredBytes : public BytesAt {
public:
  explicit StoredBytes(ZipMember member) : member_(std::move(member)) {}

  std::uint64_t size() const override { return member_.size(); }

  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::lock_guard lock(mutex_);
    member_.seek(offset);
    if (member_.read(out) != out.size()) member_.fail("it ends too early");
  }

private:
  mutable std::mutex mutex_;
  mutable ZipMember member_;
};

/// In memory.
class MemoryBytes : public BytesAt {
public:
  explicit MemoryBytes(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

  std::uint64_t size() const override { return bytes_.size(); }

  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset)
      throw FileError("{} bytes from {} on were asked for, but there are {}.", out.size(), offset,
                      bytes_.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }

private:
  std::vector<std::byte> bytes_;
};

}  // namespace densenf
