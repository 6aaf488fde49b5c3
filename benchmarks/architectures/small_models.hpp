#pragma once

#include <ratio>

#include "densenf/models/anf.hpp"
#include "densenf/models/denseflow.hpp"
#include "densenf/models/ffjord.hpp"
#include "densenf/models/flowpp.hpp"
#include "densenf/models/glow.hpp"
#include "densenf/models/i_densenet.hpp"
#include "densenf/models/i_resnet.hpp"
#include "densenf/models/iaf.hpp"
#include "densenf/models/jet.hpp"
#include "densenf/models/macow.hpp"
#include "densenf/models/maf.hpp"
#include "densenf/models/nice.hpp"
#include "densenf/models/real_nvp.hpp"
#include "densenf/models/residual_flow.hpp"
#include "densenf/models/rq_nsf.hpp"
#include "densenf/models/survae.hpp"
#include "densenf/models/tarflow.hpp"
#include "densenf/models/vflow.hpp"

// The models that are compared: of about as many parameters for a data set (Digits::budget, Cifar10::budget),
// in the proportions of the published ones.
namespace architectures::small {

using namespace densenf;

// ---- NICE: the paper's for digits. Whitening 3072 numbers would need another 9.4 million, so the model for
// CIFAR-10 is that of the authors' program.
using NiceDigits = NicePaper<5, 400>;
using NiceCifar10 =
    Nice<8, StandardNormal, Named<"couplings.nets.0", NiceCodeStep<20>>,
         Named<"couplings.nets.1", NiceCodeStep<20>>, Named<"couplings.nets.2", NiceCodeStep<20>>,
         Named<"couplings.nets.3", NiceCodeStep<20>>>;

// ---- Real NVP
using RealNvpDigits =
    RealNvp<5, Named<"scales.0", RealNvpScale<12, 1>>, Named<"scales.1", RealNvpLastScale<24, 1>>>;
using RealNvpCifar10 =
    RealNvp<8, Named<"scales.0", RealNvpScale<14, 2>>, Named<"scales.1", RealNvpLastScale<28, 2>>>;

// ---- MAF and IAF: for digits alone. On CIFAR-10 a quarter of a million parameters would leave MAF's layers
// eight hidden units between 3072 numbers, and IAF would train in as many steps one after the other.
template <int Width>
using MafStep = Compose<MafLayer<Standardizing, nn::Made<Width>>, AffineBatchNorm, ReverseChannels>;
template <int Bits, class... Steps>
using Maf = WithBase<Compose<LogitVectors<Bits, std::ratio<1, 20>>, Steps...>, StandardNormal>;
using MafDigits = Maf<5, MafStep<72>, MafStep<72>, MafStep<72>, MafStep<72>, MafStep<72>>;
using IafStep = Compose<IafLayer<Gate, nn::Made<88>>, ReverseChannels>;
using IafDigits = Maf<5, IafStep, IafStep, IafStep, IafStep>;

// ---- Glow
using GlowDigits = Glow2<5, 4, GlowStep<72>>;
using GlowCifar10 = Glow3<8, 4, GlowStep<30>>;
using GlowAdditiveDigits = Glow2<5, 4, GlowStep<80, Additive>>;
using GlowAdditiveCifar10 = Glow3<8, 4, GlowStep<40, Additive>>;

// ---- Flow++
using FlowPlusPlusDigitsStep = flowpp::Step<nn::GatedNetwork<22, 1, 2>, LogisticMixture<4>>;
using FlowPlusPlusDigitsNoise =
    flowpp::Conditional<1, flowpp::Step<nn::GatedNetwork<22, 1, 2>, LogisticMixture<2>, 8>,
                        nn::GatedFeatures<8, 1>>;
using FlowPlusPlusDigits =
    flowpp::Model<flowpp::VariationalDequantize<5, FlowPlusPlusDigitsNoise>, InnerLogit,
                  Named<"flow.layers.0", flowpp::OnColumns<1, FlowPlusPlusDigitsStep>>, BlockSqueeze,
                  Named<"flow.layers.2", flowpp::OnChannels<2, FlowPlusPlusDigitsStep>>,
                  Named<"flow.layers.3", flowpp::OnColumns<1, FlowPlusPlusDigitsStep>>>;
using FlowPlusPlusCifar10Step = flowpp::Step<nn::GatedNetwork<20, 1, 4>, LogisticMixture<4>>;
using FlowPlusPlusCifar10Noise =
    flowpp::Conditional<1, flowpp::Step<nn::GatedNetwork<20, 1, 4>, LogisticMixture<2>, 8>,
                        nn::GatedFeatures<8, 1>>;
using FlowPlusPlusCifar10 =
    flowpp::Model<flowpp::VariationalDequantize<8, FlowPlusPlusCifar10Noise>, InnerLogit,
                  Named<"flow.layers.0", flowpp::OnColumns<1, FlowPlusPlusCifar10Step>>, BlockSqueeze,
                  Named<"flow.layers.2", flowpp::OnChannels<2, FlowPlusPlusCifar10Step>>,
                  Named<"flow.layers.3", flowpp::OnColumns<2, FlowPlusPlusCifar10Step>>>;

// ---- VFlow
using VFlowDigits = densenf::VFlowDigits;
using VFlowCifar10Step = flowpp::Step<nn::GatedNetwork<16, 1, 4>, SquashedMixture<4>, 0, std::centi>;
using VFlowCifar10Noise =
    flowpp::Conditional<1, flowpp::Step<nn::GatedNetwork<16, 1, 4>, SquashedMixture<2>, 8, std::centi>,
                        nn::GatedFeatures<8, 1>>;
using VFlowCifar10 = flowpp::Model<flowpp::VariationalDequantize<8, VFlowCifar10Noise>, InnerLogit,
                                   vflow::VariationalAugment<1, VFlowCifar10Noise>, BlockSqueeze,
                                   Named<"flow.layers.1", flowpp::OnChannels<2, VFlowCifar10Step>>,
                                   Named<"flow.layers.2", flowpp::OnColumns<2, VFlowCifar10Step>>>;

// ---- ANF
using AnfDigits = Anf<5, SurVaeNoise<1, "convs.1", SurVaeNetwork<16, 1, 8>, 8, 16, 1, 8>, 2, 21, 1, 4, 8>;
using AnfCifar10 =
    Anf<8, SurVaeNoise<2, "convs.2", SurVaeNetwork<24, 2, 12>, 16, 16, 1, 8>, 2, 23, 1, 8, 16, 32>;

// ---- MaCow
using MaCowSmallStyle = MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1>;
template <int Width>
using MaCowSmallStep = MaCowStep<MaCowSmallStyle, Width>;
using MaCowDigits = WithBase<Compose<Named<"", Dequantize<5, MaCowDigitsNoise>>, MaCowScale, BlockSqueeze,  //
                                     Named<"flow.levels.1.steps.0", Unit<1, MaCowSmallStep<66>>>,           //
                                     MaCowPrior<"flow.levels.1.priors.0", 4, 66>,                           //
                                     Named<"flow.levels.1.steps.1", Unit<1, MaCowSmallStep<66>>>,           //
                                     MaCowPrior<"flow.levels.1.priors.1", 3, 66>, BlockSqueeze,             //
                                     Named<"flow.levels.2.steps.0", Unit<2, MaCowSmallStep<66>>>>,
                             StandardNormal>;
using MaCowCifar10 =
    WithBase<Compose<Named<"", Dequantize<8, MaCowNoise<MaCowSmallStyle, 8, 1, 1, 8, 24, 2, 8>>>, MaCowScale,
                     BlockSqueeze, Named<"flow.levels.1.steps.0", Unit<1, MaCowSmallStep<96>>>,
                     MaCowPrior<"flow.levels.1.priors.0", 2, 96>, BlockSqueeze,
                     Named<"flow.levels.2.steps.0", Unit<1, MaCowSmallStep<96>>>>,
             StandardNormal>;

// ---- SurVAE flows
template <class Pool>
using SurVaeForDigits = SurVae<Pool, 5, 4, SurVaeNetwork<20, 2, 12>,
                               SurVaeNoise<2, "convs.2", SurVaeNetwork<16, 2, 8>, 8, 16, 1, 8>>;
template <class Pool>
using SurVaeForCifar10 = SurVae<Pool, 8, 4, SurVaeNetwork<32, 2, 20>,
                                SurVaeNoise<2, "convs.2", SurVaeNetwork<24, 2, 12>, 16, 16, 1, 8>>;
using SurVaeMaxPoolDigits = SurVaeForDigits<MaxPool<>>;
using SurVaeMaxPoolCifar10 = SurVaeForCifar10<MaxPool<>>;
using SurVaeSlicingDigits = SurVaeForDigits<SurVaeSlice>;
using SurVaeSlicingCifar10 = SurVaeForCifar10<SurVaeSlice>;

// ---- RQ-NSF (C)
using RqNsfDigits = RqNsf2<5, 3, rq_nsf::Config<28, 4, std::ratio<0>, 1>>;
using RqNsfCifar10 = RqNsf3<8, 2, rq_nsf::Config<24, 4, std::ratio<0>, 1>>;

// ---- Jet
using JetDigits = densenf::JetDigits;
using JetCifar10 = jet::Model<8, jet::Patches4, jet::Cycle<1, nn::Transformer<36, 4, 1>>>;

// ---- TarFlow
using TarFlowDigits = densenf::TarFlowDigits;
using TarFlowCifar10 = tarflow::Model<tarflow::Dequantized<8>, 4, 4, nn::CausalTransformer<48, 16, 2>>;

// ---- i-ResNet
template <int Bits, int Width>
using IResNetConfig =
    i_resnet::Config<Bits, Width, nn::NormBound{.percent = 90, .iterations = 5, .margin = 10},
                     FixedTerms<5, 20>>;
using IResNetDigits = IResNet2<IResNetConfig<5, 112>, 2, 2>;
using IResNetCifar10 = IResNet3<IResNetConfig<8, 73>, 2, 2, 2>;

// ---- Residual Flow
using ResidualFlowDigits = ResidualFlow2<residual_flow::Config<5>, 108, 128, nn::NormBound{}, 2, 2, 1>;
using ResidualFlowCifar10 = ResidualFlow3<residual_flow::Config<8>, 70, 8, nn::NormBound{}, 2, 2, 2, 1>;

// ---- i-DenseNet
using IDenseNetDigits = IDenseNet2<residual_flow::Config<5>, 2, 64, 64, 2, 32, nn::NormBound{}, 2, 2, 1>;
using IDenseNetCifar10 = IDenseNet3<residual_flow::Config<8>, 2, 56, 8, 1, 8, nn::NormBound{}, 2, 2, 2, 1>;

// ---- FFJORD
template <int Bits, template <int, class, int, class> class Scales, int Width>
using Ffjord =
    Scales<Bits, std::ratio<1, 20>, 1, ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, Width, Width>, 2>>;
using FfjordDigits = Ffjord<5, Ffjord2, 57>;
using FfjordCifar10 = Ffjord<8, Ffjord4, 46>;

// ---- DenseFlow
using DenseFlowNoise = VariationalNoise<2, 16, 16, 2, 16, 8>;
using DenseFlowDigits = Compose<Dequantize<5, DenseFlowNoise>, Center, Squeeze,
                                CrossUnit<2, 2, Unit<2, GlowModule<IntraUnit<16, 2, 8>>>>, Transition,
                                CrossUnit<2, 2, Unit<2, GlowModule<IntraUnit<16, 2, 8>>>>>;
using DenseFlowCifar10 = Compose<Dequantize<8, DenseFlowNoise>, Center, Squeeze,
                                 CrossUnit<2, 2, Unit<2, GlowModule<IntraUnit<20, 2, 16>>>>, Transition,
                                 CrossUnit<2, 2, Unit<2, GlowModule<IntraUnit<20, 2, 16>>>>, Transition,
                                 CrossUnit<1, 2, Unit<2, GlowModule<IntraUnit<20, 2, 16>>>>>;

}  // namespace architectures::small
