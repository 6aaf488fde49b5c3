#include <doctest/doctest.h>

#include "densenf/models/flowpp.hpp"
#include "densenf/models/vflow.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("models: Flow++ has as many parameters as its authors' programs say") {
  CHECK(parameters_of<FlowPlusPlus>({3, 32, 32}) == 31'443'440);
  CHECK(parameters_of<FlowPlusPlusImageNet32>({3, 32, 32}) == 168'955'724);
  CHECK(parameters_of<FlowPlusPlusImageNet64>({3, 64, 64}) == 73'489'960);
}

TEST_CASE("models: VFlow has as many parameters as its authors' programs make") {
  CHECK(parameters_of<VFlow>({3, 32, 32}) == 39'700'096);
  CHECK(parameters_of<VFlowBy<1>>({3, 32, 32}) == 36'048'296);
  CHECK(parameters_of<VFlowImageNet32>({3, 32, 32}) == 221'625'456);
  CHECK(parameters_of<VFlowImageNet64>({3, 64, 64}) == 99'481'040);
}

TEST_CASE("models: the small ones are those whose learning was compared") {
  CHECK(parameters_of<FlowPlusPlusDigits>({1, 8, 8}) == 88'098);
  CHECK(parameters_of<VFlowDigits>({1, 8, 8}) == 108'708);
}
