#include <doctest/doctest.h>

#include "densenf/models/tarflow.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("parameter totals: TarFlow has those of its specification") {
  CHECK(parameters_of<TarFlowImageNet64Likelihood>({3, 64, 64}) == 460'142'784);
  CHECK(parameters_of<TarFlowImageNet64>({3, 64, 64}) == 460'142'784);
  CHECK(parameters_of<TarFlowImageNet64Classes>({3, 64, 64}) == 466'286'784);
  CHECK(parameters_of<TarFlowImageNet64Patch4>({3, 64, 64}) == 817'636'096);
  CHECK(parameters_of<TarFlowImageNet128>({3, 128, 128}) == 823'927'552);
  CHECK(parameters_of<TarFlowAfhq256>({3, 256, 256}) == 463'481'856);
  CHECK(parameters_of<TarFlowCifar10>({3, 32, 32}) == 57'683'136);
}

TEST_CASE("parameter totals: TarFlow for digits has as many as its learning curve was made with") {
  CHECK(parameters_of<TarFlowDigits>({1, 8, 8}) == 105'376);
}
