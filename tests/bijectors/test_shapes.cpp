#include <doctest/doctest.h>

#include <string>

#include "densenf/check/test_bench.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/denseflow.hpp"

using namespace densenf;

namespace {

template <class B>
std::string refusal(const Shape& shape) {
  try {
    B::output_shape(shape);
  } catch (const ShapeError& e) {
    return e.what();
  }
  return "none";
}

using Net = nn::ResidualDense<4, 1, 2>;

/// A network that only takes squares, and noise that only looks at squares.
struct OfSquares : Net {
  static constexpr void require(Shape in) {
    if (in.h != in.w) shape_mismatch("This network needs squares.", in);
  }
};

struct NoiseOfSquares : UniformNoise {
  static constexpr void require(Shape, Shape seen) { OfSquares::require(seen); }
};

const std::string attention =
    "Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them. Got ";

}  // namespace

TEST_CASE("shapes: what pieces make of an image is known to the compiler") {
  static_assert(Squeeze::output_shape({3, 4, 6}) == Shape{12, 2, 3});
  static_assert(Unsqueeze::output_shape({12, 2, 3}) == Shape{3, 4, 6});
  static_assert(FactorOut<>::output_shape({6, 2, 3}) == Shape{3, 2, 3});
  static_assert(Transition::output_shape({3, 4, 6}) == Shape{6, 2, 3});
  static_assert(SwitchHalves::output_shape({5, 2, 3}) == Shape{5, 2, 3});
  static_assert(CrossUnit<3, 10, Unit<2, GlowModule<Net>>>::output_shape({3, 2, 2}) == Shape{23, 2, 2});
  static_assert(DenseFlow_74_10::output_shape({3, 32, 32}) == Shape{308, 4, 4});
  static_assert(DenseFlow_74_10::levels == 256);
  static_assert(DenseFlow_74_10::kind == Kind::stochastic);
  static_assert(Compose<Squeeze, ActNorm>::kind == Kind::bijection);
  static_assert(Compose<Squeeze, FactorOut<>>::kind == Kind::surjection);
  static_assert(CrossUnit<1, 2, Unit<1, GlowModule<Net>>>::kind == Kind::bijection);
  CHECK(true);
}

TEST_CASE("shapes: each squeeze has the four pixels of a cell in its order") {
  const auto places =
      [](kernels::SqueezeOrder order) {  // of 2 channels: row, column and channel of each number
        std::string all;
        for (Index z = 0; z < 8; ++z) {
          const kernels::SqueezedFrom from = kernels::squeezed_from(order, z, 2);
          all += fmt::format("{}{}{} ", from.i, from.j, from.c);
        }
        return all;
      };
  CHECK(places(kernels::SqueezeOrder::plain) == "000 010 100 110 001 011 101 111 ");
  CHECK(places(kernels::SqueezeOrder::block) == "000 001 010 011 100 101 110 111 ");
  CHECK(places(kernels::SqueezeOrder::diagonal) == "000 001 110 111 010 011 100 101 ");
}

TEST_CASE("shapes: splits of pixels change those that they say") {
  const auto changed = []<class Split>(Split, Shape s) {  // row by row, two images
    const Var<float> x{{nullptr, 2, s.h, s.w, s.c, s.c}};
    std::string all;
    for (Index p = 0; p < x.value.pixels(); ++p) all += Split::where(x)(p) ? '1' : '0';
    return all;
  };
  CHECK(changed(Checkerboard<0>(), {2, 2, 3}) == "101010101010");
  CHECK(changed(Checkerboard<1>(), {2, 3, 2}) == "011001011001");
  CHECK(changed(ColumnSplit<0>(), {2, 2, 3}) == "101101101101");
  CHECK(changed(ColumnSplit<1>(), {2, 2, 3}) == "010010010010");
  CHECK(changed(ColumnSplit<1>(), {1, 3, 4}) == "010101010101010101010101");
}

TEST_CASE("shapes: what does not fit is refused in one sentence") {
  CHECK(refusal<Squeeze>({3, 5, 4}) ==
        "Squeeze needs an even height and an even width. Got 3x5x4 (channels x height x width).");
  CHECK(refusal<Squeeze>({3, 4, 5}) ==
        "Squeeze needs an even height and an even width. Got 3x4x5 (channels x height x width).");
  CHECK(refusal<Unsqueeze>({6, 1, 1}) ==
        "Unsqueeze needs a multiple of 4 channels. Got 6x1x1 (channels x height x width).");
  CHECK(refusal<FactorOut<>>({3, 1, 1}) ==
        "FactorOut needs an even number of channels. Got 3x1x1 (channels x height x width).");
  CHECK(refusal<AffineCoupling<Net>>({1, 4, 4}) ==
        "A coupling needs at least two channels, one to look at and one to change. Got 1x4x4 (channels x "
        "height "
        "x width).");
  CHECK(refusal<Coupling<Checkerboard<0>, Additive, Net>>({3, 1, 1}) ==
        "A Checkerboard needs at least two pixels, one to look at and one to change. Got 3x1x1 (channels x "
        "height x width).");
  CHECK(refusal<Coupling<ColumnSplit<0>, Additive, Net>>({3, 4, 1}) ==
        "A ColumnSplit needs at least two columns, one to look at and one to change. Got 3x4x1 (channels x "
        "height x width).");
  CHECK(
      refusal<FactorOut<StandardNormal, std::ratio<2, 3>>>({4, 1, 1}) ==
      "The share of the channels that FactorOut keeps must be a whole number of them. Got 4x1x1 (channels x "
      "height x width).");
  CHECK(refusal<Unit<2, Compose<Squeeze, ActNorm>>>({3, 4, 4}) ==
        "The modules of a Unit must keep the shape of their input. Got 3x4x4 (channels x height x width).");
  CHECK(refusal<ActNorm>({3, 0, 4}) ==
        "Every extent of an image must be at least 1. Got 3x0x4 (channels x height x width).");
  CHECK(refusal<Dequantize<8, VariationalNoise<>>>({3, 3, 4}).starts_with("Squeeze needs an even height"));
  CHECK(refusal<Compose<Squeeze, Squeeze>>({3, 6, 6}) ==
        "Squeeze needs an even height and an even width. Got 12x3x3 (channels x height x width).");
}

