#include "densenf/train/interrupt.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

TEST_CASE("Ctrl-C and SIGTERM set the flag of an Interrupt instead of ending the program") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const densenf::Interrupt interrupt;
    CHECK_FALSE(interrupt.stop());
    std::raise(signal);
    CHECK(interrupt.stop());
  }
}

TEST_CASE("an Interrupt puts back what handled the signals before") {
  std::signal(SIGINT, SIG_IGN);
  { const densenf::Interrupt interrupt; }
  const bool same = std::signal(SIGINT, SIG_DFL) == SIG_IGN;
  CHECK(same);
}
