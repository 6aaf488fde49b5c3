#include <doctest/doctest.h>

#include "densenf/models/iaf.hpp"
#include "densenf/models/maf.hpp"
#include "densenf/models/rq_nsf.hpp"
#include "densenf/models/tabular.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

namespace {

/// Of a masked network: weights with their masked entries, and biases.
constexpr Index made(Index d, Index width, Index hidden_layers, Index per_feature) {
  return (d + 1) * width + hidden_layers * (width + 1) * width + (width + 1) * per_feature * d;
}

}  // namespace

TEST_CASE("parameter totals: RQ-NSF (C) has the published ones") {
  CHECK(parameters_of<RqNsfCifar10>({3, 32, 32}) == 11'835'054);
  CHECK(parameters_of<RqNsfCifar10Bits5>({3, 32, 32}) == 5'333'538);
  CHECK(parameters_of<RqNsfImageNet64>({3, 64, 64}) == 15'553'554);
  CHECK(parameters_of<RqNsfDigits>({1, 8, 8}) == 73'474);
}

TEST_CASE("parameter totals: MAF and IAF of masked networks") {
  const Index d = 3 * 32 * 32;
  CHECK(parameters_of<MafCifar10>({3, 32, 32}) == 10 * (made(d, 1024, 1, 2) + 2 * d));
  CHECK(parameters_of<IafCifar10>({3, 32, 32}) == 4 * made(d, 1024, 1, 2));
}

TEST_CASE("parameter totals: flows for tables, from 2 to 64 numbers") {
  CHECK(parameters_of<MafTwoMoons>({2, 1, 1}) == 27'696);
  CHECK(parameters_of<SplineTwoMoons>({2, 1, 1}) == 23'132);
  for (const Index d : {2, 5, 8, 64}) {
    const Index lu = d * d + d, half = d / 2, rest = d - half, raw = 3 * 8 - 1;
    const Index mlp = (rest + 1) * 256 + 4 * 257 * 256 + 257 * raw * half;
    CHECK(parameters_of<TabularSplineCoupling<>>({d, 1, 1}) == 10 * (lu + mlp + raw * rest) + lu);
    CHECK(parameters_of<TabularSplineAutoregressive<>>({d, 1, 1}) == 10 * (lu + made(d, 256, 4, raw)) + lu);
    CHECK(parameters_of<TabularMaf<>>({d, 1, 1}) == 5 * (made(d, 100, 1, 2) + 2 * d));
  }
}
