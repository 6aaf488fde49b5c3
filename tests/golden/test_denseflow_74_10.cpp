// optimized
// ctest-labels: golden
// also-on: gpu
#include "golden.hpp"

namespace {

using golden::Case;
using namespace densenf;

}  // namespace

TEST_CASE("denseflow_74_10 has the published model's parameters") {
  Flow<DenseFlow_74_10> flow({3, 32, 32});
  CHECK(flow.table().parameter_count() == 130'647'294);
}

TEST_CASE_TEMPLATE("denseflow_74_10: values, samples and gradients of the golden file", T, double, float) {
  Case<DenseFlow_74_10, T> c("denseflow_74_10");
  c.check_evaluation();
  c.check_sampling();
  if (std::is_same_v<T, float>) c.check_policies();  // double: below
  const double error = coding_error(c.flow, c.images);
  MESSAGE("decode(encode(x)) is off by at most ", error, " gray levels");
  CHECK(error <= (std::is_same_v<T, double> ? 1e-9 : 0.01));
}

TEST_CASE("denseflow_74_10: the memory policies agree") {
  Case<DenseFlow_74_10, double> c("denseflow_74_10");
  c.check_policies();
}
