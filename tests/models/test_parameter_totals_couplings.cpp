#include <doctest/doctest.h>

#include "densenf/models/glow.hpp"
#include "densenf/models/nice.hpp"
#include "densenf/models/real_nvp.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("parameter totals: NICE") {
  CHECK(parameters_of<NiceCifar10>({3, 32, 32}) == 72'617'216);
  CHECK(parameters_of<NiceCifar10Code>({3, 32, 32}) == 93'591'360);
  CHECK(parameters_of<NiceDigits>({1, 8, 8}) == 104'192);
}

TEST_CASE("parameter totals: Real NVP") {
  CHECK(parameters_of<RealNvpCifar10>({3, 32, 32}) == 19'609'545);
  CHECK(parameters_of<RealNvpImageNet32>({3, 32, 32}) == 46'220'359);
  CHECK(parameters_of<RealNvpImageNet64>({3, 64, 64}) == 96'363'237);
  CHECK(parameters_of<RealNvpDigits>({1, 8, 8}) == 46'887);
}

TEST_CASE("parameter totals: Glow") {
  CHECK(parameters_of<GlowCifar10>({3, 32, 32}) == 44'603'604);
  CHECK(parameters_of<GlowImageNet32>({3, 32, 32}) == 66'861'588);
  CHECK(parameters_of<GlowImageNet64>({3, 64, 64}) == 112'377'540);
  CHECK(parameters_of<GlowCifar10Additive>({3, 32, 32}) == 38'395'668);
  CHECK(parameters_of<GlowCifar10Lu>({3, 32, 32}) == 44'703'060);
  CHECK(parameters_of<GlowDigits>({1, 8, 8}) == 58'068);
}
