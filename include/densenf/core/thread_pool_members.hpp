#pragma once

#include <exception>

#include "densenf/core/error.hpp"
#include "densenf/core/thread_pool.hpp"

namespace densenf::detail {

DENSENF_INLINE int ThreadPool::resolve(int threads) {
  if (threads < 0)
    throw ArgumentError("The number of threads must be 0 (all cores) or more, not {}.", threads);
  if (threads > 0) return threads;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<int>(cores) : 1;
}

DENSENF_INLINE ThreadPool::ThreadPool(int threads) : threads_(resolve(threads)) {
  try {
    for (int i = 1; i < threads_; ++i) workers_.emplace_back([this, i] { serve(i); });
    // Afterwards, so that memory is taken for threads that there are; none looks at it before a loop.
    shares_ = std::make_unique<Share[]>(static_cast<std::size_t>(threads_));
  } catch (const std::exception& refusal) {  // of a thread, or of the memory for its description
    const std::size_t started = workers_.size() + 1;
    stop();
    throw DeviceError(
        "{} threads were asked for, but the system let only {} run ({}): ask for fewer, or raise its "
        "limits on memory and processes.",
        threads_, started, refusal.what());
  }
}

DENSENF_INLINE bool& ThreadPool::inside_task() {
  thread_local bool inside = false;
  return inside;
}

DENSENF_INLINE void ThreadPool::run(Index count, Call call, const void* task) {
  const std::lock_guard lock(one_caller_);
  call_ = call;
  task_ = task;
  for (Index w = 0; w < threads(); ++w) {
    Share& share = shares_[static_cast<std::size_t>(w)];
    share.next.store(first_of_share(w, count), std::memory_order_relaxed);
    share.end = first_of_share(w + 1, count);
  }
  inside_.fetch_add(1, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  work(0);
  // Close the loop: workers that have not come in skip it, and those that have are waited for.
  inside_.fetch_sub(1, std::memory_order_relaxed);
  for (int spins = 0; inside_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins > 4096) std::this_thread::yield();
  }
}

DENSENF_INLINE void ThreadPool::work(int worker) {
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

DENSENF_INLINE void ThreadPool::stop() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (auto& w : workers_) w.join();
}

DENSENF_INLINE void ThreadPool::serve(int worker) {
  const auto pause = [] {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  };
  std::uint32_t seen = 0;
  for (;;) {
    // Kernels follow each other closely: look for the next one before going to sleep.
    for (int spins = 0; spins < 20000 && generation_.load(std::memory_order_acquire) == seen; ++spins)
      pause();
    generation_.wait(seen, std::memory_order_acquire);
    seen = generation_.load(std::memory_order_acquire);
    if (stop_.load()) return;
    if ((inside_.fetch_add(2, std::memory_order_acquire) & 1) != 0) work(worker);
    inside_.fetch_sub(2, std::memory_order_release);
  }
}

}  // namespace densenf::detail
