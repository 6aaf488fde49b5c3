#include "densenf/app/attempts.hpp"

#include <doctest/doctest.h>

using namespace densenf::app;

TEST_CASE("what fails does not throw, and whether it did is known") {
  Attempts attempt;
  int called = 0;
  CHECK(attempt("It failed", [&] { ++called; }));
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(attempt("A test failed on purpose", [&] {
      ++called;
      throw densenf::FileError("no room");
    }));
  }
  CHECK(called == 3);
}
