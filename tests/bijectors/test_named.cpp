#include "densenf/bijectors/named.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "densenf/densenf.hpp"

using namespace densenf;

namespace {

template <class Model>
std::vector<std::string> names_of(Shape shape) {
  ParameterTable table;
  Builder b(table);
  Model model;
  model.build(b, shape);
  std::vector<std::string> names;
  for (const ParamSpec& spec : table.parameters) names.push_back(spec.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("Named: parameters are below the name, those of a combinator's pieces directly") {
  CHECK(names_of<Compose<Named<"first.a", Conv1x1>, Squeeze, Conv1x1>>({1, 2, 2}) ==
        Names{"first.a.weight", "transforms.2.weight"});
  CHECK(names_of<Compose<Squeeze, Named<"levels.0", Unit<2, Conv1x1>>>>({1, 2, 2}) ==
        Names{"levels.0.0.weight", "levels.0.1.weight"});
  using Step = Compose<Named<"conv", Conv1x1>, Named<"again", Compose<Conv1x1, Conv1x1>>>;
  CHECK(names_of<Compose<Named<"steps", Unit<2, Step>>>>({2, 1, 1}) ==
        Names{"steps.0.conv.weight", "steps.0.again.0.weight", "steps.0.again.1.weight",
              "steps.1.conv.weight", "steps.1.again.0.weight", "steps.1.again.1.weight"});
  CHECK(names_of<Compose<Named<"", Unit<1, Conv1x1>>, Conv1x1>>({2, 1, 1}) ==
        Names{"0.weight", "transforms.1.weight"});
}

TEST_CASE("Named: a '*' stands for the number of the module that it is in") {
  using Step = Compose<Named<"convs.*", Conv1x1>, Named<"more.a.*", Conv1x1>>;
  const Names names{"convs.0.weight", "more.a.0.weight", "convs.1.weight", "more.a.1.weight"};
  CHECK(names_of<Compose<Named<"", Unit<2, Step>>>>({1, 1, 1}) == names);
  const Names below = names_of<Compose<Named<"all", Compose<Named<"", Unit<2, Step>>, Conv1x1>>>>({1, 1, 1});
  REQUIRE(below.size() == names.size() + 1);
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(below[i] == "all." + names[i]);
  CHECK(below.back() == "all.1.weight");
  // Of a Unit without a name of its own, beside the number that it gives.
  CHECK(names_of<Compose<Unit<1, Step>>>({1, 1, 1}).front() == "transforms.0.transforms.convs.0.weight");
}

TEST_CASE("Named: inside of a combinator that numbers its pieces, and around one") {
  CHECK(names_of<Flat<Compose<Unit<2, Conv1x1>, Named<"last", Conv1x1>, Conv1x1>>>({2, 1, 1}) ==
        Names{"transforms.0.weight", "transforms.1.weight", "transforms.last.weight", "transforms.2.weight"});
  CHECK(names_of<Compose<Named<"all", Flat<Compose<Unit<2, Conv1x1>, Conv1x1>>>>>({2, 1, 1}).front() ==
        "all.transforms.0.weight");
  CHECK(
      names_of<Compose<Conv1x1, Named<"", Flat<Compose<Unit<2, Conv1x1>, Conv1x1>, "blocks">>>>({2, 1, 1}) ==
      Names{"transforms.0.weight", "blocks.0.weight", "blocks.1.weight", "blocks.2.weight"});
}

TEST_CASE("Named: a coupling's network") {
  using Net = nn::Mlp<3, 2>;
  const Names plain = names_of<AffineCoupling<Net>>({2, 1, 1});
  CHECK(plain.front().starts_with("coupling_net.0."));
  const Names named = names_of<AffineCoupling<Named<"net", Net>>>({2, 1, 1});
  REQUIRE(named.size() == plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) CHECK(named[i] == "net." + plain[i].substr(15));
  CHECK(names_of<AffineCoupling<Named<"", Net>>>({2, 1, 1}).front() == plain.front().substr(15));
}

TEST_CASE("A model may say which base distribution it has") {
  using Model = WithBase<Compose<Conv1x1>, StandardNormal>;
  Flow<Model, double> flow({2, 1, 1});
  CHECK(flow.table().parameters.size() == 1);  // ChannelNormal would have two more
  const std::vector<double> x{0.5, -1};
  CHECK(std::isfinite(flow.log_prob(Batch<double>{{2, 1, 1}, 1, x}).at(0)));
  static_assert(std::is_same_v<BaseOf<Compose<Conv1x1>>, ChannelNormal>);
}
