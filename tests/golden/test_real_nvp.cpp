// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/real_nvp.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

using Tiny = RealNvp<5, Named<"scales.0", RealNvpScale<4, 1>>, Named<"scales.1", RealNvpLastScale<8, 1>>>;

}  // namespace

TEST_CASE_TEMPLATE("golden: Real NVP", T, double, float) {
  golden::ZooCase<Tiny, T> file("real_nvp_tiny");
  file.check_evaluation();
  file.check_sampling();
  file.check_training();
  CHECK(coding_error(file.flow, file.images("input/x")) < (sizeof(T) == 8 ? 1e-9 : 1e-2));
}
