// ctest-labels: golden
// also-on: gpu host
#include "flowpp_tiny.hpp"

TEST_CASE_TEMPLATE("golden: VFlow", T, double, float) {
  golden::check_all<golden::VFlowTiny, T>("vflow_tiny");
}
