#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "densenf/core/cpu_level.hpp"
#include "densenf/core/device.hpp"
#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/core/thread_pool.hpp"

namespace densenf {

/// The host as a device: a number of threads that share loops. Copies of a Cpu share one set of threads.
///
/// No two tasks of a loop write the same number, and in which order the terms of a sum are added depends on
/// the problem, never on the number of threads; so results are the same to the bit for any thread count.
class Cpu : public kernels::DeviceTag {
public:
  /// `threads` 0 means one per core. Throws ArgumentError when negative, and DeviceError when the system
  /// refuses to start so many; those that were started have ended then. With densenf::compiled also as
  /// detail::cpu_level does.
  explicit Cpu(int threads = 0) : pool_(std::make_shared<detail::ThreadPool>(threads)) {}

  int threads() const { return pool_->threads(); }
  /// As many threads of its own, to compute beside this one.
  Cpu fresh() const { return Cpu(threads()); }
  /// How many threads, and the vector instructions that the kernels use.
  std::string describe() const { return std::to_string(threads()) + " threads, " + std::string(level_); }

  /// Calls task(i) for every i in [0, count), on all threads, and returns when all are done. Never
  /// allocates. A task must not throw; inside a task a nested call runs on the calling thread alone.
  template <class Task>
  void parallel_for(Index count, const Task& task) const {
    parallel_for_workers(count, [&](Index i, int) { task(i); });
  }

  /// Likewise, but calls task(i, worker): tasks that run at the same time see different workers in
  /// [0, threads()), so that each worker can have its own scratch memory.
  template <class Task>
  void parallel_for_workers(Index count, const Task& task) const {
    if (count <= 1 || pool_->threads() == 1 || detail::ThreadPool::inside_task()) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    pool_->run(
        count, [](const void* t, Index i, int worker) { (*static_cast<const Task*>(t))(i, worker); }, &task);
  }

  /// The first of a loop's `count` tasks that a worker begins with; those of the next worker follow. (A loop
  /// of one task runs on its caller alone.)
  Index first_of_share(Index worker, Index count) const { return pool_->first_of_share(worker, count); }

  /// Calls task(first, last) on consecutive ranges of at most `grain` items. Each thread begins with as many
  /// ranges of one length, so that loops over the same items, one after the other, find them in their core's
  /// cache. Ranges begin at multiples of 16, where the grain is one.
  template <class Task>
  void parallel_ranges(Index count, Index grain, const Task& task) const {
    const auto pieces = [](Index items, Index of) { return (items + of - 1) / of; };
    Index length = grain;
    if (count > grain) {
      length = pieces(count, pieces(pieces(count, grain), threads()) * threads());
      if (grain % 16 == 0) length = pieces(length, 16) * 16;
    }
    parallel_for(pieces(count, length), [&](Index t) {
      const Index first = t * length;
      task(first, first + length < count ? first + length : count);
    });
  }

  static constexpr std::size_t alignment = 64;

  /// Memory for `bytes` bytes; large blocks ask for large pages, because weights and activations are read
  /// from end to end at every pass and would otherwise miss the translation buffer all along.
  /// Throws OutOfMemoryError, which calls it `what` (plural), when there is no room; nothing is changed then.
  void* allocate(std::size_t bytes, const char* what = "activations") const {
    void* const p = ::operator new(bytes, alignment_of(bytes), std::nothrow);
    if (p == nullptr) {
      throw OutOfMemoryError(
          "There is no room for {:.1f} MB of {}: use a smaller batch (or fewer images at once), or the "
          "memory "
          "policy reverse.",
          1e-6 * static_cast<double>(bytes), what);
    }
#if defined(__linux__)
    // A hint: where there are no large pages, or none for us, everything works the same.
    if (bytes >= large_page) madvise(p, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
    return p;
  }
  /// `bytes` as it was for allocate.
  void deallocate(void* p, std::size_t bytes) const noexcept { ::operator delete(p, alignment_of(bytes)); }

private:
  static constexpr std::size_t large_page = std::size_t{2} << 20;
  static constexpr std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t{bytes >= large_page ? large_page : alignment};
  }

  std::string_view level_ = detail::cpu_level();
  std::shared_ptr<detail::ThreadPool> pool_;
};

/// Waits until a device has done what it was asked for; the CPU has.
inline void synchronize(const Cpu&) {}

}  // namespace densenf