TEST_CASE("shapes: what a network demands of its input is part of output_shape") {
  CHECK(refusal<AffineCoupling<OfSquares>>({5, 4, 6}) ==
        "This network needs squares. Got 3x4x6 (channels x height x width).");
  CHECK(refusal<AffineCoupling<OfSquares, 7>>({4, 4, 6}) ==
        "This network needs squares. Got 9x4x6 (channels x height x width).");
  CHECK(refusal<AffineCoupling<OfSquares>>({5, 6, 6}) == "none");
  CHECK(refusal<AffineCoupling<Net>>({5, 4, 6}) == "none");
  CHECK(refusal<CrossUnit<2, 3, Unit<2, GlowModule<OfSquares>>>>({4, 4, 6}) ==
        "This network needs squares. Got 2x4x6 (channels x height x width).");

  const auto pixels = [](Index h, Index w) { return refusal<GlowModule<IntraUnit<4>>>({4, h, w}); };
  CHECK(pixels(3, 3) == attention + "2x3x3 (channels x height x width).");
  CHECK(pixels(1, 6) == attention + "2x1x6 (channels x height x width).");
  CHECK(pixels(1, 4) == "none");
  CHECK(pixels(2, 6) == "none");

  // In the noise, too.
  CHECK(refusal<Dequantize<8, NoiseOfSquares>>({1, 4, 6}) ==
        "This network needs squares. Got 1x4x6 (channels x height x width).");
  CHECK(refusal<Dequantize<8, UniformNoise>>({1, 3, 5}) == "none");
  CHECK(refusal<Augment<2, NoiseOfSquares>>({1, 4, 6}) ==
        "This network needs squares. Got 1x4x6 (channels x height x width).");
  // And in the distributions of what leaves.
  CHECK(refusal<FactorOut<ConditionalNormal<OfSquares>>>({6, 4, 6}) ==
        "This network needs squares. Got 3x4x6 (channels x height x width).");
  CHECK(refusal<Compose<Augment<2>, FactorOut<ConditionalNormal<OfSquares>>>>({6, 4, 4}) == "none");
}

TEST_CASE("shapes: a flow over images that a network inside does not take is refused when it is made") {
  using Block = CrossUnit<2, 4, Unit<1, GlowModule<IntraUnit<4, 1, 2>>>>;
  using Model = Compose<Dequantize<8, UniformNoise>, Center, Squeeze, Block, Transition, Block>;
  const Shape mnist{1, 28, 28};
  // 7x7 at the second scale
  CHECK_THROWS_WITH_AS(Flow<Model>{mnist}, (attention + "8x7x7 (channels x height x width).").c_str(),
                       ShapeError);
  CHECK_NOTHROW(Flow<Model>{Shape{1, 32, 32}});
}

TEST_CASE("shapes: a batch of another shape than a piece was built for is refused by name") {
  TestBench bench(1);
  Compose<ActNorm, Squeeze> piece;
  bench.declare([&](Builder& b) {
    const auto scope = b.scope("flow");
    piece.build(b, {3, 4, 4});
    return nullptr;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const Var<double> x{ctx.tensor(1, {3, 2, 4})};
  CHECK_THROWS_WITH_AS(
      piece.apply(ctx, x, ctx.unused_log_prob(1)),
      "The forward pass of flow was built for images of 3x4x4, but got 3x2x4 (channels x height x width).",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      piece.piece<1>().invert(ctx, x),
      "The inverse pass of flow.transforms.1 was built for images of 12x2x2, but got 3x2x4 (channels x "
      "height x width).",
      ShapeError);
}

TEST_CASE("shapes: what a coupling is given and what its network gives are looked at before they are used") {
  struct Narrow : Net {
    void declare(Builder& b, Index in, Index out) { Net::declare(b, in, out - 1); }
  };
  TestBench bench(1);
  AffineCoupling<Net, 2> conditional;
  AffineCoupling<Narrow> narrow;
  bench.declare([&](Builder& b) {
    conditional.build(b, {3, 4, 4});
    narrow.build(b, {5, 4, 4});
    return nullptr;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const auto of = [&](Shape s) { return ctx.output(1, s); };
  const LogProb l = ctx.unused_log_prob(1);
  CHECK_THROWS_WITH_AS(conditional.apply(ctx, of({3, 4, 4}), l, of({3, 4, 4})),
                       "The context of a coupling must be 1 images of 2x4x4, not 1 of 3x4x4 (channels "
                       "x height x width).",
                       ShapeError);
  CHECK_THROWS_AS(conditional.apply(ctx, of({3, 4, 4}), l, of({2, 4, 2})), ShapeError);
  CHECK_THROWS_AS(conditional.invert(ctx, of({3, 4, 4}), of({1, 4, 4})), ShapeError);
  CHECK_NOTHROW(conditional.invert(ctx, of({3, 4, 4}), of({2, 4, 4})));
  const std::string four =
      "The output of a coupling's network must be 1 images of 4x4x4, not 1 of 3x4x4 (channels x "
      "height x "
      "width).";
  CHECK_THROWS_WITH_AS(narrow.apply(ctx, of({5, 4, 4}), l), four.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(narrow.invert(ctx, of({5, 4, 4})), four.c_str(), ShapeError);
}
