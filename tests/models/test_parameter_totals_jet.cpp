#include <doctest/doctest.h>

#include "densenf/models/jet.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("parameter totals: Jet has the published ones, and those of its specification") {
  CHECK(parameters_of<JetImageNet64>({3, 64, 64}) == 207'177'216);
  CHECK(parameters_of<JetImageNet64Large>({3, 64, 64}) == 1'019'612'160);
  CHECK(parameters_of<JetCifar10>({3, 32, 32}) == 204'031'488);
  CHECK(parameters_of<JetCifar10Small>({3, 32, 32}) == 51'684'864);
}

TEST_CASE("parameter totals: Jet for digits has as many as its learning curve was made with") {
  CHECK(parameters_of<JetDigits>({1, 8, 8}) == 108'064);
}
