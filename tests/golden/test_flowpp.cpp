// ctest-labels: golden
// also-on: gpu host
#include "flowpp_tiny.hpp"

TEST_CASE_TEMPLATE("golden: Flow++, as for CIFAR-10", T, double, float) {
  golden::check_all<golden::FlowppTiny, T>("flowpp_tiny");
}
