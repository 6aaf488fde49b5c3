// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/nice.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

using Tiny = NicePaper<5, 7, 6>;
using CodeTiny =
    Nice<4, StandardNormal, Named<"couplings.nets.0", NiceCodeStep<8>>,
         Named<"couplings.nets.1", NiceCodeStep<6, 5>>, Named<"couplings.nets.2", NiceCodeStep<7>>>;

/// To rounding of numbers up to 2^bits.
template <class T>
constexpr double rounding = sizeof(T) == 8 ? 1e-9 : 1e-2;

}  // namespace

TEST_CASE_TEMPLATE("golden: NICE as in the paper", T, double, float) {
  golden::ZooCase<Tiny, T> file("nice_tiny");
  file.check_evaluation();
  file.check_sampling();
  file.check_training();
  file.check_start();
  CHECK(coding_error(file.flow, file.images("input/x")) < rounding<T>);
}

TEST_CASE_TEMPLATE("golden: NICE as in its code", T, double, float) {
  golden::ZooCase<CodeTiny, T> file("nice_code_tiny");
  file.check_evaluation();
  file.check_sampling();
  file.check_training();
  CHECK(coding_error(file.flow, file.images("input/x")) < rounding<T>);
}
