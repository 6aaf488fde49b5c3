#include "densenf/autodiff/policy.hpp"

#include <doctest/doctest.h>

using namespace densenf;

TEST_CASE("memory policies are found by name, and unknown names are refused") {
  CHECK(make_memory_policy("store") == MemoryPolicy::store);
  CHECK(make_memory_policy("recompute") == MemoryPolicy::recompute);
  CHECK(make_memory_policy("reverse") == MemoryPolicy::reverse);
  CHECK_THROWS_WITH_AS(make_memory_policy("keep"), doctest::Contains("store, recompute, reverse"),
                       ArgumentError);
}
