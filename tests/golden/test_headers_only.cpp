// headers-only
// ctest-labels: golden
#include "tiny.hpp"

using namespace densenf;

// The golden numbers without densenf::compiled: every kernel that DenseFlow needs is compiled here, from its
// header.
TEST_CASE_TEMPLATE("headers only: values, samples and gradients of the golden file", T, double, float) {
  golden::Case<golden::Tiny, T> c("tiny");
  c.check_evaluation();
  c.check_sampling();
  c.check_gradients(MemoryPolicy::reverse);
}
