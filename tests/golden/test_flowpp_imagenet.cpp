// ctest-labels: golden
// also-on: gpu host
#include "flowpp_tiny.hpp"

TEST_CASE_TEMPLATE("golden: Flow++, as for ImageNet", T, double, float) {
  golden::check_all<golden::FlowppImageNetTiny, T>("flowpp_imagenet_tiny");
}
