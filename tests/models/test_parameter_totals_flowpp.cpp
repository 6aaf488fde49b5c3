#include <doctest/doctest.h>

#include "densenf/models/flowpp.hpp"
#include "densenf/models/vflow.hpp"

using namespace densenf;

namespace {

/// How many numbers a model trains.
template <class Model>
Index count(const Shape& image) {
  ParameterTable table;
  Builder b(table);
  Model model;
  model.build(b, image);
  return table.parameter_count();
}

}  // namespace

TEST_CASE("models: Flow++ has as many parameters as its authors' programs say") {
  CHECK(count<FlowPlusPlus>({3, 32, 32}) == 31'443'440);
  CHECK(count<FlowPlusPlusImageNet32>({3, 32, 32}) == 168'955'724);
  CHECK(count<FlowPlusPlusImageNet64>({3, 64, 64}) == 73'489'960);
}

TEST_CASE("models: VFlow has as many parameters as its authors' programs make") {
  CHECK(count<VFlow>({3, 32, 32}) == 39'700'096);
  CHECK(count<VFlowBy<1>>({3, 32, 32}) == 36'048'296);
  CHECK(count<VFlowImageNet32>({3, 32, 32}) == 221'625'456);
  CHECK(count<VFlowImageNet64>({3, 64, 64}) == 99'481'040);
}

TEST_CASE("models: the small ones are those whose learning was compared") {
  CHECK(count<FlowPlusPlusDigits>({1, 8, 8}) == 88'098);
  CHECK(count<VFlowDigits>({1, 8, 8}) == 108'708);
}
