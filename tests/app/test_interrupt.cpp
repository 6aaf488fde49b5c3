#include "densenf/app/interrupt.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

using densenf::app::Interrupt;

namespace {

/// The signal that ends a process which does this; 0 when it ends by itself.
template <class F>
int ended_by(const F& f) {
  const pid_t child = ::fork();
  if (child == 0) {
    f();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("what asks a program to end sets the flag of an Interrupt instead of ending it") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    CAPTURE(signal);
    CHECK(ended_by([&] {
            const Interrupt interrupt;
            const bool before = interrupt.stop();
            std::raise(signal);
            if (before || !interrupt.stop() || interrupt.signal() != signal) std::raise(SIGABRT);
          }) == 0);
  }
}

TEST_CASE("a second Ctrl-C ends the program; closed terminals and pipes may tell more than once") {
  const auto twice = [](int signal) {
    return ended_by([&] {
      const Interrupt interrupt;
      std::raise(signal);
      std::raise(signal);
    });
  };
  CHECK(twice(SIGINT) == SIGINT);
  CHECK(twice(SIGTERM) == SIGTERM);
  CHECK(twice(SIGHUP) == 0);
  CHECK(twice(SIGPIPE) == 0);
}

TEST_CASE("the first signal is the one that is told, and one can be asked for without sending it") {
  const Interrupt interrupt;
  CHECK(interrupt.signal() == 0);
  interrupt.request(SIGPIPE);
  CHECK(interrupt.stop());
  std::raise(SIGHUP);
  CHECK(interrupt.signal() == SIGPIPE);
}

TEST_CASE("under nohup a closed terminal interrupts nothing") {
  std::signal(SIGHUP, SIG_IGN);
  {
    const Interrupt interrupt;
    std::raise(SIGHUP);
    CHECK_FALSE(interrupt.stop());
  }
  std::signal(SIGHUP, SIG_DFL);
}

TEST_CASE("an Interrupt puts back what handled the signals before") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    CAPTURE(signal);
    std::signal(signal, SIG_IGN);
    { const Interrupt interrupt; }
    bool same = std::signal(signal, SIG_DFL) == SIG_IGN;
    CHECK(same);
    { const Interrupt interrupt; }
    same = std::signal(signal, SIG_DFL) == SIG_DFL;
    CHECK(same);
  }
}
