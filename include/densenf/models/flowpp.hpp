#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/fold_columns.hpp"
#include "densenf/bijectors/logit_transform.hpp"
#include "densenf/bijectors/mixture_transform.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/parts_conv1x1.hpp"
#include "densenf/bijectors/position_norm.hpp"
#include "densenf/bijectors/sampler.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/gated_network.hpp"

// "Flow++: improving flow-based generative models with variational dequantization and architecture design"
// (Ho, Chen, Srinivas, Duan and Abbeel, ICML 2019, arXiv 1902.00275): couplings by mixtures of logistics,
// whose networks join gated convolutions and attention, and dequantization by a flow. Nothing leaves the flow
// on the way.
namespace densenf {

/// (0, 1) to all numbers, without the ends of what a logit can say: y = logit(0.05 + 0.9 x).
using InnerLogit = LogitTransform<std::ratio<1, 20>>;

namespace flowpp {

/// What works on two halves of the channels: numbers are normed place by place, the channels of each half are
/// mixed, the first half says how the second changes, and then the two change places.
template <class Network, class Mixture, int Context = 0, class Spread = std::milli>
using Step = Compose<Named<"norm", PositionNorm<2>>, Named<"pointwise", PartsConv1x1<2, Spread>>,
                     Named<"coupling", Coupling<ChannelHalves, Mixture, Named<"net", Network>, Context>>,
                     SwitchHalves>;

/// The same without the mixed channels, as for ImageNet.
template <class Network, class Mixture, int Context = 0>
using UnmixedStep =
    Compose<Named<"norm", PositionNorm<2>>,
            Named<"coupling", Coupling<ChannelHalves, Mixture, Named<"net", Network>, Context>>,
            SwitchHalves>;

/// Steps on the first and the second half of the channels.
template <int Count, class Step>
using OnChannels = Compose<Named<"steps", Unit<Count, Step>>>;

/// Steps on the even and the odd columns.
template <int Count, class Step>
using OnColumns = Compose<FoldColumns, Named<"steps", Unit<Count, Step>>, UnfoldColumns>;

/// Numbers in (0, 1) of a flow that sees features of an image, with their density.
template <int Count, class Step, class Features>
using Conditional =
    Sampler<StandardNormal,
            Compose<FoldColumns, Named<"group.steps", Unit<Count, Step>>, UnfoldColumns, Sigmoid>, Features>;

template <int Bits, class Noise>
using VariationalDequantize = Named<"", Dequantize<Bits, Named<"dequantiser", Noise>, FromMinusHalf>>;

template <class... Pieces>
using Model = WithBase<Compose<Pieces...>, StandardNormal>;

/// For CIFAR-10.
inline constexpr nn::GatedOptions cifar10{.dropout = 20};
template <int Blocks>
using Cifar10Network = nn::GatedNetwork<96, Blocks, 4, cifar10>;
using Cifar10Step = Step<Cifar10Network<10>, LogisticMixture<32>>;
using Cifar10Noise =
    Conditional<4, Step<Cifar10Network<2>, LogisticMixture<32>, 32>, nn::GatedFeatures<32, 3, cifar10>>;

/// For ImageNet at 32x32: normalized weights, and a concatenated ELU before the last convolution.
inline constexpr nn::GatedOptions imagenet32{.weight_norm = true};
template <int Blocks>
using ImageNet32Network = nn::GatedNetwork<128, Blocks, 4, imagenet32, true>;
using ImageNet32Step = UnmixedStep<ImageNet32Network<20>, LogisticMixture<32>>;
using ImageNet32Noise = Conditional<8, UnmixedStep<ImageNet32Network<8>, LogisticMixture<32>, 32>,
                                    nn::GatedFeatures<32, 8, imagenet32, true, 4>>;

/// For ImageNet at 64x64, whose noise is without attention.
template <int Blocks, int Heads>
using ImageNet64Network = nn::GatedNetwork<96, Blocks, Heads, nn::GatedOptions{}, true>;
using ImageNet64Step = UnmixedStep<ImageNet64Network<16, 4>, LogisticMixture<4>>;
using ImageNet64Noise = Conditional<4, UnmixedStep<ImageNet64Network<5, 0>, LogisticMixture<4>, 32>,
                                    nn::GatedFeatures<32, 5, nn::GatedOptions{}, true>>;

/// For digits of 8x8 pixels.
using DigitsStep = Step<nn::GatedNetwork<20, 1, 2>, LogisticMixture<4>>;
using DigitsNoise =
    Conditional<1, Step<nn::GatedNetwork<20, 1, 2>, LogisticMixture<2>, 8>, nn::GatedFeatures<8, 1>>;

}  // namespace flowpp

/// The paper's model for 3x32x32 images of CIFAR-10.
using FlowPlusPlus = flowpp::Model<flowpp::VariationalDequantize<8, flowpp::Cifar10Noise>, InnerLogit,  //
                                   Named<"flow.layers.0", flowpp::OnColumns<4, flowpp::Cifar10Step>>,   //
                                   BlockSqueeze,                                                        //
                                   Named<"flow.layers.2", flowpp::OnChannels<2, flowpp::Cifar10Step>>,  //
                                   Named<"flow.layers.3", flowpp::OnColumns<3, flowpp::Cifar10Step>>>;

/// The authors' model for 3x32x32 images of ImageNet.
using FlowPlusPlusImageNet32 =
    flowpp::Model<flowpp::VariationalDequantize<8, flowpp::ImageNet32Noise>, InnerLogit,  //
                  Named<"flow.layers.0", flowpp::OnColumns<7, flowpp::ImageNet32Step>>,   //
                  BlockSqueeze,                                                           //
                  Named<"flow.layers.2", flowpp::OnChannels<3, flowpp::ImageNet32Step>>,  //
                  Named<"flow.layers.3", flowpp::OnColumns<3, flowpp::ImageNet32Step>>>;

/// The authors' model for 3x64x64 images of ImageNet.
using FlowPlusPlusImageNet64 =
    flowpp::Model<flowpp::VariationalDequantize<8, flowpp::ImageNet64Noise>, InnerLogit,  //
                  BlockSqueeze,                                                           //
                  Named<"flow.layers.1", flowpp::OnColumns<4, flowpp::ImageNet64Step>>,   //
                  BlockSqueeze,                                                           //
                  Named<"flow.layers.3", flowpp::OnChannels<2, flowpp::ImageNet64Step>>,  //
                  Named<"flow.layers.4", flowpp::OnColumns<2, flowpp::ImageNet64Step>>,   //
                  BlockSqueeze,                                                           //
                  Named<"flow.layers.6", flowpp::OnChannels<2, flowpp::ImageNet64Step>>,  //
                  Named<"flow.layers.7", flowpp::OnColumns<2, flowpp::ImageNet64Step>>>;

/// For 8x8 digits of 5 bits.
using FlowPlusPlusDigits =
    flowpp::Model<flowpp::VariationalDequantize<5, flowpp::DigitsNoise>, InnerLogit,  //
                  Named<"flow.layers.0", flowpp::OnColumns<1, flowpp::DigitsStep>>,   //
                  BlockSqueeze,                                                       //
                  Named<"flow.layers.2", flowpp::OnChannels<2, flowpp::DigitsStep>>,  //
                  Named<"flow.layers.3", flowpp::OnColumns<1, flowpp::DigitsStep>>>;

}  // namespace densenf
