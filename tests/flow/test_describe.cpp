#include "densenf/flow/describe.hpp"

#include <doctest/doctest.h>

#include <string>

#include "densenf/check/test_bench.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;

TEST_CASE("describe: pieces, shapes, parameters and operations are those of the model") {
  // Products: conv1x1 2 * 16 * 4 * 4 in each of two modules, and the network's 2 -> 3 -> 4 channels at 16
  // pixels.
  using Module = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<3, 2>>>;
  Flow<Compose<Squeeze, Unit<2, Module>>> flow({1, 8, 8}, Cpu(1));
  const Description d = describe_pieces(flow);
  CHECK(d.type == "Compose");
  CHECK(d.input == Shape{1, 8, 8});
  CHECK(d.output == Shape{4, 4, 4});
  REQUIRE(d.pieces.size() == 2);
  CHECK(d.pieces[0].type == "Squeeze");
  CHECK(d.pieces[0].parameters == 0);
  CHECK(d.pieces[0].operations.defined == 0);
  const Description& unit = d.pieces[1];
  CHECK(unit.type == "Unit<2>");
  CHECK(unit.name == "transforms.1");
  REQUIRE(unit.pieces.size() == 2);
  const Index network = 2 * 3 + 3 + 3 * 4 + 4;
  CHECK(unit.pieces[0].parameters == 4 + 4 + 16 + network);
  CHECK(unit.parameters == 2 * unit.pieces[0].parameters);
  CHECK(d.parameters + 8 == flow.table().parameter_count());  // the base's
  REQUIRE(unit.pieces[0].pieces.size() == 3);
  CHECK(unit.pieces[0].pieces[0].operations.defined == 0);
  CHECK(unit.pieces[0].pieces[1].operations.defined == 2 * 16 * 16);
  CHECK(unit.pieces[0].pieces[2].operations.defined == 2 * 16 * (2 * 3 + 3 * 4));
  CHECK(d.operations.defined == 2 * (2 * 16 * 16 + 2 * 16 * (2 * 3 + 3 * 4)));
  CHECK(unit.pieces[1].pieces[1].name == "transforms.1.transforms.1.transforms.1");
}

TEST_CASE("describe: Winograd's algorithm computes fewer products than a convolution is defined by") {
  const auto operations = [](Index side) {
    TestBench bench(1, Cpu(1));
    const nn::Conv conv = bench.declare([](Builder& b) {
      nn::Conv made;
      made.declare(b, "conv", 2, 5, 3);
      return made;
    });
    OperationCount count;
    const std::vector<double> x = bench.uniform(2 * side * side, -1, 1);
    const auto ctx = bench.begin(Phase::evaluation);
    bench.pass.operations = &count;
    conv.forward(ctx, Var<double>{bench.batch(x.data(), 1, {2, side, side})});
    CHECK(count.defined == static_cast<double>(2 * 9 * 2 * 5 * side * side));
    return count;
  };
  // A tile of 4 x 4 pixels takes a product in each of 36 planes, in the place of 9 for each of 16 pixels.
  const OperationCount large = operations(8), small = operations(3);
  CHECK(large.defined == 4 * large.on_cpu);
  CHECK(small.defined == small.on_cpu);
}

TEST_CASE("describe: every piece of DenseFlow has its part, and the table adds up") {
  Flow<DenseFlowNano> flow({3, 32, 32}, Cpu(1));
  const std::string text = describe(flow);
  INFO(text);
  const auto has = [&](const std::string& words) { return text.find(words) != std::string::npos; };
  CHECK(has("Dequantize<8>"));
  CHECK(has("CrossUnit<2, 4>"));
  CHECK(has("2 x Unit<2>") == false);  // they differ in width
  CHECK(has("Unit<2>"));
  CHECK(has("2 x Compose"));
  CHECK(has(std::to_string(flow.table().parameter_count())));
  const Description model = describe_pieces(flow);
  double inside = 0;
  for (const Description& piece : model.pieces) inside += piece.operations.defined;
  CHECK(inside == doctest::Approx(model.operations.defined).epsilon(1e-12));
  CHECK(model.operations.defined > 1e7);
  // Conditions have their part, too, and say it in a line of their own.
  using Step = Compose<ActNorm, AffineCoupling<nn::Mlp<4>, 2>>;
  Flow<Unit<1, Step>, float, Cpu, ChannelNormal, nn::ClassEmbedding<3, 2>> given({4, 1, 1}, Cpu(1));
  CHECK(describe(given).find("base and condition") != std::string::npos);
}
