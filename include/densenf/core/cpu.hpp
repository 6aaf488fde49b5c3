#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "densenf/core/device.hpp"
#include "densenf/core/shape.hpp"

namespace densenf {

/// The host as a device: a number of threads that share loops. Copies of a Cpu share one set of threads.
///
/// No two tasks of a loop write the same number, and in which order the terms of a sum are added depends on
/// the problem, never on the number of threads; so results are the same to the bit for any thread count.
class Cpu : public kernels::DeviceTag {
public:
  /// `threads` 0 means one per core. Throws ArgumentError when negative, and DeviceError when the system
  /// refuses to start so many; those that were started have ended then.
  explicit Cpu(int threads = 0) : pool_(std::make_shared<Pool>(resolve(threads))) {}

  int threads() const { return pool_->threads(); }
  std::string describe() const { return fmt::format("{} threads", threads()); }

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
    if (count <= 1 || pool_->threads() == 1 || Pool::inside_task()) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    pool_->run(
        count, [](const void* t, Index i, int worker) { (*static_cast<const Task*>(t))(i, worker); }, &task);
  }

  /// The first of a loop's `count` tasks that a worker begins with; those of the next worker follow. (A loop
  /// of one task runs on its caller alone.)
  Index first_of_share(Index worker, Index count) const { return pool_->first_of_share(worker, count); }

  /// Calls task(first, last) on consecutive ranges of at most `grain` items.
  template <class Task>
  void parallel_ranges(Index count, Index grain, const Task& task) const {
    const Index tasks = (count + grain - 1) / grain;
    parallel_for(tasks, [&](Index t) {
      const Index first = t * grain;
      task(first, first + grain < count ? first + grain : count);
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

  static int resolve(int threads) {
    if (threads < 0)
      throw ArgumentError("The number of threads must be 0 (all cores) or more, not {}.", threads);
    if (threads > 0) return threads;
    const unsigned cores = std::thread::hardware_concurrency();
    return cores > 0 ? static_cast<int>(cores) : 1;
  }

  class Pool {
  public:
    using Call = void (*)(const void*, Index, int worker);

    explicit Pool(int threads) : threads_(threads) {
      try {
        for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { serve(i); });
        // Afterwards, so that memory is taken for threads that there are; none looks at it before a loop.
        shares_ = std::make_unique<Share[]>(static_cast<std::size_t>(threads));
      } catch (const std::exception& refusal) {  // of a thread, or of the memory for its description
        const std::size_t started = workers_.size() + 1;
        stop();
        throw DeviceError(
            "{} threads were asked for, but the system let only {} run ({}): ask for fewer, or raise its "
            "limits on memory and processes.",
            threads, started, refusal.what());
      }
    }
    ~Pool() { stop(); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    int threads() const { return threads_; }
    Index first_of_share(Index worker, Index count) const { return count * worker / threads(); }
    static bool& inside_task() {
      thread_local bool inside = false;
      return inside;
    }

    void run(Index count, Call call, const void* task) {
      const std::lock_guard lock(one_caller_);
      call_ = call;
      task_ = task;
      for (Index w = 0; w < threads(); ++w) {
        Share& share = shares_[static_cast<std::size_t>(w)];
        share.next.store(first_of_share(w, count), std::memory_order_relaxed);
        share.end = first_of_share(w + 1, count);
      }
      open_.store(true);
      generation_.fetch_add(1, std::memory_order_release);
      generation_.notify_all();
      work(0);
      // Whoever has not come by now need not come: waiting is only for workers in the middle of a task. A
      // worker first counts itself and then looks whether the door is open; here it is the other way round.
      open_.store(false);
      for (int spins = 0; active_.load() != 0; ++spins) {
        if (spins > 4096) std::this_thread::yield();
      }
    }

  private:
    /// Tasks of a loop that one thread begins with: neighbors, because loops follow each other over the same
    /// pixels, which are then in that thread's cache. Who has none left takes others'.
    struct alignas(alignment) Share {
      std::atomic<Index> next{0};
      Index end = 0;
    };

    void work(int worker) {
      inside_task() = true;
      for (int w = worker; w < worker + threads(); ++w) {
        Share& share = shares_[static_cast<std::size_t>(w % threads())];
        // A look first: it leaves the line where it is, if nothing is left.
        while (share.next.load(std::memory_order_relaxed) < share.end) {
          const Index i = share.next.fetch_add(1, std::memory_order_relaxed);
          if (i < share.end) call_(task_, i, worker);
        }
      }
      inside_task() = false;
    }

    /// Lets the workers end, and waits until they have.
    void stop() {
      stop_.store(true);
      generation_.fetch_add(1);
      generation_.notify_all();
      for (auto& w : workers_) w.join();
    }

    void serve(int worker) {
      std::uint32_t seen = 0;
      for (;;) {
        // Kernels follow each other closely: look for the next one before going to sleep.
        for (int spins = 0; spins < 20000 && generation_.load(std::memory_order_acquire) == seen; ++spins)
          pause();
        generation_.wait(seen, std::memory_order_acquire);
        seen = generation_.load(std::memory_order_acquire);
        if (stop_.load()) return;
        active_.fetch_add(1);
        if (open_.load()) work(worker);
        active_.fetch_sub(1, std::memory_order_release);
      }
    }

    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }

    const int threads_;
    std::unique_ptr<Share[]> shares_;
    std::vector<std::thread> workers_;
    std::mutex one_caller_;
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<bool> stop_{false};
    std::atomic<bool> open_{false};
    Call call_ = nullptr;
    const void* task_ = nullptr;
    alignas(alignment) std::atomic<int> active_{0};  // workers write it, unlike what is before it
  };

  std::shared_ptr<Pool> pool_;
};

/// Waits until a device has done what it was asked for; the CPU has.
inline void synchronize(const Cpu&) {}

}  // namespace densenf
