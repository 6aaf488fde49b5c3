#pragma once

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/residual.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/bijectors/variance_actnorm.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/distributions/diagonal_normal.hpp"
#include "densenf/nn/bounded_networks.hpp"

// "Invertible Residual Networks" (Behrmann, Grathwohl, Chen, Duvenaud and Jacobsen, ICML 2019), as a density
// model: scales of residual blocks behind an ActNorm, after each of which but the last half of the channels
// leaves.
namespace densenf {

namespace i_resnet {

/// What the configurations differ in.
template <int Bits_, int Width_, nn::NormBound bound_, class Terms_,
          SeriesGradient gradient_ = SeriesGradient::series>
struct Config {
  static constexpr int bits = Bits_, width = Width_;
  static constexpr nn::NormBound bound = bound_;
  static constexpr SeriesGradient gradient = gradient_;
  using Terms = Terms_;
};

template <class C, bool leading>
using Step =
    Compose<Named<"norm", BiasedActNorm>,
            Named<"block.net", Residual<nn::BoundedNetwork<nn::EluLayer, C::width, 3, C::bound, leading>,
                                        typename C::Terms, C::gradient>>>;

/// The first half of the channels leaves, the second goes on.
using FirstHalfLeaves = Compose<SwitchHalves, FactorOut<DiagonalNormal>>;

/// The blocks of the first scale, of which the first has no activation in front.
template <class C, int Blocks>
using FirstScale = Named<
    "", Compose<Named<"scales.0.0", Step<C, false>>, Named<"scales.0", Unit<Blocks - 1, Step<C, true>, 1>>>>;

}  // namespace i_resnet

template <class C, int Blocks0, int Blocks1>
using IResNet2 =
    WithBase<Compose<Dequantize<C::bits, UniformNoise>, Center,                                  //
                     BlockSqueeze, i_resnet::FirstScale<C, Blocks0>, i_resnet::FirstHalfLeaves,  //
                     BlockSqueeze, Named<"scales.1", Unit<Blocks1, i_resnet::Step<C, true>>>>,
             DiagonalNormal>;

template <class C, int Blocks0, int Blocks1, int Blocks2>
using IResNet3 =
    WithBase<Compose<Dequantize<C::bits, UniformNoise>, Center,                                  //
                     BlockSqueeze, i_resnet::FirstScale<C, Blocks0>, i_resnet::FirstHalfLeaves,  //
                     BlockSqueeze, Named<"scales.1", Unit<Blocks1, i_resnet::Step<C, true>>>,
                     i_resnet::FirstHalfLeaves,  //
                     BlockSqueeze, Named<"scales.2", Unit<Blocks2, i_resnet::Step<C, true>>>>,
             DiagonalNormal>;

/// The published model for CIFAR-10 (3x32x32; 25,028,544 parameters), whose norms are bounded by 0.9, with
/// five terms of the series.
using IResNetCifar10 = IResNet3<
    i_resnet::Config<8, 512, nn::NormBound{.percent = 90, .iterations = 5, .margin = 10}, FixedTerms<5, 5>>,
    16, 16, 16>;

/// A small one, for 8x8 digits of 5 bits.
using IResNetDigits = IResNet2<
    i_resnet::Config<5, 64, nn::NormBound{.percent = 90, .iterations = 5, .margin = 10}, FixedTerms<5, 20>>,
    2, 2>;

}  // namespace densenf
