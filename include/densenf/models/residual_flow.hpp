#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/logit_transform.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/residual.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/bijectors/variance_actnorm.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/bounded_networks.hpp"

// "Residual Flows for Invertible Generative Modeling" (Chen, Behrmann, Duvenaud and Jacobsen, NeurIPS 2019):
// three scales of residual blocks, each before an ActNorm, of which nothing leaves on the way; and a few on
// the whole image as a vector.
namespace densenf {

namespace residual_flow {

/// Two terms of the series and a number of more by Poisson's law of rate 2 in training, 20 in evaluation.
using PaperTerms = Roulette<CountLaw::Kind::poisson, std::ratio<2>, 2, 20>;

template <class Network, class Terms, SeriesGradient gradient>
using Step = Compose<Named<"block.net", Residual<Network, Terms, gradient>>, Named<"norm", FlooredActNorm>>;

/// What is in front of all scales, and the blocks of the first, which begin with one of another network.
template <int Bits, class Alpha>
using Front =
    Named<"", Compose<Dequantize<Bits, UniformNoise>, LogitTransform<Alpha>, Named<"norm", FlooredActNorm>>>;
template <class First, class Other, int Blocks>
struct FirstScaleOf {
  using type = Named<"", Compose<Named<"scales.0.0", First>, Named<"scales.0", Unit<Blocks - 1, Other, 1>>>>;
};
template <class First, class Other>
struct FirstScaleOf<First, Other, 1> {
  using type = Named<"scales.0.0", First>;
};
template <class First, class Other, int Blocks>
using FirstScale = typename FirstScaleOf<First, Other, Blocks>::type;

/// What the configurations of both papers' models differ in, beside their networks.
template <int Bits_, class Terms_ = PaperTerms, SeriesGradient gradient_ = SeriesGradient::neumann,
          class Alpha_ = std::ratio<1, 20>>
struct Config {
  static constexpr int bits = Bits_;
  static constexpr SeriesGradient gradient = gradient_;
  using Terms = Terms_;
  using Alpha = Alpha_;
};

/// Two scales and the blocks on the whole image, of networks without an activation in front, with one, and on
/// vectors.
template <class C, class First, class Other, class OnVectors, int Blocks0, int Blocks1, int Tail>
using Model2 = WithBase<
    Compose<Front<C::bits, typename C::Alpha>,
            FirstScale<Step<First, typename C::Terms, C::gradient>,
                       Step<Other, typename C::Terms, C::gradient>, Blocks0>,
            Squeeze, Named<"scales.1", Unit<Blocks1, Step<Other, typename C::Terms, C::gradient>>>,  //
            Flatten, Named<"tail", Unit<Tail, Step<OnVectors, typename C::Terms, C::gradient>>>>,
    StandardNormal>;
/// Three scales likewise.
template <class C, class First, class Other, class OnVectors, int Blocks0, int Blocks1, int Blocks2, int Tail>
using Model3 = WithBase<
    Compose<Front<C::bits, typename C::Alpha>,
            FirstScale<Step<First, typename C::Terms, C::gradient>,
                       Step<Other, typename C::Terms, C::gradient>, Blocks0>,
            Squeeze, Named<"scales.1", Unit<Blocks1, Step<Other, typename C::Terms, C::gradient>>>,  //
            Squeeze, Named<"scales.2", Unit<Blocks2, Step<Other, typename C::Terms, C::gradient>>>,  //
            Flatten, Named<"tail", Unit<Tail, Step<OnVectors, typename C::Terms, C::gradient>>>>,
    StandardNormal>;

template <int Width, nn::NormBound bound, bool leading>
using Network = nn::BoundedNetwork<nn::LipSwish, Width, 3, bound, leading>;
template <int Width, nn::NormBound bound>
using VectorNetwork = nn::BoundedNetwork<nn::LipSwish, Width, 1, bound, true>;

}  // namespace residual_flow

template <class C, int Width, int TailWidth, nn::NormBound bound, int Blocks0, int Blocks1, int Tail>
using ResidualFlow2 =
    residual_flow::Model2<C, residual_flow::Network<Width, bound, false>,
                          residual_flow::Network<Width, bound, true>,
                          residual_flow::VectorNetwork<TailWidth, bound>, Blocks0, Blocks1, Tail>;
template <class C, int Width, int TailWidth, nn::NormBound bound, int Blocks0, int Blocks1, int Blocks2,
          int Tail>
using ResidualFlow3 =
    residual_flow::Model3<C, residual_flow::Network<Width, bound, false>,
                          residual_flow::Network<Width, bound, true>,
                          residual_flow::VectorNetwork<TailWidth, bound>, Blocks0, Blocks1, Blocks2, Tail>;

/// The published models for CIFAR-10 (3x32x32; 25,174,129 numbers, which are 25,174,233 with two constants
/// for each of the 52 blocks that the authors count), and for ImageNet 32x32.
using ResidualFlowCifar10 = ResidualFlow3<residual_flow::Config<8>, 512, 128, nn::NormBound{}, 16, 16, 16, 4>;
using ResidualFlowImageNet32 =
    ResidualFlow3<residual_flow::Config<8>, 512, 128, nn::NormBound{}, 32, 32, 32, 4>;

/// A small one, for 8x8 digits of 5 bits.
using ResidualFlowDigits = ResidualFlow2<residual_flow::Config<5>, 48, 128, nn::NormBound{}, 1, 2, 1>;

}  // namespace densenf
