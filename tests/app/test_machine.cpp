#include "densenf/app/machine.hpp"

#include <doctest/doctest.h>

using namespace densenf::app;

TEST_CASE("a time is written with the zone that it is in") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  CHECK(format_time(0) == "1970-01-01 00:00:00 +0000");
  CHECK(format_time(1795913820.76) == "2026-11-29 00:57:00 +0000");
}

TEST_CASE("machine, host and versions have names") {
  CHECK(host_name() != "");
  CHECK(machine_description().find("hardware threads, ") != std::string::npos);
  CHECK(eigen_version().find('.') != std::string::npos);
  CHECK(compiler_version().size() > 4);
}
