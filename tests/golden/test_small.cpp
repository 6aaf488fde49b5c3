// ctest-labels: golden
// also-on: gpu
#include "golden.hpp"

namespace {

using golden::Case;
using namespace densenf;

using Module = GlowModule<IntraUnit<16>>;
using Small = Compose<Dequantize<>, Center, Squeeze,                 //
                      CrossUnit<3, 4, Unit<2, Module>>, Transition,  //
                      CrossUnit<2, 4, Unit<2, Module>>, Transition,  //
                      CrossUnit<1, 4, Unit<2, Module>>>;

}  // namespace

TEST_CASE_TEMPLATE("small: values, samples and gradients of the golden file", T, double, float) {
  Case<Small, T> c("small");
  c.check_evaluation();
  c.check_sampling();
  if (std::is_same_v<T, float>) c.check_policies();  // double: below
}

TEST_CASE("small: the memory policies agree") {
  Case<Small, double> c("small");
  c.check_policies();
}
