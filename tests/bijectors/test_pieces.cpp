#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "densenf/bijectors/leaky.hpp"
#include "densenf/check/test_bench.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/models/denseflow.hpp"

using namespace densenf;

namespace {

using Net = nn::ResidualDense<4, 1, 2>;

/// What is inside of a piece, depth first: each piece's name and shapes, indented.
template <class Piece>
void describe(const Piece& piece, const std::string& indent, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}{} {} -> {}", indent, Piece::type_name(), to_string(piece.input()),
                              to_string(piece.output())));
  piece.for_each_piece([&](const auto& inner) { describe(inner, indent + "  ", lines); });
}

template <class Piece>
void names_backwards(const Piece& piece, std::vector<std::string>& names) {
  piece.for_each_piece_backwards([&](const auto& inner) { names_backwards(inner, names); });
  names.push_back(Piece::type_name());
}

template <class Piece>
std::vector<std::string> parameter_names(const Shape& in) {
  ParameterTable table;
  Builder b(table);
  const auto scope = b.scope("flow");
  Piece().build(b, in);
  std::vector<std::string> names;
  for (const ParamSpec& spec : table.parameters) names.push_back(spec.name);
  return names;
}

struct OfMyOwn : Bijector<OfMyOwn> {};

}  // namespace

TEST_CASE("pieces: a model can be looked at from outside, piece by piece, in both directions") {
  using Model =
      Compose<Dequantize<5, UniformNoise>, Squeeze, CrossUnit<2, 2, Unit<2, Compose<ActNorm, Leaky>>>,
              FactorOut<>, Augment<1, Sampler<StandardNormal, Unit<1, Sigmoid>>>>;
  ParameterTable table;
  Builder b(table);
  Model model;
  model.build(b, {1, 2, 4});
  std::vector<std::string> lines;
  describe(model, "", lines);
  CHECK(lines == std::vector<std::string>{
                     "Compose 1x2x4 -> 4x1x2",         "  Dequantize<5> 1x2x4 -> 1x2x4",
                     "  Squeeze 1x2x4 -> 4x1x2",       "  CrossUnit<2, 2> 4x1x2 -> 6x1x2",
                     "    Unit<2> 4x1x2 -> 4x1x2",     "      Compose 4x1x2 -> 4x1x2",
                     "        ActNorm 4x1x2 -> 4x1x2", "        Leaky 4x1x2 -> 4x1x2",
                     "      Compose 4x1x2 -> 4x1x2",   "        ActNorm 4x1x2 -> 4x1x2",
                     "        Leaky 4x1x2 -> 4x1x2",   "    Augment<2> 4x1x2 -> 6x1x2",
                     "    Unit<2> 6x1x2 -> 6x1x2",     "      Compose 6x1x2 -> 6x1x2",
                     "        ActNorm 6x1x2 -> 6x1x2", "        Leaky 6x1x2 -> 6x1x2",
                     "      Compose 6x1x2 -> 6x1x2",   "        ActNorm 6x1x2 -> 6x1x2",
                     "        Leaky 6x1x2 -> 6x1x2",   "  FactorOut<StandardNormal> 6x1x2 -> 3x1x2",
                     "  Augment<1> 3x1x2 -> 4x1x2",    "    Unit<1> 1x1x2 -> 1x1x2",
                     "      Sigmoid 1x1x2 -> 1x1x2"});
  std::vector<std::string> backwards;
  names_backwards(model, backwards);
  CHECK(backwards ==
        std::vector<std::string>{"Sigmoid", "Unit<1>",       "Augment<1>", "FactorOut<StandardNormal>",
                                 "Leaky",   "ActNorm",       "Compose",    "Leaky",
                                 "ActNorm", "Compose",       "Unit<2>",    "Augment<2>",
                                 "Leaky",   "ActNorm",       "Compose",    "Leaky",
                                 "ActNorm", "Compose",       "Unit<2>",    "CrossUnit<2, 2>",
                                 "Squeeze", "Dequantize<5>", "Compose"});
}

