#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "densenf/core/error.hpp"

namespace densenf {

namespace detail {

/// What the system says about an errno, such as "No such file or directory".
inline std::string system_message(int code) { return std::generic_category().message(code); }

/// Owns a POSIX file descriptor.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }

  /// Lets another owner have it.
  int release() { return std::exchange(fd_, -1); }

  /// Closes now; false when the system reports that something was lost.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

private:
  int fd_ = -1;
};

/// Opens a file for reading. Throws FileError when it is missing, unreadable or a folder.
inline Descriptor open_to_read(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const int code = errno;
    throw FileError("File '{}' cannot be opened for reading: {}.", path.string(), system_message(code));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw FileError("'{}' is a folder where a file is expected.", path.string());
  }
  return file;
}

/// Fills as much of `out` as the file still holds and returns how many bytes came.
inline std::size_t read_bytes(const Descriptor& file, std::span<std::byte> out,
                              const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::read(file.get(), out.data() + done, out.size() - done);
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      const int code = errno;
      throw FileError("Reading file '{}' failed after {} bytes: {}.", path.string(), done,
                      system_message(code));
    }
  }
  return done;
}

/// Writes all of `bytes` or throws FileError naming `path`.
inline void write_bytes(const Descriptor& file, std::span<const std::byte> bytes,
                        const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      const int code = errno;
      throw FileError("Writing file '{}' failed: {}.", path.string(), system_message(code));
    }
  }
}

/// Writes all of `bytes` at the end of a file that was opened with O_APPEND, or none of them: what a full
/// disk has taken of them is cut off again, so that what is appended later does not continue half a line.
/// Throws FileError naming `path`.
inline void append_whole(const Descriptor& file, std::span<const std::byte> bytes,
                         const std::filesystem::path& path) {
  struct stat before {};
  const bool known = ::fstat(file.get(), &before) == 0;
  try {
    write_bytes(file, bytes, path);
  } catch (const FileError&) {
    if (known) static_cast<void>(::ftruncate(file.get(), before.st_size) == 0);
    throw;
  }
}

/// Brings to disk which files a folder holds under which names. False, with errno, when that failed; some
/// network file systems cannot do it, which does not count as a failure.
inline bool sync_folder(const std::filesystem::path& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && (::fsync(folder.get()) == 0 || errno == EINVAL || errno == ENOTSUP);
}

/// What the names of temporary files begin and end with; a process and a number lie between.
inline constexpr std::string_view temporary_begin = ".densenf-";
inline constexpr std::string_view temporary_end = ".tmp";

/// Locks a file until the last duplicate of its descriptor is closed, by the process or by its end. False
/// when another descriptor holds it locked, or where there are no locks.
inline bool lock(const Descriptor& file) { return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0; }

/// Whether `path` is a temporary file that nobody will finish. One that is being written is known by its
/// lock: a process number would say nothing about processes in other containers or on other machines.
inline bool is_leftover(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(temporary_begin) || !name.ends_with(temporary_end)) return false;
  // Open for writing, which some network file systems want for a lock, and never waiting for a pipe.
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  constexpr std::time_t minute = 60;  // for the moment between the beginning of a file and its lock
  if (std::time(nullptr) - status.st_mtime < minute || !lock(file)) return false;
  struct stat named {};  // by now the name may be that of another file
  return ::lstat(path.c_str(), &named) == 0 && named.st_ino == status.st_ino && named.st_dev == status.st_dev;
}

/// Removes the temporary files of processes that were killed while they wrote in this folder.
inline void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code unreadable;  // then they stay
  for (std::filesystem::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    if (is_leftover(entry->path())) ::unlink(entry->path().c_str());
  }
}

}  // namespace detail

/// Whether there is something under this name. Throws FileError when the system does not say: a folder on the
/// way may not be looked into, or a link leads to itself.
inline bool file_exists(const std::filesystem::path& path) {
  std::error_code code;
  const bool exists = std::filesystem::exists(path, code);
  if (code) throw FileError("Whether '{}' exists cannot be found out: {}.", path.string(), code.message());
  return exists;
}

