#include <doctest/doctest.h>

#include "densenf/models/ffjord.hpp"
#include "densenf/models/i_densenet.hpp"
#include "densenf/models/i_resnet.hpp"
#include "densenf/models/residual_flow.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

namespace {
/// The authors of Residual Flow and i-DenseNet count two constants of the estimate with each block.
constexpr Index blocks(Index on_images, Index on_vectors) { return 2 * (on_images + on_vectors); }
}  // namespace

TEST_CASE("parameter totals: residual flows have the published ones, and those of their specification") {
  CHECK(parameters_of<IResNetCifar10>({3, 32, 32}) == 25'028'544);
  CHECK(parameters_of<ResidualFlowCifar10>({3, 32, 32}) + blocks(48, 4) == 25'174'233);
  CHECK(parameters_of<ResidualFlowImageNet32>({3, 32, 32}) + blocks(96, 4) == 47'099'289);
  CHECK(parameters_of<IDenseNetCifar10>({3, 32, 32}) + blocks(48, 4) == 24'894'690);
  CHECK(parameters_of<IDenseNetImageNet32>({3, 32, 32}) + blocks(96, 4) == 46'981'074);
}

TEST_CASE("parameter totals: FFJORD has the published ones") {
  CHECK(parameters_of<FfjordCifar10>({3, 32, 32}) == 1'358'882);
}

TEST_CASE("parameter totals: those for digits have as many as their learning curves were made with") {
  CHECK(parameters_of<IResNetDigits>({1, 8, 8}) == 44'744);
  CHECK(parameters_of<ResidualFlowDigits>({1, 8, 8}) == 48'232);
  CHECK(parameters_of<IDenseNetDigits>({1, 8, 8}) == 32'310);
  CHECK(parameters_of<FfjordDigits>({1, 8, 8}) == 6'193);
}
