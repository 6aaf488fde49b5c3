#pragma once

#include <ratio>

#include "densenf/bijectors/augment.hpp"
#include "densenf/models/flowpp.hpp"

// "VFlow: more expressive generative flows with variational data augmentation" (Chen, Lu, Chenli, Zhu and
// Tian, ICML 2020, arXiv 2002.09741): a Flow++ over the image and further channels, which a conditional flow
// draws. Mixtures are squashed.
namespace densenf {

namespace vflow {

/// `Growth` more channels with numbers in (0, 1), of a flow that sees the image.
template <int Growth, class Noise>
using VariationalAugment = Named<"augmenter", Augment<Growth, Noise>>;

/// For CIFAR-10.
template <int Blocks, int Context = 0>
using Cifar10Step = flowpp::Step<flowpp::Cifar10Network<Blocks>, SquashedMixture<32>, Context, std::centi>;
template <int Blocks>
using Cifar10Noise =
    flowpp::Conditional<4, Cifar10Step<Blocks, 32>, nn::GatedFeatures<32, 3, flowpp::cifar10>>;

/// For ImageNet at 32x32.
using ImageNet32Step = flowpp::Step<flowpp::ImageNet32Network<20>, SquashedMixture<32>>;
using ImageNet32Noise =
    flowpp::Conditional<8, flowpp::UnmixedStep<flowpp::ImageNet32Network<8>, SquashedMixture<32>, 32>,
                        nn::GatedFeatures<32, 8, flowpp::imagenet32, true, 4>>;

/// For ImageNet at 64x64.
using ImageNet64Step = flowpp::Step<flowpp::ImageNet64Network<16, 4>, SquashedMixture<4>>;
using ImageNet64Noise =
    flowpp::Conditional<4, flowpp::UnmixedStep<flowpp::ImageNet64Network<5, 0>, SquashedMixture<4>, 32>,
                        nn::GatedFeatures<32, 5, nn::GatedOptions{}, true>>;

/// For digits of 8x8 pixels.
using DigitsStep = flowpp::Step<nn::GatedNetwork<16, 1, 2>, SquashedMixture<4>, 0, std::centi>;
using DigitsNoise =
    flowpp::Conditional<1, flowpp::Step<nn::GatedNetwork<16, 1, 2>, SquashedMixture<2>, 8, std::centi>,
                        nn::GatedFeatures<8, 1>>;

}  // namespace vflow

/// The paper's model for 3x32x32 images of CIFAR-10; `Growth` 3 is its "6-channel" one, and 1 its
/// "4-channel".
template <int Growth>
using VFlowBy = flowpp::Model<flowpp::VariationalDequantize<8, vflow::Cifar10Noise<2>>, InnerLogit,   //
                              vflow::VariationalAugment<Growth, vflow::Cifar10Noise<3>>,              //
                              Named<"flow.layers.0", flowpp::OnColumns<2, vflow::Cifar10Step<10>>>,   //
                              Named<"flow.layers.1", flowpp::OnChannels<2, vflow::Cifar10Step<10>>>,  //
                              BlockSqueeze,                                                           //
                              Named<"flow.layers.3", flowpp::OnColumns<2, vflow::Cifar10Step<10>>>,   //
                              Named<"flow.layers.4", flowpp::OnChannels<3, vflow::Cifar10Step<10>>>>;
using VFlow = VFlowBy<3>;

/// The authors' model for 3x32x32 images of ImageNet.
using VFlowImageNet32 =
    flowpp::Model<flowpp::VariationalDequantize<8, vflow::ImageNet32Noise>, InnerLogit,  //
                  vflow::VariationalAugment<3, vflow::ImageNet32Noise>,                  //
                  Named<"flow.layers.0", flowpp::OnColumns<7, vflow::ImageNet32Step>>,   //
                  BlockSqueeze,                                                          //
                  Named<"flow.layers.2", flowpp::OnChannels<3, vflow::ImageNet32Step>>,  //
                  Named<"flow.layers.3", flowpp::OnColumns<3, vflow::ImageNet32Step>>>;

/// The authors' model for 3x64x64 images of ImageNet.
using VFlowImageNet64 =
    flowpp::Model<flowpp::VariationalDequantize<8, vflow::ImageNet64Noise>, InnerLogit,  //
                  vflow::VariationalAugment<3, vflow::ImageNet64Noise>,                  //
                  BlockSqueeze,                                                          //
                  Named<"flow.layers.1", flowpp::OnColumns<4, vflow::ImageNet64Step>>,   //
                  BlockSqueeze,                                                          //
                  Named<"flow.layers.3", flowpp::OnChannels<2, vflow::ImageNet64Step>>,  //
                  Named<"flow.layers.4", flowpp::OnColumns<2, vflow::ImageNet64Step>>,   //
                  BlockSqueeze,                                                          //
                  Named<"flow.layers.6", flowpp::OnChannels<2, vflow::ImageNet64Step>>,  //
                  Named<"flow.layers.7", flowpp::OnColumns<2, vflow::ImageNet64Step>>>;

/// For 8x8 digits of 5 bits.
using VFlowDigits = flowpp::Model<flowpp::VariationalDequantize<5, vflow::DigitsNoise>, InnerLogit,  //
                                  vflow::VariationalAugment<1, vflow::DigitsNoise>,                  //
                                  BlockSqueeze,                                                      //
                                  Named<"flow.layers.1", flowpp::OnChannels<2, vflow::DigitsStep>>,  //
                                  Named<"flow.layers.2", flowpp::OnColumns<2, vflow::DigitsStep>>>;

}  // namespace densenf
