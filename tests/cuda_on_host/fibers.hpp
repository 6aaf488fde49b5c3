#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

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

  void yield(Wait what) {
    current->waits = what;
    if (_setjmp(current->here) == 0) _longjmp(home, 1);
  }

  static Scheduler& instance() {
    static Scheduler one;
    return one;
  }
};

}  // namespace detail

/// Called by a thread of a kernel: goes on when all threads of its warp or block wait too, or have ended.
inline void wait(Wait what) { detail::Scheduler::instance().yield(what); }

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
  for (bool live = true; live;) {
    live = false;
    for (unsigned first = 0; first < threads; first += warp) {
      const unsigned last = first + warp < threads ? first + warp : threads;
      // A warp goes on by itself as long as some of its threads wait only for each other.
      for (bool again = true; again;) {
        again = false;
        for (unsigned t = first; t < last; ++t) {
          detail::Fiber& f = *s.fibers[t];
          if (f.waits == Wait::ended || f.waits == Wait::block) continue;
          select(t);
          s.resume(f);
          again = again || f.waits == Wait::warp;
        }
      }
      for (unsigned t = first; t < last; ++t) live = live || s.fibers[t]->waits == Wait::block;
    }
    if (!live) break;
    for (unsigned t = 0; t < threads; ++t) {
      if (s.fibers[t]->waits == Wait::block) s.fibers[t]->waits = Wait::none;
    }
  }
}

}  // namespace cuda_on_host