/// All bytes of a file. Throws FileError when it cannot be read.
inline std::vector<std::byte> read_file(const std::filesystem::path& path) {
  const detail::Descriptor file = detail::open_to_read(path);
  std::vector<std::byte> bytes;
  constexpr std::size_t piece = std::size_t{1} << 16;
  // Grown by what has come, not by the size the system reports: that is 0 for pipes and may change.
  for (std::size_t used = 0;;) {
    bytes.resize(used + std::max(piece, used / 2));
    const std::span<std::byte> rest = std::span(bytes).subspan(used);
    const std::size_t got = detail::read_bytes(file, rest, path);
    used += got;
    if (got < rest.size()) {
      bytes.resize(used);
      return bytes;
    }
  }
}

/// Writes a file so that others see the old content or all of the new, and never something between:
/// the bytes go to a temporary file in the same folder, which takes the target's place in `commit`.
/// Without commit (an exception, say) the temporary file is removed and the old file is untouched; what a
/// killed process has left is removed by the next one that writes in the folder.
/// A link is followed, an old file's permissions are kept. Every failure is a FileError.
class AtomicFile {
public:
  explicit AtomicFile(const std::filesystem::path& path) : target_(path) {
    if (path.empty()) throw FileError("A file cannot be written without a name: the path is empty.");
    std::error_code ignored;  // a link that cannot be followed is found by the calls below
    if (std::filesystem::is_symlink(path, ignored)) {
      target_ = std::filesystem::weakly_canonical(path, ignored);
      if (target_.empty()) target_ = path;
    }
    struct stat old {};
    const bool exists = ::stat(target_.c_str(), &old) == 0;
    if (!exists && errno != ENOENT) {
      const int code = errno;
      throw FileError("File '{}' cannot be written: {}.", target_.string(), detail::system_message(code));
    }
    if (exists && !S_ISREG(old.st_mode)) {
      throw FileError("'{}' is a folder or a device: a file can only be written in place of a file.",
                      path.string());
    }
    create_temporary();
    struct stat now {};
    constexpr mode_t permissions = 07777;
    if (exists && ::fstat(file_.get(), &now) == 0 &&
        (now.st_mode & permissions) != (old.st_mode & permissions) &&
        ::fchmod(file_.get(), old.st_mode & permissions) != 0) {
      const int code = errno;
      discard();
      throw FileError("The permissions of file '{}' cannot be kept: {}.", target_.string(),
                      detail::system_message(code));
    }
  }
  ~AtomicFile() { discard(); }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes) { detail::write_bytes(file_, bytes, target_); }
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  /// Puts other bytes in the place of some that were written, `offset` bytes from the beginning.
  void overwrite(std::uint64_t offset, std::span<const std::byte> bytes) {
    require(::lseek(file_.get(), static_cast<off_t>(offset), SEEK_SET) >= 0, "be written");
    write(bytes);
    require(::lseek(file_.get(), 0, SEEK_END) >= 0, "be written");
  }

  /// Makes the new content last: on disk first, then under the target's name. Call it once.
  void commit() {
    require(::fsync(file_.get()) == 0, "be brought to disk");
    const detail::Descriptor locked(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));  // until it has its name
    require(file_.close(), "be closed");
    require(::rename(temporary_.c_str(), target_.c_str()) == 0, "be put in place");
    temporary_.clear();
    // Without the folder the rename itself is still all or nothing.
    require(detail::sync_folder(folder_of(target_)),
            "be made sure of: its content is in place, but the folder did not sync");
  }

private:
  static std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  }

  void create_temporary() {
    static std::atomic<unsigned> counter{0};
    const std::filesystem::path folder = folder_of(target_);
    detail::remove_leftovers(folder);
    for (;;) {
      temporary_ = folder / fmt::format("{}{}-{}{}", detail::temporary_begin, ::getpid(), counter++,
                                        detail::temporary_end);
      // Not mkstemp: its files are private, while a new file should follow the user's umask.
      file_ = detail::Descriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file_.get() >= 0) {
        detail::lock(file_);
        return;
      }
      if (errno == EEXIST) continue;
      const int code = errno;
      temporary_.clear();
      throw FileError("File '{}' cannot be written, because its folder takes no new file: {}.",
                      target_.string(), detail::system_message(code));
    }
  }

  void require(bool success, const char* step) const {
    if (success) return;
    const int code = errno;
    throw FileError("File '{}' could not {}: {}.", target_.string(), step, detail::system_message(code));
  }

  void discard() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
  }

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  detail::Descriptor file_;
};

}  // namespace densenf
