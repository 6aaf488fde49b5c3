#include "fibers.hpp"

#include <ucontext.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "memory.hpp"

// A call that goes on only after others have run keeps nothing in registers that it does not save itself,
// whatever g++ sees of the function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-ipa-ra")
#endif

namespace cuda_on_host {
namespace {

constexpr unsigned warp_size = 32;

/// Where a fiber goes on, for jumps that cost nanoseconds: contexts cost system calls, and the C library's
/// jumps look for cleanups and hide addresses.
struct Place {
  void* registers[5];
};
[[gnu::noinline, noreturn]] void jump(Place& to) { __builtin_longjmp(to.registers, 1); }

/// A stack for one thread after the other, so that it is set up only once, and threads that never wait need
/// no jumps.
struct Fiber {
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;
  std::unique_ptr<std::byte[]> stack{new std::byte[stack_bytes]};
  Place here;
  bool entered = false;
};

struct Thread {
  Wait waits = Wait::none;
  Fiber* fiber = nullptr;   ///< on which it runs
  unsigned exchanges = 0;   ///< how many it has made
  std::source_location at;  ///< where it waits
};

/// The block that runs.
struct Running {
  std::vector<Thread> threads;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> free;
  Place home;
  const std::function<void(unsigned)>* select = nullptr;
  const std::function<void()>* job = nullptr;
  unsigned current = 0;  ///< the thread that runs
  unsigned first = 0, last = 0,
           next = 0;  ///< its warp's threads, of which those from `next` on have not begun
};
Running block;

unsigned in_order(unsigned i) { return strict ? block.last - 1 - (i - block.first) : i; }

/// What a fiber does: begins threads of the warp until one of them waits; goes on with that one when it is
/// asked to, and is free when there is none to begin.
[[noreturn]] void run_threads() {
  Fiber* self = block.free.back();
  block.free.pop_back();
  for (;;) {
    while (block.next < block.last) {
      block.current = in_order(block.next++);
      block.threads[block.current].fiber = self;
      (*block.select)(block.current);
      (*block.job)();
      block.threads[block.current].waits = Wait::ended;
    }
    block.free.push_back(self);
    if (__builtin_setjmp(self->here.registers) == 0) jump(block.home);
    // Asked for again: the last of those that are free.
    block.free.pop_back();
  }
}

[[gnu::noinline]] void run(Fiber& fiber) {
  if (__builtin_setjmp(block.home.registers) != 0) return;
  if (fiber.entered) jump(fiber.here);
  fiber.entered = true;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber.stack.get();
  context.uc_stack.ss_size = Fiber::stack_bytes;
  context.uc_link = nullptr;
  makecontext(&context, &run_threads, 0);
  setcontext(&context);
}

bool same_place(const std::source_location& a, const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         (a.file_name() == b.file_name() || std::strcmp(a.file_name(), b.file_name()) == 0);
}

/// The threads of the warp have all ended or wait for something. Returns whether they wait for each other,
/// which they must do together and in one place. Waiting for a block, threads of a warp must do so in one
/// place; those that have ended are not waited for.
bool warp_goes_on() {
  const Thread* waiting = nullptr;
  bool all = true;
  for (unsigned t = block.first; t < block.last; ++t) {
    const Thread& thread = block.threads[t];
    if (thread.waits == Wait::ended) {
      all = false;
    } else if (waiting == nullptr) {
      waiting = &thread;
    } else {
      require(thread.waits == waiting->waits && same_place(thread.at, waiting->at),
              "threads of a warp wait for each other in different places");
    }
  }
  const bool for_warp = waiting != nullptr && waiting->waits == Wait::warp;
  require(all || !for_warp, "a thread of a warp has ended for which others wait");
  return for_warp;
}

/// Threads [first, last) run until all of them have ended or wait for the block; returns whether some wait.
bool run_warp(unsigned first, unsigned last, bool begin) {
  block.first = block.next = first;
  block.last = last;
  if (begin) {
    while (block.next < last) {
      if (block.free.empty()) {
        block.fibers.push_back(std::make_unique<Fiber>());
        block.free.push_back(block.fibers.back().get());
      }
      run(*block.free.back());
    }
  }
  block.next = last;
  for (bool again = !begin || warp_goes_on(); again; again = warp_goes_on()) {
    for (unsigned i = first; i < last; ++i) {
      const unsigned t = in_order(i);
      Thread& thread = block.threads[t];
      if (thread.waits == Wait::ended || thread.waits == Wait::block) continue;
      thread.waits = Wait::none;
      block.current = t;
      (*block.select)(t);
      run(*thread.fiber);
    }
  }
  for (unsigned t = first; t < last; ++t) {
    if (block.threads[t].waits == Wait::block) return true;
  }
  return false;
}

/// Lets all threads of the block go on that wait for it.
void release_block() {
  const Thread* waiting = nullptr;
  for (Thread& thread : block.threads) {
    if (thread.waits != Wait::block) continue;
    if (waiting == nullptr) waiting = &thread;
    require(same_place(thread.at, waiting->at), "threads of a block wait for each other in different places");
    thread.waits = Wait::none;
  }
}

}  // namespace

void wait(Wait what, const std::source_location& at) {
  Thread& thread = block.threads[block.current];
  thread.waits = what;
  thread.at = at;
  if (__builtin_setjmp(thread.fiber->here.registers) == 0) jump(block.home);
}

std::uint64_t exchange(std::uint64_t value, int from, const std::source_location& at) {
  // Two rooms in turn: when a thread says something in one, all have heard what was said in it before.
  static std::uint64_t said[2][warp_size];
  const unsigned room = block.threads[block.current].exchanges++ % 2;
  said[room][block.current % warp_size] = value;
  wait(Wait::warp, at);
  return said[room][static_cast<unsigned>(from) % warp_size];
}

void run_block(unsigned threads, const std::function<void(unsigned)>& select,
               const std::function<void()>& job) {
  block.threads.assign(threads, {});
  block.select = &select;
  block.job = &job;
  const unsigned warps = (threads + warp_size - 1) / warp_size;
  for (bool begin = true, live = true; live; begin = false) {
    live = false;
    for (unsigned w = 0; w < warps; ++w) {
      const unsigned first = warp_size * (strict ? warps - 1 - w : w);
      const unsigned last = first + warp_size < threads ? first + warp_size : threads;
      if (run_warp(first, last, begin)) live = true;
    }
    release_block();
  }
}

}  // namespace cuda_on_host
