#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "densenf/app/numbered_files.hpp"

namespace densenf::app {

/// The folder of a training run: the names in it, and the right to write there, which one run has at a time.
/// Every failure is a FileError.
class RunFolder {
public:
  /// Nothing is looked at or made yet.
  explicit RunFolder(std::filesystem::path path)
      : path_(std::move(path)), numbered_(path_, "checkpoint_", ".safetensors") {}

  std::string name() const { return path_.string(); }
  std::filesystem::path operator/(const char* file) const { return path_ / file; }
  std::filesystem::path checkpoint() const { return path_ / "checkpoint.safetensors"; }
  std::filesystem::path previous() const { return path_ / "checkpoint_previous.safetensors"; }
  std::filesystem::path weights() const { return path_ / "weights.safetensors"; }
  std::filesystem::path best_weights() const { return path_ / "weights_best.safetensors"; }

  /// Makes the folder if it is not there, and takes it for as long as this object lives, or its process.
  void take() {
    std::error_code code;
    std::filesystem::create_directories(path_, code);
    if (code) throw FileError("The output folder '{}' cannot be made: {}.", name(), code.message());
    const std::filesystem::path file = path_ / ".densenf-run.lock";
    lock_ = densenf::detail::Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (lock_.get() < 0) {
      const int reason = errno;
      throw FileError("The output folder '{}' takes no files: {}.", name(),
                      densenf::detail::system_message(reason));
    }
    // The system gives the lock back when the process ends, however it ends. Some network file systems have
    // none.
    if (!densenf::detail::lock(lock_) && errno == EWOULDBLOCK) {
      lock_ = {};
      throw FileError("Another run is at work in '{}': wait for its end, or choose another folder.", name());
    }
  }

  /// Keeps what checkpoint() is as previous() too, in the place of an older one. Until then the older one
  /// stays, and checkpoint() stays in any case.
  void keep_checkpoint() const {
    keep_as(previous());
    sync();
  }

  /// The same, and keeps it under the number of its step too, with the `older` ones of that kind before it.
  /// Later steps are those of a run that was given up for this one; they go.
  void keep_checkpoint(Index step, Index older) const {
    keep_as(numbered_.path(step));
    keep_checkpoint();
    std::vector<Index> steps = numbered_.numbers();
    for (; steps.back() > step; steps.pop_back()) numbered_.remove(steps.back());
    for (std::size_t i = 0; std::cmp_less(older, steps.size() - i - 1); ++i) numbered_.remove(steps[i]);
  }

  /// How many checkpoints are there under the numbers of their steps.
  Index numbered_checkpoints() const { return std::ssize(numbered_.numbers()); }

  /// Removes all checkpoints, and the best weights that an earlier run has left.
  void remove_checkpoints() const {
    for (const std::filesystem::path& file : {checkpoint(), previous(), best_weights()}) {
      std::error_code code;
      std::filesystem::remove(file, code);
      if (code) throw FileError("'{}' cannot be removed: {}.", file.string(), code.message());
    }
    for (const Index step : numbered_.numbers()) numbered_.remove(step);
  }

  /// Throws unless the disk has room for that many bytes, less those of `replaced` files, as far as the
  /// system can tell.
  void require_room(std::uintmax_t bytes, std::initializer_list<std::filesystem::path> replaced = {}) const {
    std::error_code code;
    for (const std::filesystem::path& file : replaced) {
      const std::uintmax_t size = std::filesystem::file_size(file, code);
      if (!code) bytes -= std::min(bytes, size);
    }
    const std::uintmax_t available = std::filesystem::space(path_, code).available;
    if (!code && available < bytes) {
      throw FileError(
          "The disk of '{}' has {} MB left, but the run will write {} MB: make room, or choose another "
          "folder.",
          name(), available / 1'000'000, bytes / 1'000'000 + 1);
    }
  }

private:
  /// Gives the checkpoint a second name, in the place of the file that has it.
  void keep_as(const std::filesystem::path& name) const {
    const std::filesystem::path temporary = path_ / ".densenf-run.previous";
    ::unlink(temporary.c_str());
    // It costs no room on the disk; where a file has one name only, a copy does as well.
    std::error_code code;
    if (::linkat(AT_FDCWD, checkpoint().c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      std::filesystem::copy_file(checkpoint(), temporary, code);
      const densenf::detail::Descriptor copy(::open(temporary.c_str(), O_RDONLY | O_CLOEXEC));
      if (!code && (copy.get() < 0 || ::fsync(copy.get()) != 0)) code.assign(errno, std::generic_category());
    }
    if (!code) std::filesystem::rename(temporary, name, code);
    ::unlink(temporary.c_str());  // still there if both names were those of one file
    if (code) throw FileError("'{}' cannot be kept: {}.", checkpoint().string(), code.message());
  }

  void sync() const {
    if (densenf::detail::sync_folder(path_)) return;
    const int reason = errno;
    throw FileError("The output folder '{}' could not be brought to disk: {}.", name(),
                    densenf::detail::system_message(reason));
  }

  std::filesystem::path path_;
  NumberedFiles numbered_;
  densenf::detail::Descriptor lock_;
};

}  // namespace densenf::app
