#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <source_location>
#include <vector>

#include "memory.hpp"

// The threads of a block as fibers of one thread of the host. A fiber runs until it waits for its warp or its
// block, or ends; warps run one after the other.
namespace cuda_on_host {

enum class Wait { none, warp, block, ended };

namespace detail {

/// A fiber that does one job after the other, so that its stack is set up only once. Switching with jumps
/// costs nanoseconds where switching contexts would cost system calls.
struct Fiber {
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;
  std::unique_ptr<std::byte[]> stack{new std::byte[stack_bytes]};
  jmp_buf here;
  bool entered = false;
  Wait waits = Wait::ended;
  std::source_location at;  ///< where it waits
  const std::function<void()>* job = nullptr;
};

struct Scheduler {
  std::vector<std::unique_ptr<Fiber>> fibers;
  Fiber* current = nullptr;
  jmp_buf home;

  static void loop() {
    Scheduler& s = instance();
    for (;;) {
      (*s.current->job)();
      s.current->waits = Wait::ended;
      if (_setjmp(s.current->here) == 0) _longjmp(s.home, 1);
    }
  }

  void resume(Fiber& f) {
    current = &f;
    f.waits = Wait::none;
    if (_setjmp(home) != 0) return;
    if (f.entered) _longjmp(f.here, 1);
    f.entered = true;
    ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = f.stack.get();
    context.uc_stack.ss_size = Fiber::stack_bytes;
    context.uc_link = nullptr;
    makecontext(&context, &Scheduler::loop, 0);
    setcontext(&context);
  }

  void yield(Wait what, const std::source_location& at) {
    current->waits = what;
    current->at = at;
    if (_setjmp(current->here) == 0) _longjmp(home, 1);
  }

  static Scheduler& instance() {
    static Scheduler one;
    return one;
  }
};

}  // namespace detail

/// Called by a thread of a kernel: goes on when all threads of its warp or block wait too, or have ended.
inline void wait(Wait what, const std::source_location& at) { detail::Scheduler::instance().yield(what, at); }

namespace detail {
inline bool same_place(const std::source_location& a, const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() && std::strcmp(a.file_name(), b.file_name()) == 0;
}

/// Threads [first, last) of a warp have all ended or wait for something. Returns whether they wait for each
/// other, which they must do together and in one place. Waiting for a block, threads of a warp must do so in
/// one place; those that have ended are not waited for.
inline bool check_warp(const std::vector<std::unique_ptr<Fiber>>& fibers, unsigned first, unsigned last) {
  const Fiber* waiting = nullptr;
  bool all = true;
  for (unsigned t = first; t < last; ++t) {
    const Fiber& f = *fibers[t];
    if (f.waits == Wait::ended) {
      all = false;
    } else if (waiting == nullptr) {
      waiting = &f;
    } else {
      require(f.waits == waiting->waits && same_place(f.at, waiting->at),
              "threads of a warp wait for each other in different places");
    }
  }
  const bool for_warp = waiting != nullptr && waiting->waits == Wait::warp;
  require(all || !for_warp, "a thread of a warp has ended for which others wait");
  return for_warp;
}

/// Lets all threads of a block go on that wait for it.
inline void release_block(const std::vector<std::unique_ptr<Fiber>>& fibers, unsigned threads) {
  const Fiber* waiting = nullptr;
  for (unsigned t = 0; t < threads; ++t) {
    Fiber& f = *fibers[t];
    if (f.waits != Wait::block) continue;
    if (waiting == nullptr) waiting = &f;
    require(same_place(f.at, waiting->at), "threads of a block wait for each other in different places");
    f.waits = Wait::none;
  }
}
}  // namespace detail

/// Runs the job once for every thread of a block; select(t) is called whenever thread t runs.
inline void run_block(unsigned threads, const std::function<void(unsigned)>& select,
                      const std::function<void()>& job) {
  auto& s = detail::Scheduler::instance();
  while (s.fibers.size() < threads) s.fibers.push_back(std::make_unique<detail::Fiber>());
  for (unsigned t = 0; t < threads; ++t) {
    s.fibers[t]->job = &job;
    s.fibers[t]->waits = Wait::none;
  }
  constexpr unsigned warp = 32;
  const unsigned warps = (threads + warp - 1) / warp;
  for (bool live = true; live;) {
    live = false;
    for (unsigned w = 0; w < warps; ++w) {
      const unsigned first = warp * (strict ? warps - 1 - w : w);
      const unsigned last = first + warp < threads ? first + warp : threads;
      // A warp goes on by itself as long as some of its threads wait only for each other.
      for (bool again = true; again;) {
        for (unsigned i = first; i < last; ++i) {
          const unsigned t = strict ? last - 1 - (i - first) : i;
          detail::Fiber& f = *s.fibers[t];
          if (f.waits == Wait::ended || f.waits == Wait::block) continue;
          select(t);
          s.resume(f);
        }
        again = detail::check_warp(s.fibers, first, last);
      }
      for (unsigned t = first; t < last; ++t) live = live || s.fibers[t]->waits == Wait::block;
    }
    if (!live) break;
    detail::release_block(s.fibers, threads);
  }
}

}  // namespace cuda_on_host
