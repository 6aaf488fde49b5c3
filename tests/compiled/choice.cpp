#include <doctest/doctest.h>
#include <stdlib.h>

#include <string>

#include "densenf/core/cpu.hpp"

using namespace densenf;

// densenf::compiled chooses at the first Cpu of a process; so this file is a program of its own.
TEST_CASE("compiled: the level is chosen once, and names that are none are errors until then") {
  const auto wish = [](const char* level) { REQUIRE(setenv("DENSENF_CPU_LEVEL", level, 1) == 0); };
#if defined(__x86_64__)
  wish("v9");
  CHECK_THROWS_WITH_AS(Cpu(1), "DENSENF_CPU_LEVEL must be v2, v3 or v4, or not be set, and is 'v9'.",
                       ArgumentError);
  wish("86");  // a piece of a name is none
  CHECK_THROWS_AS(Cpu(1), ArgumentError);
  wish("v2");
  CHECK(Cpu(1).describe() == "1 threads, x86-64-v2");
  wish("v9");
  CHECK(Cpu(2).describe() == "2 threads, x86-64-v2");
#else
  wish("v2");
  CHECK_THROWS_AS(Cpu(1), ArgumentError);
  wish("");
  CHECK(Cpu(1).describe() == "1 threads, instructions as compiled");
#endif
}
