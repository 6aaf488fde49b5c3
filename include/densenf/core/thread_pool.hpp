#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "densenf/core/compiled.hpp"
#include "densenf/core/shape.hpp"

namespace densenf::detail {

/// The threads of a Cpu, which wait for loops and share their tasks. What is longer than a line is in
/// thread_pool_members.hpp, and with densenf::compiled in the library: a program has one such code, whatever
/// instructions its kernels are compiled for.
class ThreadPool {
public:
  using Call = void (*)(const void* task, Index i, int worker);

  /// `threads` 0 means one per core. Throws as Cpu's constructor does.
  explicit ThreadPool(int threads);
  ~ThreadPool() { stop(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }
  Index first_of_share(Index worker, Index count) const { return count * worker / threads(); }
  /// Whether the calling thread is at a loop's task.
  static bool& inside_task();

  /// Calls call(task, i, worker) for every i in [0, count), on all threads.
  void run(Index count, Call call, const void* task);

private:
  static constexpr std::size_t cache_line = 64;

  /// Tasks of a loop that one thread begins with: neighbors, because loops follow each other over the same
  /// pixels, which are then in that thread's cache. Who has none left takes others'.
  struct alignas(cache_line) Share {
    std::atomic<Index> next{0};
    Index end = 0;
  };

  static int resolve(int threads);
  void work(int worker);
  /// Lets the workers end, and waits until they have.
  void stop();
  void serve(int worker);

  const int threads_;
  std::unique_ptr<Share[]> shares_;
  std::vector<std::thread> workers_;

  // A line travels between cores for each hundred nanoseconds or so of a small loop. So what a caller writes
  // for a loop is in one line, which a worker fetches when it comes in, and what workers look at meanwhile is
  // in another.
  alignas(cache_line) std::mutex one_caller_;
  /// 1 while a loop lets workers in, and 2 for each that is in it, or looks whether it may.
  std::atomic<std::uint32_t> inside_{0};
  Call call_ = nullptr;
  const void* task_ = nullptr;

  alignas(cache_line) std::atomic<std::uint32_t> generation_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace densenf::detail

#ifndef DENSENF_USE_COMPILED
#include "densenf/core/thread_pool_members.hpp"
#endif