TEST_CASE("pieces: each has a readable name, also those of one's own") {
  CHECK(OfMyOwn::type_name() == "OfMyOwn");
  CHECK(ActNorm::type_name() == "ActNorm");
  CHECK(Compose<ActNorm, Unit<2, ActNorm>>::type_name() == "Compose");
  CHECK(Unit<5, ActNorm>::type_name() == "Unit<5>");
  CHECK(CrossUnit<6, 10, Unit<5, ActNorm>>::type_name() == "CrossUnit<6, 10>");
  CHECK(Dequantize<8>::type_name() == "Dequantize<8>");
  CHECK(Augment<3>::type_name() == "Augment<3>");
  CHECK(AffineCoupling<Net>::type_name() == "Coupling<ChannelHalves, AffineTanh2>");
  CHECK(Coupling<Checkerboard<1>, Additive, Net>::type_name() == "Coupling<Checkerboard<1>, Additive>");
  CHECK(Coupling<ColumnSplit<0>, Additive, Net>::type_name() == "Coupling<ColumnSplit<0>, Additive>");
  CHECK(FactorOut<>::type_name() == "FactorOut<StandardNormal>");
  CHECK(FactorOut<ConditionalNormal<Net>>::type_name() == "FactorOut<ConditionalNormal>");
}

TEST_CASE("pieces: a flat combinator numbers its pieces through, and what is inside of them is not touched") {
  using Module = Compose<LuConv1x1, Leaky>;
  CHECK(parameter_names<Compose<Unit<2, Module>, Leaky>>({2, 1, 1}) ==
        std::vector<std::string>{"flow.transforms.0.transforms.0.transforms.0.lower",
                                 "flow.transforms.0.transforms.0.transforms.0.upper",
                                 "flow.transforms.0.transforms.0.transforms.0.log_s",
                                 "flow.transforms.0.transforms.0.transforms.1.log_slope",
                                 "flow.transforms.0.transforms.1.transforms.0.lower",
                                 "flow.transforms.0.transforms.1.transforms.0.upper",
                                 "flow.transforms.0.transforms.1.transforms.0.log_s",
                                 "flow.transforms.0.transforms.1.transforms.1.log_slope",
                                 "flow.transforms.1.log_slope"});
  // As if all stood in one Compose, those without parameters counted.
  using Flattened =
      Flat<Compose<Unit<2, Module>, Squeeze, CrossUnit<1, 1, Unit<1, Leaky>>, Flat<Unit<1, Leaky>>>>;
  using Same = Compose<LuConv1x1, Leaky, LuConv1x1, Leaky, Squeeze, CrossUnit<1, 1, Unit<1, Leaky>>, Leaky>;
  CHECK(parameter_names<Flattened>({2, 2, 2}) == parameter_names<Same>({2, 2, 2}));
  // A flat piece among others stands below its own number.
  CHECK(parameter_names<Compose<Leaky, Flat<Unit<2, Unit<1, Leaky>>>, Unit<1, Leaky>>>({2, 1, 1}) ==
        std::vector<std::string>{"flow.transforms.0.log_slope", "flow.transforms.1.transforms.0.log_slope",
                                 "flow.transforms.1.transforms.1.log_slope",
                                 "flow.transforms.2.transforms.0.log_slope"});
}

TEST_CASE("pieces: the noise of a dequantization has the names of the published weights") {
  const std::vector<std::string> names =
      parameter_names<Dequantize<8, VariationalNoise<2, 4, 4, 1, 2, 2>>>({3, 4, 4});
  REQUIRE(names.size() > 10);
  CHECK(names[0] == "flow.encoder.base_dist.loc");
  CHECK(names[1] == "flow.encoder.base_dist.log_scale");
  CHECK(names[2] == "flow.encoder.context_init.1.0.nn.0.weight");
  const auto has = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), "flow.encoder.transforms." + name) != names.end();
  };
  CHECK(has("0.weight"));
  CHECK(has("1.coupling_net.0.transform.0.weight"));
  CHECK(has("2.weight"));
  CHECK(has("3.coupling_net.0.transform.2.bias"));
  CHECK(names.back() == "flow.encoder.transforms.4.weight");
}

TEST_CASE("pieces: input_shape undoes output_shape") {
  static_assert(Squeeze::input_shape({12, 2, 3}) == Shape{3, 4, 6});
  static_assert(Unsqueeze::input_shape({3, 4, 6}) == Shape{12, 2, 3});
  static_assert(FactorOut<StandardNormal, std::ratio<2, 3>>::input_shape({4, 2, 3}) == Shape{6, 2, 3});
  static_assert(Augment<2>::input_shape({5, 2, 3}) == Shape{3, 2, 3});
  static_assert(CrossUnit<3, 10, Unit<2, ActNorm>>::input_shape({23, 2, 2}) == Shape{3, 2, 2});
  static_assert(Compose<Unit<2, ActNorm>, Unsqueeze, Augment<1>>::input_shape({4, 2, 2}) == Shape{12, 1, 1});
  CHECK(true);
}
