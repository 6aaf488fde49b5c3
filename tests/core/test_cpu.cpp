// ctest-labels: threads
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "densenf/core/cpu.hpp"

using namespace densenf;

// The sanitizers reserve terabytes of addresses, so that a limit on them cannot be set.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool addresses_can_be_limited = false;
#else
constexpr bool addresses_can_be_limited = true;
#endif

TEST_CASE("Cpu: every task runs exactly once, for any number of threads and tasks") {
  for (const int threads : {1, 2, 3, 8}) {
    const Cpu cpu(threads);
    CHECK(cpu.threads() == threads);
    for (const Index count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      cpu.parallel_for(count, [&](Index i) { ++runs[static_cast<std::size_t>(i)]; });
      bool once = true;
      for (const auto& r : runs) once = once && r == 1;
      CHECK_MESSAGE(once, threads, " threads, ", count, " tasks");
    }
  }
}

TEST_CASE("Cpu: all work of a loop is done, and visible, when the loop returns") {
  // Many short loops in a row: what one thread still did after the return would be seen by the next loop.
  for (const int threads : {2, 4}) {
    const Cpu cpu(threads);
    std::vector<Index> values(64);
    for (Index round = 0; round < 5000; ++round) {
      cpu.parallel_for(64, [&](Index i) { values[static_cast<std::size_t>(i)] += i + round; });
    }
    bool right = true;
    for (Index i = 0; i < 64; ++i)
      right = right && values[static_cast<std::size_t>(i)] == 5000 * i + 4999 * 5000 / 2;
    CHECK(right);
  }
}

TEST_CASE("Cpu: a loop returns only when the slowest thread is done") {
  const Cpu cpu(2);
  const auto caller = std::this_thread::get_id();
  std::atomic<int> entered{0};
  std::atomic<bool> finished{false};
  cpu.parallel_for(2, [&](Index) {
    ++entered;
    while (entered < 2) std::this_thread::yield();
    if (std::this_thread::get_id() == caller) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    finished = true;
  });
  CHECK(finished);
}

TEST_CASE("Cpu: several threads take part") {
  const Cpu cpu(3);
  // Each task waits until another thread has come, so one thread alone would never return.
  std::atomic<int> waiting{0};
  cpu.parallel_for(2, [&](Index) {
    ++waiting;
    while (waiting < 2) std::this_thread::yield();
  });
  CHECK(waiting == 2);
}

TEST_CASE("Cpu: a loop inside a task runs on that task's thread alone") {
  const Cpu cpu(4);
  std::atomic<int> inner{0};
  std::atomic<bool> same_thread{true};
  cpu.parallel_for(16, [&](Index) {
    const auto me = std::this_thread::get_id();
    cpu.parallel_for(8, [&](Index) {
      ++inner;
      if (std::this_thread::get_id() != me) same_thread = false;
    });
  });
  CHECK(inner == 16 * 8);
  CHECK(same_thread);
}

TEST_CASE("Cpu: ranges are consecutive, at most a grain long, and cover everything") {
  const Cpu cpu(2);
  for (const Index count : {0, 1, 10, 11, 99}) {
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
    std::atomic<bool> short_enough{true};
    cpu.parallel_ranges(count, 10, [&](Index first, Index last) {
      if (last - first > 10 || last <= first) short_enough = false;
      for (Index i = first; i < last; ++i) ++visits[static_cast<std::size_t>(i)];
    });
    bool once = true;
    for (const auto& v : visits) once = once && v == 1;
    CHECK(once);
    CHECK(short_enough);
  }
}

TEST_CASE("Cpu: copies share their threads, and callers on different threads take turns") {
  const Cpu cpu(2);
  std::atomic<int> total{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < 3; ++t) {
    callers.emplace_back([copy = cpu, &total] {
      for (int i = 0; i < 200; ++i) copy.parallel_for(10, [&](Index) { ++total; });
    });
  }
  for (std::thread& t : callers) t.join();
  CHECK(total == 3 * 200 * 10);
}

TEST_CASE("Cpu: 0 threads means all cores; fewer is an error") {
  CHECK(Cpu(0).threads() >= 1);
  CHECK_THROWS_WITH_AS(Cpu(-1), "The number of threads must be 0 (all cores) or more, not -1.",
                       ArgumentError);
}

TEST_CASE("Cpu: a device says how many threads it has, and the instructions that this file is compiled for") {
  CHECK(Cpu(3).describe() == fmt::format("3 threads, {}", detail::cpu_level()));
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__)
  CHECK(detail::cpu_level() == "x86-64-v4");
#elif defined(__AVX2__) && defined(__FMA__)
  CHECK(detail::cpu_level() == "x86-64-v3");
#endif
}

TEST_CASE("Cpu: more threads than the system gives are an error, after which fewer can be had") {
  if (!addresses_can_be_limited) {
    MESSAGE("skipped: under a sanitizer the memory of a process cannot be limited");
    return;
  }
  // In a process of its own: the limit stays. It leaves room for the stacks of some threads.
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit limit{rlim_t{1} << 30, rlim_t{1} << 30};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(2);
    for (const int threads : {4000, 2'000'000'000}) {
      try {
        const Cpu cpu(threads);
        _exit(3);
      } catch (const DeviceError& e) {
        const std::string text = e.what();
        const auto place = text.find("the system let only ");
        if (!text.starts_with(std::to_string(threads) + " threads were asked for")) _exit(4);
        if (place == std::string::npos || std::stoi(text.substr(place + 20)) < 1) _exit(5);
      }
    }
    // The threads that had been started are gone: there is room for others.
    for (int round = 0; round < 20; ++round) {
      std::atomic<int> runs{0};
      Cpu(3).parallel_for(100, [&](Index) { ++runs; });
      if (runs != 100) _exit(6);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK_MESSAGE(WIFEXITED(status), "ended by signal ", WTERMSIG(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("Cpu: memory is aligned for vector loads") {
  const Cpu cpu(1);
  for (const std::size_t bytes : {std::size_t{3}, std::size_t{5} << 20}) {
    void* p = cpu.allocate(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(p) % Cpu::alignment == 0);
    std::memset(p, 1, bytes);
    cpu.deallocate(p, bytes);
  }
}
